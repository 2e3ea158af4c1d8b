using Microsoft.Extensions.Logging.Abstractions;

namespace Ticketing.Mail.Tests;

public sealed class MailSettingsTests
{
    private static readonly MailSettings Good = new() { Host = "mail.example.org", Username = "tickets@example.org", Password = "secret" };

    public static TheoryData<MailSettings, string> Bad => new()
    {
        { Good with { Host = " " }, "empty" },
        { Good with { Host = "mail example\r\norg" }, "no host name" },
        { Good with { Host = "mail.example.org:465" }, "no host name" },
        { Good with { Port = 0 }, "port 0" },
        { Good with { Port = 65536 }, "port 65536" },
        { Good with { Username = null }, "no user name" },
        { Good with { Username = "tickets" }, "'tickets'" },
        { Good with { Sender = "tickets@example.org\r\nBcc: eve@example.org" }, "no e-mail address" },
        { Good with { Security = (MailSecurity)9 }, "security" },
        { Good with { Timeout = TimeSpan.Zero }, "time-out" },
    };

    [Fact]
    public void Good_settings_have_no_problem()
    {
        Assert.Null(Good.Problem);
        Assert.Null((Good with { Username = null, Password = null }).Problem);
        Assert.Null((Good with { Username = "apikey", Sender = "tickets@example.org" }).Problem);
        Assert.Null((Good with { Host = "::1" }).Problem);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_wrong_setting_is_one_clear_line(MailSettings settings, string part)
    {
        Assert.Contains(part, settings.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', settings.Problem!);
        Assert.DoesNotContain("secret", settings.Problem!, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new SmtpMailer(settings, TimeProvider.System, NullLogger<SmtpMailer>.Instance));
    }

    [Fact]
    public void Settings_do_not_print_their_password() => Assert.DoesNotContain("secret", Good.ToString(), StringComparison.Ordinal);
}
