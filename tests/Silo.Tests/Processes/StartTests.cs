using System.Net;
using System.Net.Sockets;
using Ticketing.Silo.Tests.Auth;
using Ticketing.Silo.Tests.Events;

namespace Ticketing.Silo.Tests.Processes;

/// <summary>What goes wrong at start is one clear line and an exit code, and touches nobody else.</summary>
public sealed class StartTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static TheoryData<string, string, string> WrongSettings => new()
    {
        { "JWT_EXTERNAL_SIGNATURE", "too-short", "JWT_EXTERNAL_SIGNATURE" },
        { "JWT_INTERNAL_SIGNATURE", "too-short", "JWT_INTERNAL_SIGNATURE" },
        { "JWT_INTERNAL_SIGNATURE", Jwt.ExternalKey, "must differ" },
        { "Ticketing__PaymentsEverySeconds", "soon", "Ticketing__PaymentsEverySeconds is 'soon'" },
        { "Ticketing__PaymentsEverySeconds", "0", "Ticketing__PaymentsEverySeconds is '0'" },
        { "Ticketing__PaymentTimeoutMinutes", "1", "Ticketing__PaymentTimeoutMinutes must be at least twice as long" },
        { "Ticketing__NotificationsEverySeconds", "31", "Ticketing__NotificationsEverySeconds is '31'" },
        { "Ticketing__BackupsEveryMinutes", "1441", "Ticketing__BackupsEveryMinutes is '1441'" },
        { "Ticketing__BackupsEveryMinutes", "1440", "Ticketing__BackupsKeptHours must not be shorter" },
        { "Ticketing__BackupsKeptHours", "0", "Ticketing__BackupsKeptHours is '0'" },
        { "Ticketing__DrainSeconds", "-1", "Ticketing__DrainSeconds is '-1'" },
        { "Ticketing__PasswordCost", "99999999999", "Ticketing__PasswordCost" },
        { "Ticketing__GuessesPerAccount", "0", "Ticketing__GuessesPerAccount is '0'" },
        { "Ticketing__GuessesPerAddress", "many", "Ticketing__GuessesPerAddress is 'many'" },
        { "Ticketing__GuessWindowMinutes", "16", "Ticketing__GuessWindowMinutes is '16'" },
        { "Ticketing__PasswordsAtOncePerAddress", "0", "Ticketing__PasswordsAtOncePerAddress is '0'" },
        { "Ticketing__PasswordsWaitingPerAddress", "-1", "Ticketing__PasswordsWaitingPerAddress is '-1'" },
        { "Ticketing__TrustedProxies", "10.0.0.1, proxy.example.org", "Ticketing__TrustedProxies has 'proxy.example.org'" },
        { "Ticketing__TrustedProxies", "10.0.0.0/33", "Ticketing__TrustedProxies has '10.0.0.0/33'" },
        { "Ticketing__Dashboard", "perhaps", "Ticketing__Dashboard is 'perhaps'" },
        { "MAIL_HOSTNAME", "mail.example.org:smtp", "MAIL_HOSTNAME is 'mail.example.org:smtp'" },
        { "MAIL_HOSTNAME", "mail.example.org:99999", "99999" },
        { "Ticketing__MailSecurity", "Some", "Ticketing__MailSecurity is 'Some'" },
        { "ADMIN_PASSWORD", "short", "ADMIN_PASSWORD" },
        { "ADMIN_EMAIL", "nobody", "ADMIN_EMAIL" },
        { "ASPNETCORE_URLS", "nonsense", "nonsense" },
        { "ASPNETCORE_URLS", "http://127.0.0.1:99999", "99999" },
        { "ASPNETCORE_URLS", "ftp://127.0.0.1:0", "ftp://" },
        { "ASPNETCORE_URLS", "https://127.0.0.1:0", "https://127.0.0.1:0" },
        { "ASPNETCORE_URLS", "http://192.0.2.1:80", "http://192.0.2.1:80" },
    };

    [Theory]
    [MemberData(nameof(WrongSettings))]
    public async Task A_wrong_setting_is_one_clear_line(string name, string value, string expected)
    {
        using var directory = new DataDirectory();
        var changes = new Dictionary<string, string?> { [name] = value };
        if (name == "Ticketing__MailSecurity") changes["MAIL_HOSTNAME"] = "mail.example.org";
        if (value == "1440") changes["Ticketing__BackupsKeptHours"] = "23";
        if (name == "Ticketing__PaymentTimeoutMinutes") changes["Ticketing__PaymentsEverySeconds"] = "31";

        await Refused(directory.Path, changes, expected);
    }

    [Theory]
    [InlineData("JWT_EXTERNAL_SIGNATURE")]
    [InlineData("JWT_INTERNAL_SIGNATURE")]
    public async Task Production_does_not_start_without_real_secrets(string missing)
    {
        using var directory = new DataDirectory();
        await Refused(directory.Path, new() { ["ASPNETCORE_ENVIRONMENT"] = "Production", ["Ticketing__PasswordCost"] = null, [missing] = null }, missing);
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.Path));
    }

    [Fact]
    public async Task A_port_in_use_is_one_clear_line()
    {
        using var directory = new DataDirectory();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";

        await Refused(directory.Path, new() { ["ASPNETCORE_URLS"] = address }, address);
    }

    [Fact]
    public async Task A_second_process_on_a_data_directory_is_refused_and_the_first_goes_on()
    {
        using var directory = new DataDirectory();
        await using var first = Child.Start(directory.Path);
        using var api = await first.Ready();
        var eventId = await api.NewEvent();

        await Refused(directory.Path, [], "in use by another process");

        Assert.Equal(50, await api.RemainingSeats(eventId));
        await api.NewEvent();
        first.AssertNoFaults();
    }

    [Theory]
    [InlineData("a-file/data")]
    [InlineData("a-file")]
    public async Task A_directory_that_cannot_be_used_is_one_clear_line(string path)
    {
        using var directory = new DataDirectory();
        await File.WriteAllTextAsync(Path.Combine(directory.Path, "a-file"), "in the way");

        await Refused(Path.Combine(directory.Path, path), [], path);
    }

    [Theory]
    [InlineData("This is no database at all, but it stands where one should be. ")]
    [InlineData("SQLite format 3\0")]
    public async Task A_file_that_is_no_database_is_one_clear_line_and_left_alone(string content)
    {
        using var directory = new DataDirectory();
        var file = Path.Combine(directory.Path, "ticketing.db");
        var bytes = string.Concat(Enumerable.Repeat(content, 200));
        await File.WriteAllTextAsync(file, bytes);

        await Refused(directory.Path, [], "ticketing.db");
        Assert.Equal(bytes, await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task An_unknown_command_is_one_clear_line()
    {
        using var directory = new DataDirectory();
        await using var child = Child.Start(directory.Path, arguments: ["serve"]);

        Assert.Equal(1, await child.Exit(Patience));
        Assert.Contains("unknown command 'serve'", Assert.Single(child.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_start_in_Development_says_all_that_is_needed_and_the_next_starts_keep_it()
    {
        using var directory = new DataDirectory();
        var nothingSet = new Dictionary<string, string?>
        {
            ["JWT_EXTERNAL_SIGNATURE"] = null,
            ["JWT_INTERNAL_SIGNATURE"] = null,
            ["ADMIN_EMAIL"] = null,
            ["ADMIN_PASSWORD"] = null,
        };
        string token;
        await using (var first = Child.Start(directory.Path, nothingSet))
        {
            using var api = await first.Ready();
            var line = await Eventually.Sees("the administrator", () => Task.FromResult(first.Output.FirstOrDefault(line => line.StartsWith("  Admin ", StringComparison.Ordinal))), line => line is not null);
            var words = line!.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            token = (await LogIn(api, words[1], words[3])).Done().Text("token");
            Assert.Contains(first.Output, text => text.Contains(directory.Path, StringComparison.Ordinal));
            Assert.Contains(first.Output, text => text.Contains("/api/events/doc/", StringComparison.Ordinal));
            Assert.Contains(first.Output, text => text.Contains("/dashboard", StringComparison.Ordinal));
            Assert.Contains(first.Output, text => text.Contains("MAIL_HOSTNAME", StringComparison.Ordinal));
            first.Interrupt();
            Assert.Equal(0, await first.Exit(Patience));
            first.AssertNoFaults();
        }

        await using var second = Child.Start(directory.Path, nothingSet);
        using var again = await second.Ready();
        Assert.Equal("Admin", (await again.Get("/api/auth/me", token)).Done().Text("role"));
        Assert.DoesNotContain(second.Output, line => line.Contains("password", StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(directory.Path, "jwt-external.key")));
    }

    [Fact]
    public async Task An_administrator_s_email_that_belongs_to_a_plain_user_is_one_clear_line_and_no_reason_not_to_start()
    {
        using var directory = new DataDirectory();
        await using (var first = Child.Start(directory.Path, new() { ["ADMIN_EMAIL"] = "somebody@example.org" }))
        {
            using var api = await first.Ready();
            (await api.Register(Server.AdminEmail)).Done();
        }

        await using var second = Child.Start(directory.Path);
        using var again = await second.Ready();
        var line = await Eventually.Sees("the administrator", () => Task.FromResult(second.Output.FirstOrDefault(line => line.StartsWith("  Admin ", StringComparison.Ordinal))), line => line is not null);
        Assert.Matches($"none was made: {Server.AdminEmail} is user [0-9a-f]{{24}} with the role User; to change it: PATCH /api/auth/", line);
        Assert.Equal("User", (await again.Me(await again.Token(Server.AdminEmail))).Done().Text("role"));
    }

    private static Task<Reply> LogIn(Api api, string email, string password) =>
        api.Send(HttpMethod.Post, "/api/auth/login", body: new System.Text.Json.Nodes.JsonObject { ["email"] = email, ["password"] = password });

    private static async Task Refused(string directory, Dictionary<string, string?> changes, string expected)
    {
        await using var child = Child.Start(directory, changes);
        var code = await child.Exit(Patience);

        Assert.True(child.Errors.Count == 1, $"exit {code}\n{string.Join('\n', child.Output)}\n{string.Join('\n', child.Errors)}");
        Assert.StartsWith("Ticketing cannot start: ", child.Errors[0], StringComparison.Ordinal);
        Assert.Contains(expected, child.Errors[0], StringComparison.Ordinal);
        Assert.Empty(child.Output);
        Assert.Equal(1, code);
    }
}
