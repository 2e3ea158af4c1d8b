using System.Net.Sockets;
using MongoDB.Driver;
using Orleans.Dashboard;
using Ticketing.ApiGateway;
using Ticketing.ApiGateway.Auth;
using Ticketing.ApiGateway.Health;
using Ticketing.ApiGateway.Watching;
using Ticketing.Clustering.Mongo;
using Ticketing.Grains;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Auth;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;
using Ticketing.Mail.Smtp;
using Ticketing.Payments.Simulated;
using Ticketing.Storage;
using Ticketing.Storage.Backups;

namespace Ticketing.Silo;

/// <summary>
/// A silo with its jobs, its health and its dashboard, and the HTTP API too unless that is left to gateways: everything in one process on the embedded engine, or a
/// member of a cluster on MongoDB.
/// </summary>
public static class TicketingHost
{
    /// <summary>Where the dashboard is.</summary>
    public const string DashboardPath = "/dashboard";

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ClusterPatience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Puts the process together; nothing runs yet.</summary>
    /// <param name="settings">What was set from outside.</param>
    /// <param name="change">Changes what tests need otherwise, after all else is registered.</param>
    /// <exception cref="SettingsException">A setting is wrong.</exception>
    /// <exception cref="StorageException">The data directory or the database cannot be used.</exception>
    /// <exception cref="DatabaseException">The cluster's database cannot be reached, or is not what a cluster needs.</exception>
    public static async Task<WebApplication> Build(Settings settings, Action<WebApplicationBuilder>? change = null)
    {
        // The database comes first: an embedded one owns the data directory from here on, and what is wrong with it ends the start. To look for damage takes it a while, in which
        // the rest is put together.
        var opening = await Database.BeginToOpen(settings);
        var database = settings.Cluster is null ? null : await opening;
        WebApplication? app = null;
        try
        {
            var builder = ProgramStart.Builder("silo", settings.IsDevelopment, settings.Urls, settings.Drain);
            Services(builder.Services, settings, () => database ?? throw new InvalidOperationException("the database is not open yet"));
            builder.UseOrleans(silo =>
            {
                Membership.Configure(silo, settings, database);
                // It costs every call something, so it is there only where spans are sent somewhere.
                if (WatchingExtensions.Exports(builder.Configuration)) silo.AddActivityPropagation();
            });
            change?.Invoke(builder);
            app = Map(builder.Build(), settings);
            database = await opening;
            return app;
        }
        catch
        {
            if (app is not null) await app.DisposeAsync();
            // If the database has a fault too, that is the one that is told.
            (await opening).Dispose();
            throw;
        }
    }

    /// <summary>Starts the process, its jobs and the first administrator.</summary>
    /// <returns>What became of the first administrator.</returns>
    /// <exception cref="SettingsException">A setting is wrong, an address that is in use among them. What had started is stopped again.</exception>
    public static async Task<FirstAdministrator> StartTicketing(this WebApplication app, Settings settings)
    {
        try
        {
            await app.StartAsync();
            var grains = app.Services.GetRequiredService<IGrainFactory>();
            var time = app.Services.GetRequiredService<TimeProvider>();
            await Patiently(
                async () =>
                {
                    await Jobs.Start(grains);
                    return true;
                },
                settings,
                time);
            if (settings.Front is not null) await app.Services.GetRequiredService<EndedTokens>().Filled.WaitAsync(StartPatience, time);
            var administrator = await Patiently(() => FirstAdministrator.Ensure(settings, grains, time), settings, time);
            app.Services.GetRequiredService<StartHealth>().Started();
            return administrator;
        }
        catch (Exception e)
        {
            var database = app.Services.GetRequiredService<Database>();
            await Stop(app);
            if (e is MongoException && database.Connection is { } connection) throw new DatabaseException(connection.Explain(e), e);
            if (e is OrleansException && settings.Cluster is { } cluster)
                throw new StorageException($"the cluster cannot be joined: {e.Message} Silos must reach one another at Ticketing__AdvertisedAddress and Ticketing__SiloPort, here {cluster.SiloPort}", e);
            if (e is TimeoutException) throw new StorageException($"{database.Name} does not take writes: {e.Message}", e);
            if (e is IOException or SocketException or InvalidOperationException) throw new SettingsException($"nothing can be served on {settings.Urls}: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Ends what had started; the reason why is told, whatever goes wrong with that.</summary>
    private static async Task Stop(WebApplication app)
    {
        try
        {
            await app.StopAsync();
        }
        catch (Exception)
        {
            // The start's own fault says more.
        }
    }

    /// <summary>Asks again for a while: in a cluster, a member that just died may be missed by nobody yet.</summary>
    private static Task<T> Patiently<T>(Func<Task<T>> start, Settings settings, TimeProvider time) =>
        Patience.Ask(start, static e => e is TimeoutException or OrleansException, settings.Cluster is null ? TimeSpan.Zero : ClusterPatience, RetryAfter, time);

    private static void Services(IServiceCollection services, Settings settings, Func<Database> database)
    {
        services.AddSingleton(TimeProvider.System);
        // Registered by a factory, so that the container disposes of it, after everything that stands on it.
        services.AddSingleton(_ => database());
        services.AddSingleton(provider => provider.GetRequiredService<Database>().Engine);
        services.AddTicketingStorage();
        services.AddSingleton(new BackupDirectory(settings.BackupDirectory));
        services.AddTicketingJobs();
        if (settings.Cluster is null) services.AddSingleton<AvailabilityBoard>();
        services.AddSingleton(settings.Sale);
        services.AddSingleton(settings.Payments);
        services.AddSingleton(settings.Notifications);
        services.AddSingleton(settings.Auth);
        services.AddSingleton(settings.Backups);
        services.AddSingleton(settings.SimulatedPayments);
        services.AddSingleton<PasswordHasher>();
        services.AddSingleton<IPaymentProvider, SimulatedPaymentProvider>();
        if (settings.Mail is { } mail) services.AddSingleton<IMailer>(provider => ActivatorUtilities.CreateInstance<SmtpMailer>(provider, mail));
        else services.AddSingleton<IMailer>(provider => ActivatorUtilities.CreateInstance<FileMailer>(provider, MailDirectory(settings)));
        if (settings.Front is { } front) services.AddTicketingGateway(Secrets.GatewaySettings(front, settings.DataDirectory));
        services.AddSingleton<StartHealth>();
        services.AddTicketingHealth().AddReadiness<StartHealth>("starting").AddReadiness<SiloHealth>("silo").AddReadiness<StorageHealth>("storage");
        services.AddSingleton(settings);
    }

    /// <summary>Where mails are written when there is no mail server.</summary>
    public static string MailDirectory(Settings settings) => Path.Combine(settings.DataDirectory, "mail");

    private static WebApplication Map(WebApplication app, Settings settings)
    {
        if (settings.Dashboard) new DashboardAccess(settings).Guard(app.MapOrleansDashboard(DashboardPath));
        app.MapTicketingWatching();
        app.MapTicketingHealth();
        if (settings.Front is not null) app.MapTicketingGateway();
        return app;
    }
}
