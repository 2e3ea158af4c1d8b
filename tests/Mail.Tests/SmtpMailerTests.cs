using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Ticketing.Mail.Tests;

using Mail = Ticketing.Grains.Notifications.Mail;

public sealed class SmtpMailerTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2030, 5, 15, 9, 0, 0, TimeSpan.Zero));
    private readonly SmtpSink sink = new();
    private SmtpMailer? mailer;

    private MailSettings Settings => new() { Host = "127.0.0.1", Port = sink.Port, Security = MailSecurity.None, Username = "tickets@example.org" };

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        mailer?.Dispose();
        await sink.DisposeAsync();
    }

    [Fact]
    public async Task A_mail_arrives_as_the_contract_says()
    {
        Assert.Equal(MailResult.Sent, await Send(A("key1")));

        var mail = Assert.Single(sink.Mails);
        Assert.Equal(("tickets@example.org", "ann@example.org"), (mail.From, mail.To));
        Assert.Equal("tickets@example.org", mail.Header("From"));
        Assert.Equal("tickets@example.org", mail.Header("Reply-To"));
        Assert.Equal("ann@example.org", mail.Header("To"));
        Assert.Equal("The 4WEBD Team", mail.Header("Subject"));
        Assert.Equal("<key1@example.org>", mail.Header("Message-Id"));
        Assert.Equal("Wed, 15 May 2030 09:00:00 +0000", mail.Header("Date"));
        Assert.StartsWith("text/plain", mail.Header("Content-Type"), StringComparison.Ordinal);
        Assert.Equal("Your ticket is active.", mail.Body.TrimEnd());
    }

    [Fact]
    public async Task A_mail_sent_twice_has_one_Message_Id()
    {
        await Send(A("key1"));
        time.Advance(TimeSpan.FromHours(1));
        await Send(A("key1"));

        Assert.Equal(2, sink.Mails.Count);
        Assert.Single(sink.Mails.Select(mail => mail.Header("Message-Id")).Distinct());
    }

    [Fact]
    public async Task A_batch_goes_over_few_connections()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => Send(A($"key{number}"))));

        Assert.All(results, result => Assert.Equal(MailResult.Sent, result));
        Assert.Equal(50, sink.Mails.Select(mail => mail.Header("Message-Id")).Distinct().Count());
        Assert.InRange(sink.Connections, 1, SmtpMailer.MostConnections);
    }

    [Fact]
    public async Task A_refused_recipient_refuses_that_mail_alone()
    {
        sink.Answer = command => command.Contains("nobody@", StringComparison.Ordinal) ? "550 no such user" : null;

        Assert.Equal(MailResult.Refused, await Send(A("key1") with { To = "nobody@example.org" }));
        Assert.Equal(MailResult.Sent, await Send(A("key2")));
        Assert.Equal("ann@example.org", Assert.Single(sink.Mails).To);
    }

    [Theory]
    [InlineData("RCPT", "451 busy", MailResult.TryLater)]
    [InlineData("RCPT", "553 bad name", MailResult.Refused)]
    [InlineData("MAIL", "451 busy", MailResult.TryLater)]
    [InlineData("MAIL", "550 not you", MailResult.TryLater)]
    [InlineData("DATA", "421 closing", MailResult.TryLater)]
    [InlineData(".", "452 disk full", MailResult.TryLater)]
    [InlineData(".", "554 looks like spam", MailResult.Refused)]
    [InlineData("CONNECT", "554 go away", MailResult.TryLater)]
    [InlineData("EHLO", "drop", MailResult.TryLater)]
    [InlineData("RCPT", "drop", MailResult.TryLater)]
    [InlineData(".", "drop", MailResult.TryLater)]
    [InlineData("RCPT", "this is no mail server", MailResult.TryLater)]
    public async Task What_a_server_answers_decides_whether_to_try_again(string command, string answer, MailResult expected)
    {
        sink.Answer = said => said.StartsWith(command, StringComparison.Ordinal) ? answer : null;

        Assert.Equal(expected, await Send(A("key1")));
        Assert.Empty(sink.Mails);

        sink.Answer = _ => null;
        Assert.Equal(MailResult.Sent, await Send(A("key2")));
    }

    [Theory]
    [InlineData("CONNECT")]
    [InlineData("EHLO")]
    [InlineData("RCPT")]
    [InlineData(".")]
    public async Task A_hanging_server_is_given_up(string command)
    {
        sink.Answer = said => said.StartsWith(command, StringComparison.Ordinal) ? "hang" : null;

        var sending = Send(A("key1"));
        await sink.Hanging;
        Assert.False(sending.IsCompleted);
        time.Advance(Settings.Timeout);

        Assert.Equal(MailResult.TryLater, await sending);
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_obeyed()
    {
        sink.Answer = said => said.StartsWith("RCPT", StringComparison.Ordinal) ? "hang" : null;
        using var patience = new CancellationTokenSource();

        var sending = Send(A("key1"), patience.Token);
        await sink.Hanging;
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_tried_later()
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var port = ((IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();

        Assert.Equal(MailResult.TryLater, await Send(A("key1"), Settings with { Port = port }));
    }

    [Fact]
    public async Task A_connection_that_the_server_closed_is_replaced()
    {
        Assert.Equal(MailResult.Sent, await Send(A("key1")));
        sink.HangUp();
        Assert.Equal(MailResult.Sent, await Send(A("key2")));
        Assert.Equal(2, sink.Connections);
    }

    [Fact]
    public async Task An_idle_connection_is_closed()
    {
        Assert.Equal(MailResult.Sent, await Send(A("key1")));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(MailResult.Sent, await Send(A("key2")));
        Assert.Equal(2, sink.Connections);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ann")]
    [InlineData("@example.org")]
    [InlineData("ann@")]
    [InlineData("ann@@example.org")]
    [InlineData("ann smith@example.org")]
    [InlineData(" ann@example.org")]
    [InlineData("ann@example(eve).org")]
    [InlineData("\"ann eve\"@example.org")]
    [InlineData("ann@example.org\r\nBcc: eve@example.org")]
    [InlineData("ann@example.org\nRCPT TO:<eve@example.org>")]
    [InlineData("ann@example.org, eve@example.org")]
    [InlineData("ann@example.org,eve@example.org")]
    [InlineData("Ann <ann@example.org>")]
    [InlineData("<ann@example.org>")]
    [InlineData("ann(eve)@example.org")]
    [InlineData("ann@exa\0mple.org")]
    [InlineData("änn@example.org")]
    [InlineData("ann@\u202Egro.elpmaxe")]
    [InlineData("ann@exam\u00ADple.org")]
    public async Task A_bad_address_is_refused_and_nothing_else(string address)
    {
        Assert.Equal(MailResult.Refused, await Send(A("key1") with { To = address }));
        Assert.Equal(MailResult.Sent, await Send(A("key2")));
        Assert.Equal("ann@example.org", Assert.Single(sink.Mails).To);
    }

    [Fact]
    public async Task A_part_of_an_address_that_is_longer_than_mail_servers_take_is_refused()
    {
        var label = new string('d', 61);
        Assert.Equal(MailResult.Sent, await Send(A("key1") with { To = $"{new string('a', 64)}@{label}.{label}.{label}.{label}.example" }));
        Assert.Equal(MailResult.Refused, await Send(A("key2") with { To = $"{new string('a', 65)}@example.org" }));
        Assert.Equal(MailResult.Refused, await Send(A("key3") with { To = $"ann@{label}.{label}.{label}.{label}.examples" }));
        Assert.Single(sink.Mails);
    }

    [Theory]
    [InlineData("ann@bücher.example", "ann@xn--bcher-kva.example")]
    [InlineData("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example")]
    [InlineData("o'ann+tickets@example.org", "o'ann+tickets@example.org")]
    [InlineData("ann@[127.0.0.1]", "ann@[127.0.0.1]")]
    public async Task Unusual_addresses_are_served(string address, string onTheWire)
    {
        Assert.Equal(MailResult.Sent, await Send(A("key1") with { To = address }));
        Assert.Equal(onTheWire, Assert.Single(sink.Mails).To);
    }

    [Fact]
    public async Task No_text_can_forge_a_header_or_a_command()
    {
        var subject = "Hello\r\nBcc: eve@example.org\r\n\r\nforged";
        var text = "first\r\n.\r\nMAIL FROM:<eve@example.org>\r\nBcc: eve@example.org\n.last";

        Assert.Equal(MailResult.Sent, await Send(new("key1", "ann@example.org", subject, text)));

        var mail = Assert.Single(sink.Mails);
        Assert.DoesNotContain(mail.Headers, line => line.StartsWith("Bcc", StringComparison.OrdinalIgnoreCase));
        Assert.Equal("ann@example.org", mail.To);
        Assert.Equal("first\r\n.\r\nMAIL FROM:<eve@example.org>\r\nBcc: eve@example.org\r\n.last", mail.Body.TrimEnd());
        Assert.DoesNotContain(sink.Commands, command => command.Contains("eve", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("key\r\nBcc: eve@example.org")]
    [InlineData("key>")]
    [InlineData("../key")]
    public async Task A_key_that_is_none_is_refused(string key) => Assert.Equal(MailResult.Refused, await Send(A(key)));

    [Fact]
    public async Task A_login_is_used_when_there_is_a_password()
    {
        sink.Offers = ["AUTH PLAIN"];
        Assert.Equal(MailResult.Sent, await Send(A("key1"), Settings with { Password = "secret" }));
        Assert.Contains(sink.Commands, command => command.StartsWith("AUTH PLAIN", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_login_is_tried_later()
    {
        sink.Offers = ["AUTH PLAIN"];
        sink.Answer = command => command.StartsWith("AUTH", StringComparison.Ordinal) ? "535 wrong" : null;
        Assert.Equal(MailResult.TryLater, await Send(A("key1"), Settings with { Password = "secret" }));
    }

    [Theory]
    [InlineData(MailSecurity.StartTls)]
    [InlineData(MailSecurity.Auto)]
    public async Task A_password_is_never_sent_over_a_line_that_could_not_be_protected(MailSecurity security)
    {
        sink.Offers = ["AUTH PLAIN"];
        Assert.Equal(MailResult.TryLater, await Send(A("key1"), Settings with { Security = security, Password = "secret" }));
        Assert.DoesNotContain(sink.Commands, command => command.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_password_an_unprotected_line_will_do() =>
        Assert.Equal(MailResult.Sent, await Send(A("key1"), Settings with { Security = MailSecurity.Auto }));

    private static Mail A(string key) => new(key, "ann@example.org", "The 4WEBD Team", "Your ticket is active.");

    private Task<MailResult> Send(Mail mail, CancellationToken cancellation = default) => Send(mail, Settings, cancellation);

    private Task<MailResult> Send(Mail mail, MailSettings settings, CancellationToken cancellation = default)
    {
        mailer ??= new(settings, time, NullLogger<SmtpMailer>.Instance);
        return mailer.Send(mail, cancellation);
    }
}
