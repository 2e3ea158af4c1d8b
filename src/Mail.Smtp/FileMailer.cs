using Microsoft.Extensions.Logging;
using MimeKit;
using Ticketing.Grains.Notifications;

namespace Ticketing.Mail.Smtp;

using Mail = Ticketing.Grains.Notifications.Mail;

/// <summary>
/// Writes every mail as <c>&lt;key&gt;.eml</c> below a directory, for a machine without a mail server. A mail that is sent again replaces its file. A
/// file of that name is always whole: it is written beside, flushed to disk, and then renamed.
/// </summary>
/// <param name="directory">The directory; made when it is absent.</param>
/// <param name="time">The clock, for the date of a mail.</param>
/// <param name="log">Where trouble is noted; addresses are left out.</param>
public sealed class FileMailer(string directory, TimeProvider time, ILogger<FileMailer> log) : IMailer, IDisposable
{
    private const int MostAtOnce = 4;
    private static readonly FormatOptions Format = MailFormat();
    private readonly SemaphoreSlim turns = new(MostAtOnce);
    private readonly Trouble trouble = new(time);

    /// <summary>The address that mails come from.</summary>
    /// <exception cref="ArgumentException">It is no e-mail address.</exception>
    public string Sender
    {
        get;
        init => field = Addresses.TryParse(value, out _) ? value : throw new ArgumentException("The mail sender is no e-mail address.", nameof(value));
    } = MailSettings.DefaultSender;

    /// <inheritdoc/>
    public async Task<MailResult> Send(Mail mail, CancellationToken cancellation)
    {
        if (Composition.Compose(mail, Sender, time.GetUtcNow()) is not { } message) return MailResult.Refused;

        await turns.WaitAsync(cancellation);
        try
        {
            // A flush to disk blocks its thread; the caller's may be one that many wait for.
            await Task.Run(() => Write(message, mail.Key), cancellation);
            return MailResult.Sent;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NotWritten(log, trouble.Level(), exception, mail.Key, directory);
            return MailResult.TryLater;
        }
        finally
        {
            turns.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turns.Dispose();

    private void Write(MimeMessage message, string key)
    {
        Directory.CreateDirectory(directory);
        var file = Path.Combine(directory, $"{key}.eml");
        var draft = Path.Combine(directory, $"{key}.{Guid.NewGuid():n}.tmp");
        try
        {
            message.Prepare(EncodingConstraint.SevenBit);
            using (var stream = new FileStream(draft, FileMode.CreateNew, FileAccess.Write))
            {
                message.WriteTo(Format, stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, file, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }

    private static FormatOptions MailFormat()
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        return format;
    }
}
