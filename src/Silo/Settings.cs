using System.Globalization;
using Ticketing.ApiGateway;
using Ticketing.ApiGateway.Users;
using Ticketing.Grains.Auth;
using Ticketing.Grains.Backups;
using Ticketing.Grains.Events;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;
using Ticketing.Mail.Smtp;
using Ticketing.Payments.Simulated;

namespace Ticketing.Silo;

/// <summary>All that can be set from outside, read once at start. The names of the environment are those of contract.md 16; ours begin with <c>Ticketing__</c>.</summary>
public sealed record Settings
{
    /// <summary>Where the database, the generated secrets and the mails of a machine without a mail server are (<c>Ticketing__DataDirectory</c>).</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The addresses that HTTP is served on (<c>ASPNETCORE_URLS</c>, <c>--urls</c>).</summary>
    public required string Urls { get; init; }

    /// <summary>Whether this is a developer's machine: secrets may be generated, and the dashboard is open to the machine itself.</summary>
    public required bool IsDevelopment { get; init; }

    /// <summary>What the HTTP API is told; absent in a silo alone (<c>Ticketing__Gateway</c>).</summary>
    public FrontSettings? Front { get; init; }

    /// <summary>The cluster that the silo belongs to; absent for one process on the embedded engine.</summary>
    public ClusterSettings? Cluster { get; init; }

    /// <summary>The first administrator (<c>ADMIN_EMAIL</c>).</summary>
    public string? AdminEmail { get; init; }

    /// <summary>The first administrator's password (<c>ADMIN_PASSWORD</c>).</summary>
    public string? AdminPassword { get; init; }

    /// <summary>The mail server; absent to write mails as files.</summary>
    public MailSettings? Mail { get; init; }

    /// <summary>Who may see the dashboard (<c>DASHBOARD_USER</c>).</summary>
    public string? DashboardUser { get; init; }

    /// <summary>The dashboard's password (<c>DASHBOARD_PASSWORD</c>).</summary>
    public string? DashboardPassword { get; init; }

    /// <summary>Whether there is a dashboard at all (<c>Ticketing__Dashboard</c>).</summary>
    public bool Dashboard { get; init; } = true;

    /// <summary>How long a stop waits for what is under way (<c>Ticketing__DrainSeconds</c>).</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How sales are run (<c>Ticketing__PaymentTimeoutMinutes</c>).</summary>
    public SaleSettings Sale { get; init; } = SaleSettings.Default;

    /// <summary>How the payments job works (<c>Ticketing__PaymentsEverySeconds</c>).</summary>
    public PaymentSettings Payments { get; init; } = new();

    /// <summary>How the simulated payment provider behaves (<c>Ticketing__SimulatedPaymentDelayMilliseconds</c>).</summary>
    public SimulatedSettings SimulatedPayments { get; init; } = new();

    /// <summary>How the sending job works (<c>Ticketing__NotificationsEverySeconds</c>).</summary>
    public NotificationSettings Notifications { get; init; } = new();

    /// <summary>How the backups job works (<c>Ticketing__BackupsEveryMinutes</c>, <c>Ticketing__BackupsKeptHours</c>).</summary>
    public BackupSettings Backups { get; init; } = new();

    /// <summary>Where the backups' files are (<c>Ticketing__BackupDirectory</c>), best on another disk than the data. Silos of a cluster share it.</summary>
    public required string BackupDirectory { get; init; }

    /// <summary>How passwords are kept and guesses held back (<c>Ticketing__PasswordCost</c>, <c>Ticketing__GuessesPerAccount</c>, <c>Ticketing__GuessWindowMinutes</c>).</summary>
    public AuthSettings Auth { get; init; } = new();

    private const int ShortestAdminPassword = 12;

