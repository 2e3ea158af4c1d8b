using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MimeKit;

namespace Ticketing.Mail.Smtp;

/// <summary>What counts as an e-mail address.</summary>
internal static class Addresses
{
    // RFC 5321, 4.5.3.1: a longer one makes a command that a server may hang up on, as it does in times of trouble.
    private const int LongestLocal = 64;
    private const int LongestDomain = 255;

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
        if (at is < 1 or > LongestLocal || text.Length - at - 1 > LongestDomain || !text[..at].All(IsLocal) || !text[(at + 1)..].All(IsDomain)) return false;
        return MailboxAddress.TryParse(Strict, text, out address);
    }

    /// <summary>What may stand before the @ (contract.md 1.5). The parser would take more, which not every mail server would.</summary>
    private static bool IsLocal(char character) => char.IsAsciiLetterOrDigit(character) || ".!#$%&'*+/=?^_`{|}~-".Contains(character);

    /// <summary>What may stand after it: host names, international ones included, or bracketed addresses.</summary>
    private static bool IsDomain(char character) =>
        char.IsAsciiLetterOrDigit(character) || ".-:[]".Contains(character)
        || (!char.IsAscii(character) && !char.IsControl(character) && !char.IsWhiteSpace(character) && char.GetUnicodeCategory(character) != UnicodeCategory.Format);
}
