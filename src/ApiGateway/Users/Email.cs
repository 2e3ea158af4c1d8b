using System.Globalization;
using System.Net;
using System.Text;

namespace Ticketing.ApiGateway.Users;

/// <summary>What counts as an e-mail address (contract.md 1.5).</summary>
public static class Email
{
    /// <summary>The longest address, in characters.</summary>
    public const int Longest = LongestLocal + 1 + LongestDomain;

    private const int LongestLocal = 64;
    private const int LongestDomain = 255;
    private const int LongestLabel = 63;
    private static readonly IdnMapping International = new() { UseStd3AsciiRules = true };

    /// <summary>Whether the text is an address: HTML5's local part, then a host name, a bracketed IP or an internationalised name.</summary>
    public static bool IsValid(string text)
    {
        var at = text.LastIndexOf('@');
        return at is > 0 and <= LongestLocal && text.Length - at - 1 is > 0 and <= LongestDomain
            && IsLocal(text.AsSpan(0, at)) && IsDomain(text[(at + 1)..]);
    }

    private static bool IsLocal(ReadOnlySpan<char> local)
    {
        foreach (var character in local)
        {
            if (!char.IsAsciiLetterOrDigit(character) && !".!#$%&'*+/=?^_`{|}~-".Contains(character, StringComparison.Ordinal))
                return false;
        }

        return true;
    }

    private static bool IsDomain(string domain)
    {
        if (domain is ['[', .. var address, ']'])
            return IPAddress.TryParse(address, out var ip) && (address.Contains(':', StringComparison.Ordinal) || ip.ToString() == address);
        return IsHost(domain) || (!Ascii.IsValid(domain) && IsInternational(domain));
    }

    private static bool IsHost(string domain)
    {
        foreach (var label in domain.AsSpan().Split('.'))
        {
            var text = domain.AsSpan(label);
            if (text.Length is 0 or > LongestLabel || text[0] == '-' || text[^1] == '-')
                return false;
            foreach (var character in text)
            {
                if (!char.IsAsciiLetterOrDigit(character) && character != '-')
                    return false;
            }
        }

        return true;
    }

    private static bool IsInternational(string domain)
    {
        // The mapping drops what is not seen, so that one host would have many spellings, and every spelling an account.
        if (domain.EnumerateRunes().Any(static rune => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.Control))
            return false;
        try
        {
            return IsHost(International.GetAscii(domain));
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
