using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace Ticketing.Mail.Tests;

using Mail = Ticketing.Grains.Notifications.Mail;

public sealed class FileMailerTests : IDisposable
{
    private readonly string directory = Path.Combine(Directory.CreateTempSubdirectory("mail").FullName, "below");
    private readonly FakeTimeProvider time = new();

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(directory)!, recursive: true);

    [Fact]
    public async Task A_mail_is_a_file_that_mail_programs_read()
    {
        Assert.Equal(MailResult.Sent, await Send(A("key1") with { Text = "Grüße, ein Ticket – 25 €" }));

        using var message = await MimeMessage.LoadAsync(Path.Combine(directory, "key1.eml"));
        Assert.Equal("tickets@localhost", message.From.ToString());
        Assert.Equal("tickets@localhost", message.ReplyTo.ToString());
        Assert.Equal("ann@example.org", message.To.ToString());
        Assert.Equal("The 4WEBD Team", message.Subject);
        Assert.Equal("key1@localhost", message.MessageId);
        Assert.Equal("Grüße, ein Ticket – 25 €", message.TextBody?.TrimEnd());
    }

    [Fact]
    public async Task A_mail_sent_again_is_still_one_file()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Send(A("key1"))));

        Assert.Equal("key1.eml", Path.GetFileName(Assert.Single(Directory.GetFiles(directory))));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_tried_later()
    {
        await File.WriteAllTextAsync(directory, "a file where the directory should be");
        Assert.Equal(MailResult.TryLater, await Send(A("key1")));

        File.Delete(directory);
        Assert.Equal(MailResult.Sent, await Send(A("key1")));
    }

    [Fact]
    public async Task A_mail_that_cannot_take_its_place_leaves_no_draft_behind()
    {
        Directory.CreateDirectory(Path.Combine(directory, "key1.eml"));

        Assert.Equal(MailResult.TryLater, await Send(A("key1")));
        Assert.Empty(Directory.GetFiles(directory));
    }

    [Theory]
    [InlineData("../key1")]
    [InlineData("/tmp/key1")]
    [InlineData("..")]
    [InlineData("key\0")]
    public async Task A_key_cannot_name_another_place(string key)
    {
        Assert.Equal(MailResult.Refused, await Send(A(key)));
        Assert.False(Directory.Exists(directory));
    }

    [Fact]
    public async Task A_bad_address_is_refused() => Assert.Equal(MailResult.Refused, await Send(A("key1") with { To = "ann@example.org\r\nBcc: eve@example.org" }));

    private static Mail A(string key) => new(key, "ann@example.org", "The 4WEBD Team", "Your ticket is active.");

    private async Task<MailResult> Send(Mail mail)
    {
        using var mailer = new FileMailer(directory, time, NullLogger<FileMailer>.Instance);
        return await mailer.Send(mail, CancellationToken.None);
    }
}
