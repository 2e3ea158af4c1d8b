using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ticketing.Silo.Tests.Contract;

/// <summary>Texts of a given number of Unicode characters, as JSON. No two long enough are the same: titles and e-mails are unique.</summary>
internal static class Texts
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz";
    private static int count;

    public static string Letters(int length) => Of(Filled(length, digit => new Rune(Alphabet[digit])));

    /// <summary>Each character takes two units of UTF-16.</summary>
    public static string Astral(int length) => Of(Filled(length, digit => new Rune(0x1F300 + digit)));

    /// <summary>Every other character is an accent that combines with the one before.</summary>
    public static string Accented(int length) => Of(Filled(length, digit => new Rune(digit % 2 == 0 ? Alphabet[digit] : 0x300 + digit)));

    public static string Spaced(string json) => Of($" \t\r\n\u00A0\u2003\u3000{JsonSerializer.Deserialize<string>(json)}\u0085\u2028 ");

    public static string Trimmed(string json) => Of(JsonSerializer.Deserialize<string>(json)!.Trim());

    public static string Lower(string json) => Of(JsonSerializer.Deserialize<string>(json)!.Trim().ToLowerInvariant());

    public static string Of(string text) => JsonSerializer.Serialize(text);

    /// <summary>A local part or a domain that nobody had yet.</summary>
    public static string Unique() => $"u{Interlocked.Increment(ref count)}";

    private static string Filled(int length, Func<int, Rune> character)
    {
        var text = new StringBuilder();
        for (var (left, number) = (length, Interlocked.Increment(ref count)); left > 0; left--, number /= Alphabet.Length)
            text.Append(character(number % Alphabet.Length).ToString());
        return text.ToString();
    }
}

/// <summary>Dates, as JSON.</summary>
internal static class Dates
{
    /// <summary>Accepted ones, and how they are shown.</summary>
    public static readonly (string Json, string Kept)[] Good =
    [
        ("\"2090-05-15T09:00:00Z\"", "2090-05-15T09:00:00Z"),
        ("\"2090-05-15T09:00:00z\"", "2090-05-15T09:00:00Z"),
        ("\"2090-05-15t09:00:00Z\"", "2090-05-15T09:00:00Z"),
        ("\"2090-05-15T09:00:00+00:00\"", "2090-05-15T09:00:00Z"),
        ("\"2090-05-15T09:00:00-00:00\"", "2090-05-15T09:00:00Z"),
        ("\"2090-05-15T09:00:00+05:30\"", "2090-05-15T03:30:00Z"),
        ("\"2090-05-15T23:00:00-11:00\"", "2090-05-16T10:00:00Z"),
        ("\"2090-01-01T00:00:00+14:00\"", "2089-12-31T10:00:00Z"),
        ("\"2090-05-15T09:00:00.5Z\"", "2090-05-15T09:00:00.5Z"),
        ("\"2090-05-15T09:00:00.97Z\"", "2090-05-15T09:00:00.97Z"),
        ("\"2090-05-15T09:00:00.120Z\"", "2090-05-15T09:00:00.12Z"),
        ("\"2090-05-15T09:00:00.000Z\"", "2090-05-15T09:00:00Z"),
        ("\"2090-05-15T09:00:00.123456789Z\"", "2090-05-15T09:00:00.123Z"),
        ("\"2096-02-29T00:00:00Z\"", "2096-02-29T00:00:00Z"),
        ("\"9999-12-31T23:59:59.999Z\"", "9999-12-31T23:59:59.999Z"),
        ("""{"$date":"2090-05-15T09:00:00Z"}""", "2090-05-15T09:00:00Z"),
        ("""{"$date":"2090-05-15T11:00:00+02:00"}""", "2090-05-15T09:00:00Z"),
        ("""{"$date":3798522000123}""", "2090-05-15T09:00:00.123Z"),
        ("""{"$date":{"$numberLong":"3798522000123"}}""", "2090-05-15T09:00:00.123Z"),
    ];

    /// <summary>Refused ones.</summary>
    public static readonly string[] Bad =
    [
        "3798522000123", "\"\"", "\"soon\"", "\"2090-05-15\"", "\"2090-05-15T09:00:00\"", "\"2090-05-15T09:00Z\"", "\"2090-05-15T09:00:00+0200\"", "\"2090-05-15T09:00:00+25:00\"",
        "\"2090-05-15T09:00:00.Z\"", "\"2090-05-15T24:00:00Z\"", "\"2090-05-15T09:60:00Z\"", "\"2090-13-01T00:00:00Z\"", "\"2090-02-30T00:00:00Z\"", "\"2090-02-29T00:00:00Z\"",
        "\"12090-05-15T09:00:00Z\"", "\"9999-12-31T23:59:59-01:00\"", "\" 2090-05-15T09:00:00Z\"", "\"0000-01-01T00:00:00Z\"", "\"15/05/2090\"", "{}", """{"$date":null}""",
        """{"$date":"soon"}""", """{"$date":3798522000123.5}""", """{"$date":1e400}""", """{"$date":9223372036854775807}""", """{"$date":{"$numberLong":3798522000123}}""",
        """{"$date":{"$numberLong":"x"}}""", """{"$date":3798522000123,"more":1}""", """{"date":"2090-05-15T09:00:00Z"}""",
    ];

    public static string FromNow(double seconds) =>
        Texts.Of(TimeProvider.System.GetUtcNow().AddSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
}
