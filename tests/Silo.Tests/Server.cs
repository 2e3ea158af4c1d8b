using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ticketing.Silo.Tests;

/// <summary>The whole system inside the test's process: its own data directory or a given one, a free port, quick jobs, cheap passwords.</summary>
internal sealed class Server : IAsyncDisposable
{
    public const string AdminEmail = "admin@example.org";
    public const string AdminPassword = "Correct-Horse-1";

    private readonly DataDirectory? owned;

    private Server(WebApplication app, Settings settings, FirstAdministrator administrator, ErrorLog log, DataDirectory? owned)
    {
        (App, Settings, Administrator, Log, this.owned) = (app, settings, administrator, log, owned);
        Api = new Api(new Uri(app.Urls.First()));
    }

    public WebApplication App { get; }

    public Settings Settings { get; }

    public FirstAdministrator Administrator { get; }

    public ErrorLog Log { get; }

    public Api Api { get; }

    public string Mail => TicketingHost.MailDirectory(Settings);

    /// <summary>Starts a server.</summary>
    /// <param name="directory">Its data directory; absent for a fresh one, which goes when the server does.</param>
    /// <param name="changes">Settings other than usual, under their names in the configuration.</param>
    /// <param name="adjust">Changes what no name in the configuration reaches.</param>
    public static async Task<Server> Start(DataDirectory? directory = null, Dictionary<string, string?>? changes = null, Func<Settings, Settings>? adjust = null)
    {
        var owned = directory is null ? new DataDirectory() : null;
        var values = Usual((directory ?? owned!).Path);
        foreach (var (name, value) in changes ?? []) values[name] = value;
        var settings = Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), isDevelopment: true);
        settings = settings with { Backups = settings.Backups with { Period = TimeSpan.FromSeconds(1) } };
        settings = adjust?.Invoke(settings) ?? settings;
        var log = new ErrorLog();
        var app = await TicketingHost.Build(settings, builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<ILoggerProvider>(log);
        });
        var administrator = await app.StartTicketing(settings);
        return new Server(app, settings, administrator, log, owned);
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
        owned?.Dispose();
        Log.AssertNone();
    }

    private static Dictionary<string, string?> Usual(string directory) => new()
    {
        ["Ticketing:DataDirectory"] = directory,
        ["Ticketing:Dashboard"] = "false",
        ["Ticketing:PaymentsEverySeconds"] = "1",
        ["Ticketing:NotificationsEverySeconds"] = "1",
        ["Ticketing:SimulatedPaymentDelayMilliseconds"] = "0",
        ["Ticketing:BackupsEveryMinutes"] = "0",
        ["Ticketing:PasswordCost"] = "4",
        ["JWT_EXTERNAL_SIGNATURE"] = Jwt.ExternalKey,
        ["JWT_INTERNAL_SIGNATURE"] = Jwt.InternalKey,
        ["ADMIN_EMAIL"] = AdminEmail,
        ["ADMIN_PASSWORD"] = AdminPassword,
        ["urls"] = "http://127.0.0.1:0",
    };
}

/// <summary>One server for all tests of a class.</summary>
public class SharedServer : IAsyncLifetime
{
    internal Server Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await Start();

    public async Task DisposeAsync() => await Server.DisposeAsync();

    private protected virtual Task<Server> Start() => Server.Start();
}

/// <summary>A server whose jobs do not run, so that whatever changes was changed by a request.</summary>
public class IdleServer : SharedServer
{
    private protected override Task<Server> Start() => Server.Start(adjust: settings => settings with
    {
        Payments = settings.Payments with { Period = TimeSpan.FromHours(1) },
        Notifications = settings.Notifications with { Period = TimeSpan.FromHours(1) },
        Backups = settings.Backups with { Period = TimeSpan.FromHours(1) },
    });
}

/// <summary>Tests that share a server. An error in its log fails the test that caused it.</summary>
public abstract class ServerTests<TServer>(TServer shared) : IClassFixture<TServer>, IAsyncLifetime
    where TServer : SharedServer
{
    internal Server Server => shared.Server;

    internal Api Api => shared.Server.Api;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        Server.Log.AssertNone();
        return Task.CompletedTask;
    }
}

/// <summary>Tests that share a server as it usually is.</summary>
public abstract class ServerTests(SharedServer shared) : ServerTests<SharedServer>(shared);
