using System.IO.Compression;
using System.Text;

namespace Ticketing.Silo.Tests.Fuzzing;

/// <summary>What is put into requests.</summary>
internal static class FuzzTexts
{
    private static readonly string[] Segments =
    [
        "x", "0", "-1", "1e3", "null", "undefined", "me", "doc", "health", "last", "verify", "users", "Users", "USERS", "65f0c1d2e3a4b5c6d7e8f90", "65f0c1d2e3a4b5c6d7e8f9011", "65f0c1d2e3a4b5c6d7e8f90g",
        "65F0C1D2E3A4B5C6D7E8F901", "000000000000000000000000", "ffffffffffffffffffffffff", "..", ".", "...", "%2e%2e", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5c", "%252e%252e", "%20", "%09", "%0a", "%0d%0aX:%20y", "%7f", "%u0041",
        "%c3%a9", "%f0%9f%98%80", "%e2%80%ae", "%ef%bb%bf", "a;b=c", "a:b", "a,b", "a@b", "a*b", "$where", "{id}", "'%20or%201=1--", "%3Cscript%3E", "a+b", "~", "a|b", "%5B%5D", "(x)", "!", "a=b", "&", "openapi.json", "index.html", "",
    ];

    private static readonly string[] BrokenSegments =
        ["%00", "a%00b", "%", "%z", "%zz", "%2", "%c0%af", "%ff%fe", "%ed%a0%80", "%e0%80%80", "a b", "\\", "\"", "<x>", "\u00E9", "\U0001F600", "^", "`", "\u0001", "a?b", "a#b"];

    private static readonly (string Name, string[] Values)[] Headers =
    [
        ("If-Match", ["*", "\"1\"", "\"0\"", "\"-1\"", "\"9223372036854775808\"", "W/\"1\"", "\"x\"", "x", "\"", "\"1", "\"1\", \"2\", *", "\"1\",,\"2\"", "", ",", "*, *", "\"\u00E9\""]),
        ("If-None-Match", ["*", "\"1\"", "W/\"1\"", "x", "", "\"", "\"1\", \"2\""]),
        ("If-Modified-Since", ["x", "Thu, 01 Jan 1970 00:00:00 GMT"]),
        ("Idempotency-Key", ["", "a", "a b", "\u00E9", "\"a\"", new('k', 255), new('k', 256), new('k', 5000), "a,b", "key-1", "\t"]),
        ("Content-Type", ["", "application/json; charset=utf-8", "application/json;charset=utf-16", "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "*/*", "json", ";", "application/json, application/json", "application/vnd.api+json", new('t', 3000)]),
        ("Content-Encoding", ["gzip", "br", "deflate", "identity", "x", "gzip, gzip", ""]),
        ("Accept", ["*/*", "text/html", "application/xml", "image/png;q=1", "", ";;;", new('a', 3000)]),
        ("Accept-Encoding", ["gzip", "br", "gzip;q=0", "*", "identity", "x", ""]),
        ("Accept-Language", ["de", "x-klingon", "*", new('l', 3000)]),
        ("Range", ["bytes=0-", "bytes=-1", "bytes=5-2", "x"]),
        ("Origin", ["https://elsewhere.example", "null", ""]),
        ("Access-Control-Request-Method", ["DELETE", "x"]),
        ("X-Forwarded-For", ["1.2.3.4", "1.2.3.4, 5.6.7.8", "::1", "x", "127.0.0.1", "", "999.999.999.999", new('1', 3000)]),
        ("X-Forwarded-Proto", ["https", "x", ""]),
        ("X-Forwarded-Host", ["elsewhere.example", "a b", ""]),
        ("X-HTTP-Method-Override", ["DELETE"]),
        ("Forwarded", ["for=1.2.3.4;host=x", ";;;"]),
        ("traceparent", ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "x", "00-0-0-0", new('0', 3000)]),
        ("tracestate", ["a=b", new('s', 3000)]),
        ("baggage", ["a=b", ";;==", new('b', 3000)]),
        ("Expect", ["100-continue", "200-ok", ""]),
        ("Upgrade", ["websocket", "h2c", "x"]),
        ("Connection", ["close", "upgrade", "keep-alive", "keep-alive, close", "x", "Authorization"]),
        ("Cookie", ["a=b", "a", ";", "session=../../x"]),
        ("Referer", ["x", "http://\u00E9"]),
        ("User-Agent", ["", "curl", "() { :; }; echo x", "${jndi:ldap://x}"]),
    ];

    private static readonly string[] QueryNames = ["limit", "cursor", "owner", "event_id", "user_id", "id", "page", "LIMIT", "", "a[]", "$filter", "\u00E9", "%00"];

    private static readonly string[] QueryValues =
        ["", "0", "1", "1000", "1001", "-1", "1.5", "abc", "99999999999999999999", "%31", "%00", "%", "%zz", "+", "65f0c1d2e3a4b5c6d7e8f901", "AAAA", "====", "%ff", "../..", "'", "null", "1%0a", "\u0663", "%e2%80%8b1"];

    /// <summary>A part of a path, and whether it breaks HTTP.</summary>
    public static (string Text, bool IsBroken) Segment(Random random) => random.Next(8) switch
    {
        0 => (Any(random, BrokenSegments), true),
        1 => (new string('a', random.Next(20_000)), false),
        2 => (Convert.ToHexStringLower(Bytes(random, 12)), false),
        _ => (Any(random, Segments), false),
    };

    public static (string Name, string Value) Header(Random random)
    {
        var (name, values) = Any(random, Headers);
        return (name, Any(random, values));
    }

    public static string Query(Random random)
    {
        var count = random.Next(12) == 0 ? 300 : random.Next(1, 4);
        return $"?{string.Join('&', Enumerable.Range(0, count).Select(_ => $"{Any(random, QueryNames)}={Any(random, QueryValues)}"))}";
    }

    /// <summary>A body of any kind, and how it is announced.</summary>
    public static (byte[] Bytes, string Type) Body(Random random, byte[] good) => random.Next(10) switch
    {
        0 => (Zipped(good), "application/json"),
        1 => ([0xEF, 0xBB, 0xBF, .. good], "application/json"),
        2 => (Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(good)), "application/json; charset=utf-16"),
        3 => ("email=ada%40example.org&password=x&a[]=1"u8.ToArray(), "application/x-www-form-urlencoded"),
        4 => ("--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"../f\"\r\n\r\nx\r\n--x--\r\n"u8.ToArray(), "multipart/form-data; boundary=x"),
        5 => (Bytes(random, random.Next(2000)), "application/json"),
        6 => (Encoding.UTF8.GetBytes($"{new string('[', random.Next(1, 5000))}1{new string(']', random.Next(1, 5000))}"), "application/json"),
        7 => (good[..random.Next(good.Length)], "application/json"),
        8 => (Large(random), "application/json"),
        _ => ([.. good, .. good], "application/json"),
    };

    private static byte[] Large(Random random) =>
        random.Next(20) > 0 ? [] : Encoding.UTF8.GetBytes($"{{\"a\":\"{new string('x', (1 << 20) + random.Next(2 << 20))}\"}}");

    private static byte[] Zipped(byte[] good)
    {
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.Fastest)) zip.Write(good);
        return zipped.ToArray();
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static T Any<T>(Random random, T[] of) => of[random.Next(of.Length)];
}
