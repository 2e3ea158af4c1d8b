using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Authentication;
using Orleans.Configuration;
using Orleans.Dashboard;
using Ticketing.ApiGateway;
using Ticketing.ApiGateway.Auth;
using Ticketing.ApiGateway.Watching;
using Ticketing.Grains;
using Ticketing.Grains.Auth;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;
using Ticketing.Mail.Smtp;
using Ticketing.Payments.Simulated;
using Ticketing.Storage;
using Ticketing.Storage.Backups;
using Ticketing.Storage.Sqlite;

namespace Ticketing.Silo;

/// <summary>Everything in one process: silo, HTTP API, jobs and dashboard, on the embedded engine.</summary>
public static class TicketingHost
{
    /// <summary>Where the dashboard is.</summary>
    public const string DashboardPath = "/dashboard";

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    /// <summary>Puts the process together; nothing runs yet.</summary>
    /// <param name="settings">What was set from outside.</param>
    /// <param name="change">Changes what tests need otherwise, after all else is registered.</param>
    /// <exception cref="SettingsException">A setting is wrong.</exception>
    /// <exception cref="StorageException">The data directory cannot be used.</exception>
    public static WebApplication Build(Settings settings, Action<WebApplicationBuilder>? change = null)
    {
        // The engine comes first: it owns the data directory from here on, and what is wrong with it ends the start.
        var engine = new SqliteEngine(settings.DataDirectory);
        try
        {
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions
            {
                EnvironmentName = settings.IsDevelopment ? Environments.Development : Environments.Production,
                ContentRootPath = AppContext.BaseDirectory,
            });
            builder.WebHost.UseUrls(settings.Urls);
            builder.AddTicketingLogging(settings.IsDevelopment);
            if (WatchingExtensions.Problem(builder.Configuration) is { } problem) throw new SettingsException(problem);
            builder.AddTicketingWatching("silo");
            Services(builder.Services, settings, engine);
            builder.UseOrleans(silo =>
            {
                Silo(silo, settings);
                // It costs every call something, so it is there only where spans are sent somewhere.
                if (WatchingExtensions.Exports(builder.Configuration)) silo.AddActivityPropagation();
            });
            change?.Invoke(builder);
            return Map(builder.Build(), settings);
        }
        catch
        {
            engine.Dispose();
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
            await Jobs.Start(grains);
            await app.Services.GetRequiredService<EndedTokens>().Filled.WaitAsync(StartPatience);
            return await FirstAdministrator.Ensure(settings, grains, app.Services.GetRequiredService<TimeProvider>());
        }
        catch (Exception e)
        {
            await app.StopAsync();
            if (e is TimeoutException) throw new StorageException($"{settings.DataDirectory} does not take writes: {e.Message}", e);
            if (e is IOException or SocketException or InvalidOperationException) throw new SettingsException($"nothing can be served on {settings.Urls}: {e.Message}", e);
            throw;
        }
    }

    private static void Services(IServiceCollection services, Settings settings, SqliteEngine engine)
    {
        services.AddSingleton(TimeProvider.System);
        // Registered by a factory, so that the container disposes of it, after everything that stands on it.
        services.AddSingleton<IEngine>(_ => engine);
        services.AddTicketingStorage();
        services.AddSingleton(new BackupDirectory(settings.BackupDirectory));
        services.AddTicketingJobs();
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
        services.AddTicketingGateway(Secrets.GatewaySettings(settings));
        services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.Drain);
        // The core alone: the rest brings keys for cookies, and there are none.
        services.AddAuthenticationCore(options => options.DefaultScheme = DashboardAccess.Scheme).AddWebEncoders();
        new AuthenticationBuilder(services).AddScheme<AuthenticationSchemeOptions, DashboardAccess>(DashboardAccess.Scheme, null);
        services.AddAuthorization();
        services.AddSingleton(settings);
    }

    /// <summary>Where mails are written when there is no mail server.</summary>
    public static string MailDirectory(Settings settings) => Path.Combine(settings.DataDirectory, "mail");

    private static void Silo(ISiloBuilder silo, Settings settings)
    {
        // One process has no neighbours: its silo listens on a free port of the loopback interface, and no outside client connects to it.
        silo.UseLocalhostClustering(FreePort(), 0, null, "ticketing", "ticketing");
        silo.Configure<EndpointOptions>(endpoint => endpoint.GatewayPort = 0);
        silo.AddReminders();
        if (settings.Dashboard) silo.AddDashboard();
    }

    private static WebApplication Map(WebApplication app, Settings settings)
    {
        var admission = app.Services.GetRequiredService<Admission>();
        app.Lifetime.ApplicationStopping.Register(admission.Close);
        app.UseAuthentication();
        app.UseAuthorization();
        if (settings.Dashboard) app.MapOrleansDashboard(DashboardPath).RequireAuthorization();
        app.MapTicketingWatching();
        app.MapTicketingGateway();
        return app;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
