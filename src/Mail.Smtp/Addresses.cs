using System.Diagnostics.CodeAnalysis;
using MimeKit;

namespace Ticketing.Mail.Smtp;

/// <summary>What counts as an e-mail address.</summary>
internal static class Addresses
{
    private static readonly ParserOptions Strict = new()
    {
        AddressParserComplianceMode = RfcComplianceMode.Strict,
        AllowAddressesWithoutDomain = false,
        AllowUnquotedCommasInAddresses = false,
    };

    /// <summary>Reads one bare address: no display name, no list, no comment. Line breaks are what a forged header would be made of.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MailboxAddress? address)
    {
        address = null;
        var at = text.LastIndexOf('@');
        if (at < 1 || !text[..at].All(IsLocal) || !text[(at + 1)..].All(IsDomain)) return false;
        return MailboxAddress.TryParse(Strict, text, out address);
    }

    /// <summary>What may stand before the @ (contract.md 1.5). The parser would take more, which not every mail server would.</summary>
    private static bool IsLocal(char character) => char.IsAsciiLetterOrDigit(character) || ".!#$%&'*+/=?^_`{|}~-".Contains(character);

    /// <summary>What may stand after it: host names, international ones included, or bracketed addresses.</summary>
    private static bool IsDomain(char character) =>
        char.IsAsciiLetterOrDigit(character) || ".-:[]".Contains(character)
        || (!char.IsAscii(character) && !char.IsControl(character) && !char.IsWhiteSpace(character));
}
