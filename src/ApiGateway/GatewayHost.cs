using Orleans.Configuration;
using Ticketing.ApiGateway.Auth;
using Ticketing.ApiGateway.Health;
using Ticketing.ApiGateway.Watching;
using Ticketing.Clustering.Mongo;

namespace Ticketing.ApiGateway;

/// <summary>The HTTP front as a program of its own: without a state, a client of a cluster of silos. Any number of them may run.</summary>
public static class GatewayHost
{
    // A caller who waited this long is told that the outcome is unknown, and asks again under the same key.
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SilosAreLookedFor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Puts the program together; nothing runs yet.</summary>
    /// <param name="settings">What was set from outside.</param>
    /// <exception cref="DatabaseException">The database cannot be reached, or is not what a cluster needs.</exception>
    public static async Task<WebApplication> Build(ProgramSettings settings)
    {
        var connection = MongoConnection.To(settings.DatabaseUrl);
        try
        {
            await connection.Check(MongoConnection.StartPatience);
            var builder = ProgramStart.Builder("gateway", settings.IsDevelopment, settings.Urls, settings.Drain);
            // It tells every second that there is no silo; the requests that this costs are told of.
            builder.Logging.AddFilter("Orleans.Messaging.GatewayManager", LogLevel.Error);
            // Registered by a factory, so that the container disposes of it, after everything that stands on it.
            builder.Services.AddSingleton(_ => connection);
            builder.Services.AddTicketingGateway(settings.Gateway);
            builder.Services.AddTicketingHealth().AddReadiness<ClusterHealth>("cluster");
            builder.UseOrleansClient(client =>
            {
                Client(client, connection);
                if (WatchingExtensions.Exports(builder.Configuration)) client.AddActivityPropagation();
            });
            var app = builder.Build();
            app.MapTicketingWatching();
            app.MapTicketingHealth();
            return app.MapTicketingGateway();
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Starts the program: waits for the first silo, however long that takes, and opens.</summary>
    /// <param name="app">The program.</param>
    /// <param name="settings">What was set from outside.</param>
    /// <exception cref="SettingsException">An address cannot be served on.</exception>
    public static async Task StartGateway(this WebApplication app, ProgramSettings settings)
    {
        try
        {
            await app.StartAsync();
            await app.Services.GetRequiredService<EndedTokens>().Filled.WaitAsync(app.Lifetime.ApplicationStopping);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
            await app.StopAsync();
            throw new SettingsException($"nothing can be served on {settings.Urls}: {e.Message}", e);
        }
    }

    private static void Client(IClientBuilder client, MongoConnection connection)
    {
        client.Configure<ClusterOptions>(ClusteringRegistration.Name);
        client.Services.AddMongoGatewayList(connection);
        client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = LongestCall);
        client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = SilosAreLookedFor);
        client.UseConnectionRetryFilter(static async (_, cancellation) =>
        {
            await Task.Delay(RetryAfter, cancellation);
            return true;
        });
    }
}