    /// <summary>Reads the settings.</summary>
    /// <param name="configuration">Environment variables and command line.</param>
    /// <param name="isDevelopment">Whether the environment is Development.</param>
    /// <exception cref="SettingsException">One of them is wrong.</exception>
    public static Settings Read(IConfiguration configuration, bool isDevelopment)
    {
        var reader = new SettingsReader(configuration, isDevelopment);
        var directory = DirectoryOf(reader.Own("DataDirectory"));
        var cluster = ClusterSettings.Read(reader);
        var hasGateway = reader.Switch("Gateway", true);
        if (!hasGateway && cluster is null) throw new SettingsException("Ticketing__Gateway is false, but DATABASE_URL is not set: a silo without an API is of use in a cluster alone");
        var settings = new Settings
        {
            IsDevelopment = isDevelopment,
            DataDirectory = directory,
            BackupDirectory = reader.Own("BackupDirectory") is { } backups ? Path.GetFullPath(backups) : Path.Combine(directory, "backups"),
            Urls = reader.Urls(),
            Front = hasGateway ? FrontSettings.Read(reader, canGenerate: isDevelopment) : null,
            Cluster = cluster,
            AdminEmail = AdminEmailOf(reader.Text("ADMIN_EMAIL")),
            AdminPassword = AdminPasswordOf(reader.Text("ADMIN_PASSWORD")),
            Mail = MailOf(reader),
            DashboardUser = reader.Text("DASHBOARD_USER"),
            DashboardPassword = reader.Text("DASHBOARD_PASSWORD"),
            Dashboard = reader.Switch("Dashboard", true),
            Drain = reader.Drain(),
            Sale = new(TimeSpan.FromMinutes(reader.Number("PaymentTimeoutMinutes", 1440, 1, 100_000))),
            Payments = new() { Period = TimeSpan.FromSeconds(reader.Number("PaymentsEverySeconds", 10, 1, 3600)) },
            SimulatedPayments = new() { Delay = TimeSpan.FromMilliseconds(reader.Number("SimulatedPaymentDelayMilliseconds", 1000, 0, 3_600_000)) },
            Notifications = new() { Period = TimeSpan.FromSeconds(reader.Number("NotificationsEverySeconds", 10, 1, 30)) },
            Backups = new()
            {
                Every = TimeSpan.FromMinutes(reader.Number("BackupsEveryMinutes", 10, 0, 1440)),
                Kept = TimeSpan.FromHours(reader.Number("BackupsKeptHours", 24, 1, 8760)),
            },
            Auth = new()
            {
                PasswordCost = reader.Number("PasswordCost", 12, isDevelopment ? 4 : 10, 16),
                MaxGuesses = reader.Number("GuessesPerAccount", 10, 1, 1000),
                GuessWindow = FrontSettings.GuessWindow(reader),
            },
        };
        // A payment that is looked at less often than this comes too late for every ticket.
        if (settings.Sale.PaymentTimeout < 2 * settings.Payments.Period)
            throw new SettingsException("Ticketing__PaymentTimeoutMinutes must be at least twice as long as Ticketing__PaymentsEverySeconds");
        // A slot's backups are told from those that are still to be made by being there.
        if (settings.Backups.Kept < settings.Backups.Every)
            throw new SettingsException("Ticketing__BackupsKeptHours must not be shorter than Ticketing__BackupsEveryMinutes");
        return settings;
    }

    private static MailSettings? MailOf(SettingsReader reader)
    {
        if (reader.Text("MAIL_HOSTNAME") is not { } host) return null;
        int? port = null;
        var separator = host.LastIndexOf(':');
        if (separator > 0 && host.IndexOf(':') == separator)
        {
            if (!int.TryParse(host[(separator + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                throw new SettingsException($"MAIL_HOSTNAME is '{host}': a name, or a name and a port as in mail.example.org:587");
            (host, port) = (host[..separator], value);
        }

        var security = reader.Own("MailSecurity") is not { } text ? MailSecurity.Auto
            : Enum.TryParse<MailSecurity>(text, out var named) && Enum.IsDefined(named) ? named
            : throw new SettingsException($"Ticketing__MailSecurity is '{text}': {string.Join(", ", Enum.GetNames<MailSecurity>())}");
        var mail = new MailSettings
        {
            Host = host,
            Port = port,
            Security = security,
            Sender = reader.Own("MailSender"),
            Username = reader.Text("MAIL_USERNAME"),
            Password = reader.Text("MAIL_PASSWORD"),
        };
        return mail.Problem is { } problem ? throw new SettingsException(problem) : mail;
    }

    private static string? AdminEmailOf(string? email) =>
        email is null || Email.IsValid(email) ? email : throw new SettingsException($"ADMIN_EMAIL is '{email}': an e-mail address");

    private static string? AdminPasswordOf(string? password) => password is null || password.Length >= ShortestAdminPassword ? password
        : throw new SettingsException($"ADMIN_PASSWORD has {password.Length} characters: at least {ShortestAdminPassword}");

    private static string DirectoryOf(string? named)
    {
        if (named is not null) return Path.GetFullPath(named);
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        if (local.Length == 0) throw new SettingsException("Ticketing__DataDirectory is not set, and this user has no directory for application data");
        return Path.Combine(local, "ticketing");
    }
}
