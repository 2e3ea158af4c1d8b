using MailKit.Security;

namespace Ticketing.Mail.Smtp;

/// <summary>How the connection to the mail server is protected.</summary>
public enum MailSecurity
{
    /// <summary>
    /// By port: 465 is <see cref="Tls"/>, 587 is <see cref="StartTls"/>; on any other port STARTTLS is used when the server offers it, and
    /// demanded when there is a password to protect.
    /// </summary>
    Auto,

    /// <summary>Not at all. For a mail catcher on the same machine.</summary>
    None,

    /// <summary>The connection is upgraded by STARTTLS, or not used.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,
}

/// <summary>Which mail server is used, and as whom.</summary>
public sealed record MailSettings
{
    /// <summary>The sender of mails when no login names one.</summary>
    public const string DefaultSender = "tickets@localhost";

    /// <summary>The server's name or address, without a port (<c>MAIL_HOSTNAME</c>).</summary>
    public required string Host { get; init; }

    /// <summary>The port, 1 to 65535; when absent 465, or 587 for STARTTLS, or 25 without protection.</summary>
    public int? Port { get; init; }

    /// <summary>How the connection is protected.</summary>
    public MailSecurity Security { get; init; }

    /// <summary>The login, which is also the sender (<c>MAIL_USERNAME</c>); absent when the server wants none.</summary>
    public string? Username { get; init; }

    /// <summary>The password (<c>MAIL_PASSWORD</c>); when absent there is no login.</summary>
    public string? Password { get; init; }

    /// <summary>The address that mails come from, when it is not the login.</summary>
    public string? Sender { get; init; }

    /// <summary>How long one mail may take, connecting included; longer than zero.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>What is wrong with these settings, in one line for the operator; nothing when they can be used. The password is never part of it.</summary>
    public string? Problem => this switch
    {
        { Host: var host } when string.IsNullOrWhiteSpace(host) => "The mail server's name is empty.",
        { Host: var host } when Uri.CheckHostName(host) == UriHostNameType.Unknown => $"The mail server's name '{OneLine(host)}' is no host name.",
        { Port: < 1 or > 65535 } => $"The mail server's port {Port} is not between 1 and 65535.",
        { Password.Length: > 0, Username: null or "" } => "There is a password for the mail server, but no user name.",
        _ when !Addresses.TryParse(From, out _) => $"The mail sender '{OneLine(From)}' is no e-mail address.",
        _ when !Enum.IsDefined(Security) => $"The mail server's security '{Security}' is none of Auto, None, StartTls and Tls.",
        _ when Timeout <= TimeSpan.Zero => "The time-out for mails is not longer than zero.",
        _ => null,
    };

    /// <summary>The address that mails come from.</summary>
    internal string From => First(Sender, Username) ?? DefaultSender;

    internal int EffectivePort => Port ?? Security switch
    {
        MailSecurity.Auto or MailSecurity.Tls => 465,
        MailSecurity.StartTls => 587,
        MailSecurity.None => 25,
    };

    internal bool LogsIn => !string.IsNullOrEmpty(Username) && !string.IsNullOrEmpty(Password);

    internal SecureSocketOptions Protection => (Security, EffectivePort) switch
    {
        (MailSecurity.None, _) => SecureSocketOptions.None,
        (MailSecurity.Tls, _) or (MailSecurity.Auto, 465) => SecureSocketOptions.SslOnConnect,
        (MailSecurity.StartTls, _) or (MailSecurity.Auto, 587) => SecureSocketOptions.StartTls,
        _ => LogsIn ? SecureSocketOptions.StartTls : SecureSocketOptions.StartTlsWhenAvailable,
    };

    /// <summary>Names server and sender; the password is left out, so that no log line can carry it.</summary>
    public override string ToString() => $"{Host}:{EffectivePort} as {From}";

    private static string? First(params string?[] texts) => texts.FirstOrDefault(text => !string.IsNullOrWhiteSpace(text));

    private static string OneLine(string text) => string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));
}
