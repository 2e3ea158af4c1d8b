using Ticketing.ApiGateway;
using Ticketing.ApiGateway.Health;

namespace Ticketing.Silo;

/// <summary>What an operator sees at start: where to look.</summary>
internal static class Banner
{
    /// <summary>What the program can be asked for.</summary>
    public const string Usage = """
        Ticketing                          serves; --urls=http://localhost:8080 says where
        Ticketing demo                     a small on-sale in a throw-away directory
        Ticketing health                   exit code 0 when the program that serves on this machine is ready
        Ticketing restore <directory>      brings an installation without a database back from a set of backups, or from the newest complete one below the directory
        Ticketing copy --from <d> --to <d> moves house: copies a database (a SQLite file, its directory, or mongodb://...) into an empty one and proves the copy
        Ticketing verify --all [<d>]       rebuilds every sale of a database from its journal and checks it (--event <id>: one), also while it is served; <d> may be an exported history

        Settings are environment variables (Ticketing__DataDirectory, Ticketing__BackupDirectory, ...); the README lists them.
        """;

    public static void Write(TextWriter output, WebApplication app, Settings settings, FirstAdministrator administrator)
    {
        var address = app.Address();
        output.WriteLine();
        output.WriteLine($"{(settings.Front is null ? "A silo of Ticketing" : "Ticketing")} is open ({(settings.IsDevelopment ? "development" : "production")}). Ctrl-C ends it.");
        if (settings.Front is not null)
        {
            Line("API", $"{address}/api");
            Line("Swagger", $"{address}/api/events/doc/   (and auth, users, tickets, payments, notifications, backups)");
        }

        if (settings.Dashboard) Line("Dashboard", $"{address}{TicketingHost.DashboardPath}");
        Line("Health", $"{address}{HealthExtensions.Ready}");
        if (settings.Cluster is { } cluster)
        {
            Line("Database", app.Services.GetRequiredService<Database>().Name);
            Line("Silo", $"port {cluster.SiloPort} for other silos, {cluster.GatewayPort} for gateways");
        }

        Line("Data", settings.DataDirectory);
        Line("Mail", settings.Mail is { } mail ? $"by SMTP to {mail}" : $"no server is set (MAIL_HOSTNAME): written to {TicketingHost.MailDirectory(settings)}");
        Line("Admin", administrator switch
        {
            { Email: null } => "none: set ADMIN_EMAIL and ADMIN_PASSWORD",
            { Problem: { } problem } => $"none was made: {problem}",
            { GeneratedPassword: { } password } => $"{administrator.Email}   password {password}   (shown this once)",
            _ => administrator.Email,
        });
        output.WriteLine();

        void Line(string name, string value) => output.WriteLine($"  {name,-10} {value}");
    }
}
