using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;

namespace Ticketing.Silo.Tests.Contract;

/// <summary>What is done to a member of a good body.</summary>
internal enum Twist
{
    /// <summary>It has another value.</summary>
    Replaced,

    /// <summary>It is left out.</summary>
    Removed,

    /// <summary>It is there twice.</summary>
    Doubled,

    /// <summary>It has another name.</summary>
    Renamed,
}

/// <summary>A body that is sent to a route.</summary>
/// <param name="Route">The route.</param>
/// <param name="Twists">What is done to which members of a good body.</param>
/// <param name="Document">A whole document instead; absent for a twisted one.</param>
/// <param name="Cut">Which part of the text is sent; 1 for all.</param>
/// <param name="Noise">Bytes that are put over the text, and where.</param>
/// <param name="ContentType">The content type it is announced with.</param>
/// <param name="Encoding">The content encoding it is announced with, if any.</param>
internal sealed record Attempt(
    string Route, (int Member, Twist Twist, string Json)[] Twists, string? Document, double Cut, (double Place, byte Byte)[] Noise, string ContentType, string? Encoding)
{
    private const string Json = "application/json";

    private static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "24", "25", "2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296", "9223372036854775807", "9223372036854775808",
        "-9223372036854775809", "18446744073709551616", "1e2", "1E+2", "1e-2", "1.0", "0.1", "1e400", "-1e400", "1e-400", "3.141592653589793238462643383279502884197", new('9', 400), $"0.{new string('1', 400)}",
    ];

    private static readonly string[] Words =
    [
        "", " ", "\0", "a\0b", "\u007f", "\u200b", "\u202e", "\ufeff", "\ufffd", "\uffff", "😀", "👨‍👩‍👧‍👦", "e\u0301", "null", "true", "0", "-1", "NaN", "../..", "'; drop table users; --", "${jndi:x}", "%00",
        "Eur", "Usd", "Pending", "Success", "Failed", "Sent", "Active", "Admin", "User", "Operator", "65f0c1d2e3a4b5c6d7e8f90b", "000000000000000000000000", "ffffffffffffffffffffffff",
        "2090-05-15T09:00:00Z", "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "2090-05-15T09:00:00+14:00", "a@b", "a@b@c", "ada@[::1]", "ada@bücher.example", ".@b", "a..b@c.d", "x@y.z\r\nBcc: a@b.c",
        "\"quoted\"@c.d", "\u212a@example.org", "İ@example.org", new('x', 12), new('x', 31), new('x', 101), new('x', 501), new('x', 10_000), new('@', 300),
    ];

    private static readonly string[] Broken =
        ["\"\\ud800\"", "\"\\udc00x\"", "\"a\\ud83d\\u0041\"", "\"\\x\"", "\"\\u12\"", "'a'", "tru", "NULL", "01", "+1", ".5", "1.", "1e", "--1", "0x10", "Infinity", "\"a\nb\"", "\"open", "/*c*/1", "", ","];

    private static readonly string[] Names = ["$oid", "$date", "$numberLong", "id", "email", "title", "status", "", "__proto__", "$type", "$ref", "a b", "\u0000"];

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.OneOf(Words).Select(Texts.Of),
        Gen.String[0, 40].Select(Texts.Of),
        Gen.Char.Array[0, 20].Select(characters => $"\"{string.Concat(characters.Select(character => $"\\u{(int)character:x4}"))}\""));

    private static readonly Gen<string> Number = Gen.OneOf(
        Gen.OneOf(Numbers),
        Gen.Int.Select(number => number.ToString(CultureInfo.InvariantCulture)),
        Gen.UInt.Select(number => number.ToString(CultureInfo.InvariantCulture)),
        Gen.Double[-1e12, 1e12].Select(number => number.ToString("R", CultureInfo.InvariantCulture)));

    private static readonly Gen<string> Value = Gen.Recursive<string>((depth, more) => depth > 4 ? Number : Gen.Frequency<string>(
        (4, Text), (3, Number), (2, Gen.OneOf("null", "true", "false", "{}", "[]")), (1, Gen.OneOf(Broken)),
        (1, more.Array[0, 4].Select(items => $"[{string.Join(',', items)}]")),
        (2, Gen.Select(Gen.OneOf(Names), more).Array[0, 3].Select(members => $"{{{string.Join(',', members.Select(member => $"{Texts.Of(member.Item1)}:{member.Item2}"))}}}")),
        (1, Gen.Select(Gen.OneOf(3, 62, 63, 64, 65, 1000, 20_000), more).Select((levels, inner) => $"{Repeated("[", levels)}{inner}{Repeated("]", levels)}")),
        (1, Gen.Select(Gen.OneOf(3, 63, 64, 1000), Gen.OneOf(Names), more).Select((levels, name, inner) => $"{Repeated($"{{{Texts.Of(name)}:", levels)}{inner}{Repeated("}", levels)}"))));

    private static readonly Gen<(int, Twist, string)[]> AnyTwists = Gen.Select(Gen.Int[0, 9], Gen.Frequency((6, Twist.Replaced), (1, Twist.Removed), (1, Twist.Doubled), (1, Twist.Renamed)), Value).Array[1, 3];

    /// <summary>Bodies of every shape, for any of the routes.</summary>
    public static Gen<Attempt> Of(string[] routes)
    {
        var route = Gen.OneOf(routes);
        var none = Array.Empty<(double, byte)>();
        var noise = Gen.Select(Gen.Double[0, 1], Gen.Byte).Array[1, 4];
        var type = Gen.OneOf(
            Gen.OneOf("", "text/plain", "application/json; charset=utf-16", "application/json;charset=\"utf-8\"", "application/json; charset=utf-8; x=y", "APPLICATION/JSON", "application/json;", "*/*", "application/x-www-form-urlencoded"),
            Gen.String[0, 20].Select(text => string.Concat(text.Where(character => character is >= ' ' and < '\u007f'))));
        return Gen.Frequency<Attempt>(
            (12, Gen.Select(route, AnyTwists, (at, twists) => new Attempt(at, twists, null, 1, none, Json, null))),
            (3, Gen.Select(route, Value, (at, document) => new Attempt(at, [], document, 1, none, Json, null))),
            (2, Gen.Select(route, Gen.Double[0, 1], (at, cut) => new Attempt(at, [], null, cut, none, Json, null))),
            (3, Gen.Select(route, noise, (at, bytes) => new Attempt(at, [], null, 1, bytes, Json, null))),
            (1, Gen.Select(route, type, (at, announced) => new Attempt(at, [], null, 1, none, announced, null))),
            (1, Gen.Select(route, Gen.OneOf("gzip", "br", "deflate", "identity", "x"), (at, encoding) => new Attempt(at, [], null, 1, none, Json, encoding))));
    }

    /// <summary>The bytes that are sent.</summary>
    /// <param name="good">A body that would be accepted.</param>
    public byte[] Bytes(JsonObject good)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(Document ?? Twisted(good));
        if (Cut < 1) bytes = bytes[..(int)(bytes.Length * Cut)];
        foreach (var (place, value) in Noise) bytes[(int)(place * (bytes.Length - 1))] = value;
        return bytes;
    }

    private static string Repeated(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();

    private string Twisted(JsonObject good)
    {
        var members = good.Select(member => (member.Key, Value: member.Value!.ToJsonString())).ToList();
        foreach (var (place, twist, json) in Twists)
        {
            if (members.Count == 0) break;
            var (name, value) = members[place % members.Count];
            members.RemoveAt(place % members.Count);
            if (twist == Twist.Replaced) members.Add((name, json));
            if (twist == Twist.Renamed) members.Add(($"{name}_", value));
            if (twist == Twist.Doubled) members.AddRange([(name, value), (name, json)]);
        }

        return $"{{{string.Join(',', members.Select(member => $"{Texts.Of(member.Key)}:{member.Value}"))}}}";
    }
}
