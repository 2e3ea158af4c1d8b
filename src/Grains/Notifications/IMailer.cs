namespace Ticketing.Grains.Notifications;

/// <summary>A mail to one person, plain text.</summary>
/// <param name="Key">Stable over repeats; becomes the Message-Id, so that a mail sent twice can be told.</param>
/// <param name="To">The address as stored; it may turn out to be none.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">The body.</param>
public sealed record Mail(string Key, string To, string Subject, string Text);

/// <summary>What became of a mail.</summary>
public enum MailResult
{
    /// <summary>The mail server took it.</summary>
    Sent,

    /// <summary>It cannot be sent, now or later: the address is none, or the server refuses it for good.</summary>
    Refused,

    /// <summary>The server could not be reached or asks to be tried later.</summary>
    TryLater,
}

/// <summary>Sends mail. One implementation speaks SMTP, one writes files.</summary>
public interface IMailer
{
    /// <summary>Sends one mail within a bounded time. Does not throw for what a mail server or an address can do wrong.</summary>
    Task<MailResult> Send(Mail mail, CancellationToken cancellation);
}
