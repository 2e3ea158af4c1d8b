using MailKit.Net.Smtp;
using Microsoft.Extensions.Logging;
using MimeKit;
using Ticketing.Grains.Notifications;

namespace Ticketing.Mail.Smtp;

using Mail = Ticketing.Grains.Notifications.Mail;

/// <summary>
/// Sends mail over SMTP, over at most <see cref="MostConnections"/> connections, which serve one mail after another while there are any. A mail is
/// refused when its address is none or the server refuses recipient or content for good; everything else that can go wrong is to be tried later.
/// </summary>
public sealed class SmtpMailer : IMailer, IDisposable
{
    /// <summary>How many connections are open at once.</summary>
    public const int MostConnections = 4;

    private readonly MailSettings settings;
    private readonly TimeProvider time;
    private readonly ILogger<SmtpMailer> log;
    private readonly SmtpConnections connections;
    private readonly Trouble trouble;
    private readonly SemaphoreSlim turns = new(MostConnections);

    /// <summary>A mailer for one server. Nothing is connected yet.</summary>
    /// <param name="settings">The server.</param>
    /// <param name="time">The clock, for time-outs and for the date of a mail.</param>
    /// <param name="log">Where trouble is noted; addresses are left out.</param>
    /// <exception cref="ArgumentException">The settings have a <see cref="MailSettings.Problem"/>.</exception>
    public SmtpMailer(MailSettings settings, TimeProvider time, ILogger<SmtpMailer> log)
    {
        if (settings.Problem is { } problem) throw new ArgumentException(problem, nameof(settings));
        (this.settings, this.time, this.log) = (settings, time, log);
        connections = new(settings, time);
        trouble = new(time);
    }

    /// <inheritdoc/>
    public async Task<MailResult> Send(Mail mail, CancellationToken cancellation)
    {
        if (Composition.Compose(mail, settings.From, time.GetUtcNow()) is not { } message) return MailResult.Refused;

        await turns.WaitAsync(cancellation);
        try
        {
            using var timeout = new CancellationTokenSource(settings.Timeout, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
            return await Deliver(message, mail.Key, both.Token);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            Log.NotReached(log, trouble.Level(), exception, mail.Key, settings);
            return MailResult.TryLater;
        }
        finally
        {
            turns.Release();
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        connections.Dispose();
        turns.Dispose();
    }

    private async Task<MailResult> Deliver(MimeMessage message, string key, CancellationToken cancellation)
    {
        var client = await connections.Take(cancellation);
        try
        {
            await client.SendAsync(message, cancellation);
            return MailResult.Sent;
        }
        catch (SmtpCommandException exception)
        {
            // The server's words may repeat the address; its code does not.
            Log.NotAccepted(log, key, exception.ErrorCode, (int)exception.StatusCode);
            return IsFinal(exception) ? MailResult.Refused : MailResult.TryLater;
        }
        catch
        {
            client.Dispose();
            throw;
        }
        finally
        {
            connections.PutBack(client);
        }
    }

    /// <summary>A refused sender is this side's mistake, not the mail's: it can be mended while the mail waits.</summary>
    private static bool IsFinal(SmtpCommandException exception) =>
        (int)exception.StatusCode >= 500 && exception.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted;
}

/// <summary>What the mailers have to log.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1, Message = "Mail {Key} could not be handed to {Server}; it is tried again later, and so are others")]
    public static partial void NotReached(ILogger log, LogLevel level, Exception exception, string key, MailSettings server);

    [LoggerMessage(2, LogLevel.Warning, "The mail server did not accept mail {Key}: {Reason}, code {Code}")]
    public static partial void NotAccepted(ILogger log, string key, SmtpErrorCode reason, int code);

    [LoggerMessage(EventId = 3, Message = "Mail {Key} could not be written below {Directory}; it is tried again later, and so are others")]
    public static partial void NotWritten(ILogger log, LogLevel level, Exception exception, string key, string directory);
}
