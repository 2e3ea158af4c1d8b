using System.Globalization;
using System.Net;
using Ticketing.ApiGateway.Auth;
using Ticketing.ApiGateway.Users;
using Ticketing.Grains.Auth;
using Ticketing.Grains.Backups;
using Ticketing.Grains.Events;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;
using Ticketing.Mail.Smtp;
using Ticketing.Payments.Simulated;

namespace Ticketing.Silo;

/// <summary>A setting is wrong. The message is one line that names it and says what would be right.</summary>
public sealed class SettingsException : Exception
{
    /// <summary>A setting is wrong.</summary>
    public SettingsException()
    {
    }

    /// <summary>A setting is wrong.</summary>
    /// <param name="message">One line that names it and says what would be right.</param>
    public SettingsException(string message)
        : base(message)
    {
    }

    /// <summary>A setting is wrong.</summary>
    /// <param name="message">One line that names it and says what would be right.</param>
    /// <param name="cause">What found it.</param>
    public SettingsException(string message, Exception cause)
        : base(message, cause)
    {
    }
}

/// <summary>All that can be set from outside, read once at start. The names of the environment are those of contract.md 16; ours begin with <c>Ticketing__</c>.</summary>
public sealed record Settings
{
    /// <summary>Where the database, the generated secrets and the mails of a machine without a mail server are (<c>Ticketing__DataDirectory</c>).</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The addresses that HTTP is served on (<c>ASPNETCORE_URLS</c>, <c>--urls</c>).</summary>
    public required string Urls { get; init; }

    /// <summary>Whether this is a developer's machine: secrets may be generated, and the dashboard is open to the machine itself.</summary>
    public required bool IsDevelopment { get; init; }

    /// <summary>The key of people's tokens (<c>JWT_EXTERNAL_SIGNATURE</c>); absent to have one generated.</summary>
    public string? ExternalSignature { get; init; }

    /// <summary>The key of services' tokens (<c>JWT_INTERNAL_SIGNATURE</c>); absent to have one generated.</summary>
    public string? InternalSignature { get; init; }

    /// <summary>Whether the internal token counts as an Admin on ordinary routes (<c>Ticketing__InternalTokenActsAsAdmin</c>).</summary>
    public required bool InternalTokenActsAsAdmin { get; init; }

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

    /// <summary>
    /// What one address may do with passwords (<c>Ticketing__GuessesPerAddress</c>, <c>Ticketing__GuessWindowMinutes</c>,
    /// <c>Ticketing__PasswordsAtOncePerAddress</c>, <c>Ticketing__PasswordsWaitingPerAddress</c>).
    /// </summary>
    public PasswordLimits Passwords { get; init; } = new();

    /// <summary>The proxies whose <c>X-Forwarded-For</c> is believed (<c>Ticketing__TrustedProxies</c>).</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>The addresses that HTTP is served on when none is named.</summary>
    public const string DevelopmentUrls = "http://localhost:8080";

    private const string ProductionUrls = "http://+:8080";
    private const int ShortestAdminPassword = 12;

