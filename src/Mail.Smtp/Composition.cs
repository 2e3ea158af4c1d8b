using MimeKit;

namespace Ticketing.Mail.Smtp;

using Mail = Ticketing.Grains.Notifications.Mail;

/// <summary>Makes a message of a mail.</summary>
internal static class Composition
{
    private const int LongestKey = 100;

    /// <summary>The message, or nothing when the addressee's address or the key is none. The same key always has the same Message-Id.</summary>
    public static MimeMessage? Compose(Mail mail, string from, DateTimeOffset now)
    {
        if (!IsKey(mail.Key) || !Addresses.TryParse(mail.To, out var to)) return null;

        var sender = MailboxAddress.Parse(from);
        return new MimeMessage([sender], [to], OneLine(mail.Subject), new TextPart("plain") { Text = mail.Text })
        {
            ReplyTo = { sender },
            Date = now,
            MessageId = $"{mail.Key}@{MailboxAddress.EncodeAddrspec(sender.Address).Split('@')[^1]}",
        };
    }

    /// <summary>A key becomes part of a header and the name of a file, so it has letters, digits, hyphens and underscores only.</summary>
    private static bool IsKey(string key) =>
        key.Length is > 0 and <= LongestKey && key.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');

    private static string OneLine(string text) => string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));
}