    /// <summary>Reads the settings.</summary>
    /// <param name="configuration">Environment variables and command line.</param>
    /// <param name="isDevelopment">Whether the environment is Development.</param>
    /// <exception cref="SettingsException">One of them is wrong.</exception>
    public static Settings Read(IConfiguration configuration, bool isDevelopment)
    {
        var own = configuration.GetSection("Ticketing");
        // No longer than an account that nobody asks for stays in memory, where its guesses are counted.
        var guessWindow = TimeSpan.FromMinutes(Number("GuessWindowMinutes", 15, 1, 15));
        var directory = DirectoryOf(own["DataDirectory"]);
        var settings = new Settings
        {
            IsDevelopment = isDevelopment,
            DataDirectory = directory,
            BackupDirectory = Text(own["BackupDirectory"]) is { } backups ? Path.GetFullPath(backups) : Path.Combine(directory, "backups"),
            Urls = UrlsOf(Text(configuration["urls"]) ?? (isDevelopment ? DevelopmentUrls : ProductionUrls)),
            ExternalSignature = Secret("JWT_EXTERNAL_SIGNATURE"),
            InternalSignature = Secret("JWT_INTERNAL_SIGNATURE"),
            InternalTokenActsAsAdmin = Switch("InternalTokenActsAsAdmin", isDevelopment),
            AdminEmail = AdminEmailOf(Text(configuration["ADMIN_EMAIL"])),
            AdminPassword = AdminPasswordOf(Text(configuration["ADMIN_PASSWORD"])),
            Mail = MailOf(configuration, own),
            DashboardUser = Text(configuration["DASHBOARD_USER"]),
            DashboardPassword = Text(configuration["DASHBOARD_PASSWORD"]),
            Dashboard = Switch("Dashboard", true),
            Drain = TimeSpan.FromSeconds(Number("DrainSeconds", 30, 1, 600)),
            Sale = new(TimeSpan.FromMinutes(Number("PaymentTimeoutMinutes", 1440, 1, 100_000))),
            Payments = new() { Period = TimeSpan.FromSeconds(Number("PaymentsEverySeconds", 10, 1, 3600)) },
            SimulatedPayments = new() { Delay = TimeSpan.FromMilliseconds(Number("SimulatedPaymentDelayMilliseconds", 1000, 0, 3_600_000)) },
            Notifications = new() { Period = TimeSpan.FromSeconds(Number("NotificationsEverySeconds", 10, 1, 30)) },
            Backups = new()
            {
                Every = TimeSpan.FromMinutes(Number("BackupsEveryMinutes", 10, 0, 1440)),
                Kept = TimeSpan.FromHours(Number("BackupsKeptHours", 24, 1, 8760)),
            },
            Auth = new()
            {
                PasswordCost = Number("PasswordCost", 12, isDevelopment ? 4 : 10, 16),
                MaxGuesses = Number("GuessesPerAccount", 10, 1, 1000),
                GuessWindow = guessWindow,
            },
            Passwords = new()
            {
                GuessesPerAddress = Number("GuessesPerAddress", 300, 1, 1_000_000),
                GuessWindow = guessWindow,
                AtOncePerAddress = Number("PasswordsAtOncePerAddress", 2, 1, 64),
                WaitingPerAddress = Number("PasswordsWaitingPerAddress", 100, 0, 10_000),
            },
            TrustedProxies = ProxiesOf(Text(own["TrustedProxies"])),
        };
        // A payment that is looked at less often than this comes too late for every ticket.
        if (settings.Sale.PaymentTimeout < 2 * settings.Payments.Period)
            throw new SettingsException("Ticketing__PaymentTimeoutMinutes must be at least twice as long as Ticketing__PaymentsEverySeconds");
        // A slot's backups are told from those that are still to be made by being there.
        if (settings.Backups.Kept < settings.Backups.Every)
            throw new SettingsException("Ticketing__BackupsKeptHours must not be shorter than Ticketing__BackupsEveryMinutes");
        return settings;

        string? Secret(string name)
        {
            var value = Text(configuration[name]);
            return value is not null || isDevelopment ? value : throw new SettingsException($"{name} is not set: outside Development it must be, at least 32 bytes");
        }

        bool Switch(string name, bool otherwise) => Text(own[name]) is not { } text ? otherwise
            : bool.TryParse(text, out var value) ? value : throw new SettingsException($"Ticketing__{name} is '{text}': true or false");

        int Number(string name, int otherwise, int least, int most) => Text(own[name]) is not { } text ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
            : throw new SettingsException($"Ticketing__{name} is '{text}': a whole number from {least} to {most}");
    }

    private static MailSettings? MailOf(IConfiguration configuration, IConfiguration own)
    {
        if (Text(configuration["MAIL_HOSTNAME"]) is not { } host) return null;
        int? port = null;
        var separator = host.LastIndexOf(':');
        if (separator > 0 && host.IndexOf(':') == separator)
        {
            if (!int.TryParse(host[(separator + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                throw new SettingsException($"MAIL_HOSTNAME is '{host}': a name, or a name and a port as in mail.example.org:587");
            (host, port) = (host[..separator], value);
        }

        var security = Text(own["MailSecurity"]) is not { } text ? MailSecurity.Auto
            : Enum.TryParse<MailSecurity>(text, out var named) && Enum.IsDefined(named) ? named
            : throw new SettingsException($"Ticketing__MailSecurity is '{text}': {string.Join(", ", Enum.GetNames<MailSecurity>())}");
        var mail = new MailSettings
        {
            Host = host,
            Port = port,
            Security = security,
            Sender = Text(own["MailSender"]),
            Username = Text(configuration["MAIL_USERNAME"]),
            Password = Text(configuration["MAIL_PASSWORD"]),
        };
        return mail.Problem is { } problem ? throw new SettingsException(problem) : mail;
    }

    private static IPNetwork[] ProxiesOf(string? list)
    {
        return [.. (list ?? "").Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Network)];

        static IPNetwork Network(string text) => IPNetwork.TryParse(text, out var network) ? network
            : IPAddress.TryParse(text, out var address) ? new(address, 8 * address.GetAddressBytes().Length)
            : throw new SettingsException($"Ticketing__TrustedProxies has '{text}': addresses and networks like 10.0.0.7, 10.0.0.0/8, with commas between them");
    }

    private static string UrlsOf(string urls)
    {
        var all = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return all.Length > 0 && all.All(IsAddress) ? urls
            : throw new SettingsException($"ASPNETCORE_URLS or --urls is '{urls}': addresses like {DevelopmentUrls}, with semicolons between them");
    }

    private static bool IsAddress(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { Scheme: "http" or "https", Port: >= 0 and <= IPEndPoint.MaxPort };
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string? AdminEmailOf(string? email) =>
        email is null || Email.IsValid(email) ? email : throw new SettingsException($"ADMIN_EMAIL is '{email}': an e-mail address");

    private static string? AdminPasswordOf(string? password) => password is null || password.Length >= ShortestAdminPassword ? password
        : throw new SettingsException($"ADMIN_PASSWORD has {password.Length} characters: at least {ShortestAdminPassword}");

    private static string DirectoryOf(string? named)
    {
        if (Text(named) is { } directory) return Path.GetFullPath(directory);
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        if (local.Length == 0) throw new SettingsException("Ticketing__DataDirectory is not set, and this user has no directory for application data");
        return Path.Combine(local, "ticketing");
    }

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
