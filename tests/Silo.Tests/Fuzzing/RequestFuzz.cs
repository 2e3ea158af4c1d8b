using System.Globalization;
using System.Text;
using CsCheck;
using Ticketing.Silo.Tests.Contract;

namespace Ticketing.Silo.Tests.Fuzzing;

/// <summary>What requests are made of: the routes that are mapped, and a scene whose ids and tokens are good.</summary>
/// <param name="Routes">The routes, the method first.</param>
/// <param name="Scene">The scene.</param>
/// <param name="Admin">A token of an administrator.</param>
/// <param name="Service">A token of a service.</param>
internal sealed record FuzzTarget(string[] Routes, Scene Scene, string Admin, string Service);

/// <summary>Makes a request: a good one of some route, and mostly one or more things wrong with it. The same number makes the same request of the same scene.</summary>
internal sealed class RequestFuzz(FuzzTarget target, int number)
{
    // A server may hang up on a larger one before its answer arrives.
    private const int LargestBody = 1 << 20;

    // Of requests that stop in the middle, one in so many waits until the server's patience ends, which is long.
    private const int PatienceTests = 300;
    private readonly Random random = new(number);

    public RawRequest Make()
    {
        var request = Good(Any(target.Routes));
        for (var times = random.Next(8) switch { < 2 => 0, < 6 => 1, 6 => 2, _ => 4 }; times > 0; times--) Twist(request);
        if (random.Next(6) == 0) Deliver(request);
        return request;
    }

    /// <summary>A request that nothing is wrong with, as far as one can know without state.</summary>
    private RawRequest Good(string route)
    {
        var (method, pattern) = (route.Split(' ')[0], route.Split(' ')[1]);
        var request = new RawRequest { Route = route, Method = method, Path = pattern.StartsWith("/api/", StringComparison.Ordinal) ? target.Scene.Path(pattern) : pattern.Replace("{**path}", "", StringComparison.Ordinal) };
        var token = random.Next(10) switch
        {
            < 5 => BadInputTests.IsInternal(route) ? target.Service : pattern.EndsWith("/me", StringComparison.Ordinal) ? target.Scene.Owner.Token : target.Admin,
            < 9 => Any(target.Scene.Owner.Token, target.Scene.Other.Token, target.Scene.Creator.Token, target.Scene.Operator.Token, target.Admin, target.Service),
            _ => null,
        };
        if (token is not null) request.Set("Authorization", $"Bearer {token}");
        if (random.Next(4) == 0) request.Set("Idempotency-Key", $"key-{random.Next(50)}");
        if (!BadInputTests.Bodies.TryGetValue(route, out var body)) return request;
        var good = body(target.Scene);
        if (good.ContainsKey("seat_number")) good["seat_number"] = random.Next(1, 51);
        if (good.ContainsKey("delta")) good["delta"] = random.Next(-2, 3);
        SetBody(request, Encoding.UTF8.GetBytes(good.ToJsonString()));
        request.Set("Content-Type", "application/json");
        return request;
    }

    private void Twist(RawRequest request)
    {
        switch (random.Next(20))
        {
            case < 4: TwistPath(request); break;
            case < 6: TwistQuery(request); break;
            case < 8: TwistToken(request); break;
            case < 11: TwistHeader(request); break;
            case < 16: TwistBody(request); break;
            case 16: TwistMethod(request); break;
            case 17: TwistFraming(request); break;
            case 18: TwistLine(request); break;
            default: BreakHeader(request); break;
        }
    }

    private void TwistPath(RawRequest request)
    {
        var segments = request.Path.Split('/');
        if (segments.Length < 2) return;
        var (text, isBroken) = FuzzTexts.Segment(random);
        var at = random.Next(1, segments.Length);
        segments[at] = random.Next(4) switch { 0 => segments[at] + text, 1 => text + segments[at], _ => text };
        request.Path = string.Join('/', segments);
        if (random.Next(12) == 0) request.Path += "/";
        (request.IsPathKnown, request.IsBroken) = (false, request.IsBroken || isBroken || request.Path.Length > 4000 || !request.Path.StartsWith('/'));
    }

    private void TwistQuery(RawRequest request)
    {
        request.Query = FuzzTexts.Query(random);
        request.IsBroken |= request.Query.Length > 4000 || !Ascii.IsValid(request.Query);
    }

    private void TwistToken(RawRequest request)
    {
        var good = Any(target.Admin, target.Service, target.Scene.Owner.Token);
        string[] bad =
        [
            Jwt.Unsigned, Jwt.Expired, Jwt.Forged, Jwt.ExternalUnderInternalKey, Jwt.InternalUnderExternalKey, Jwt.InternalFalse, Jwt.WithAudience, Jwt.WithoutEnd, Jwt.UnknownRole,
            Jwt.Of("me", "Admin"), Jwt.Of("", ""), Jwt.Of(new string('f', 3000), "User"), "", ".", "..", "a.b.c", "e30.e30.e30", good[..^1], good + "A", good.ToUpperInvariant(), Flipped(good), Flipped(good), Flipped(good),
        ];
        var text = random.Next(5) switch
        {
            0 => Any("bearer ", "Basic ", "Bearer", "Bearer  ", "Bearer\t", "Token ", "") + good,
            _ => $"Bearer {Any(bad)}",
        };
        request.Set("Authorization", text);
        if (random.Next(6) == 0) request.Headers.Add(("Authorization", $"Bearer {good}"));
        if (random.Next(6) == 0) request.Headers.RemoveAll(header => header.Name == "Authorization");
    }

    private void TwistHeader(RawRequest request)
    {
        var (name, value) = FuzzTexts.Header(random);
        if (name == "Content-Type") request.Headers.RemoveAll(header => header.Name == "Content-Type");
        request.Headers.Add((name, value));
        if (random.Next(8) == 0) request.Headers.Add((name, value));
        request.IsBroken |= request.Headers.Sum(header => header.Name.Length + header.Value.Length) > 8000 || name is "Expect" or "Upgrade" or "Connection" or "Accept-Encoding";
    }

    private void TwistBody(RawRequest request)
    {
        if (BadInputTests.Bodies.TryGetValue(request.Route, out var body) && random.Next(5) > 0)
        {
            var attempt = Attempt.Of([request.Route]).Generate(new PCG((uint)random.Next(), (ulong)random.NextInt64()), null, out _);
            SetBody(request, attempt.Bytes(body(target.Scene)));
            request.Set("Content-Type", attempt.ContentType);
            if (attempt.Encoding is not null) request.Set("Content-Encoding", attempt.Encoding);
            return;
        }

        var (bytes, type) = FuzzTexts.Body(random, request.Body ?? "{}"u8.ToArray());
        SetBody(request, bytes);
        request.Set("Content-Type", type);
    }

    private void TwistMethod(RawRequest request)
    {
        request.Method = Any("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "G", "GETT", new string('M', 300), "GE T", "(", "\u00E9", "");
        (request.IsPathKnown, request.IsBroken) = (false, request.IsBroken || request.Method is not ("GET" or "HEAD" or "PUT" or "POST" or "PATCH" or "DELETE" or "OPTIONS"));
    }

    /// <summary>A body that is not as long as it says, or in chunks that are none.</summary>
    private void TwistFraming(RawRequest request)
    {
        (request.IsBroken, request.IsUnfinished) = (true, random.Next(PatienceTests) > 0);
        var body = request.Body ?? "{}"u8.ToArray();
        if (random.Next(2) == 0)
        {
            request.Length = Any("0", "1", $"{body.Length + 1}", $"{body.Length + 100_000}", "-1", "abc", "1e3", "+5", "0x10", $"{long.MaxValue}", "99999999999999999999", "3000000", $"{body.Length}, {body.Length}", $"{body.Length}\r\nContent-Length: 3", "");
            return;
        }

        request.Headers.Add(("Transfer-Encoding", Any("chunked", "chunked", "chunked", "chunked, chunked", "gzip, chunked", "identity", "gzip", "chunked;q=1", "", "Chunked")));
        if (random.Next(4) > 0) request.Length = null;
        var size = body.Length.ToString("x", CultureInfo.InvariantCulture);
        var text = Encoding.Latin1.GetString(body);
        request.Framed = Encoding.Latin1.GetBytes(Any(
            $"{size}\r\n{text}\r\n0\r\n\r\n", $"{size};a=b\r\n{text}\r\n0\r\nTrailer: x\r\n\r\n", $"{size}\r\n{text}\r\n", $"{size}\r\n{text}0\r\n\r\n", $"zz\r\n{text}\r\n0\r\n\r\n", $"-1\r\n{text}\r\n0\r\n\r\n",
            $"ffffffffffffffff\r\n{text}\r\n0\r\n\r\n", $"{size}\n{text}\n0\n\n", "0\r\n\r\n", "", $"1\r\n{text}", string.Concat(text.Select(one => $"1\r\n{one}\r\n")) + "0\r\n\r\n", $"0{new string('0', 5000)}1\r\nx\r\n0\r\n\r\n"));
    }

    private void TwistLine(RawRequest request)
    {
        request.IsBroken = true;
        switch (random.Next(5))
        {
            case 0: request.Version = Any("HTTP/1.0", "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.2", "HTTP/1.", "HTTP", "", "http/1.1", "HTTP/1.1 x", "HTTP/11"); break;
            case 1: request.Path = Any("*", "http://elsewhere.example/api/events", $"http://127.0.0.1{request.Path}", "//elsewhere/api", "api/events", "?", "#", "127.0.0.1:80", "\\api\\events"); break;
            case 2: request.Path = request.Path.Replace("/", Any(" ", "\t", "\0", "\r", "\n", "/\u00FF", "//"), StringComparison.Ordinal); break;
            case 3: request.Method = $"{Any("\r\n", "\n", "\r\n\r\n\r\n", " ", "\0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u0016\u0003\u0001\u0002\0", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n")}{request.Method}"; break;
            default: request.Query = $"?{new string('q', random.Next(2) == 0 ? 7000 : 20_000)}"; break;
        }

        request.IsPathKnown = false;
    }

    private void BreakHeader(RawRequest request)
    {
        request.IsBroken = true;
        switch (random.Next(8))
        {
            case 0: request.Headers.Add((new string('n', random.Next(1, 20_000)), "x")); break;
            case 1: request.Headers.Add(("X-Long", new string('v', random.Next(1, 40_000)))); break;
            case 2: request.Headers.AddRange(Enumerable.Range(0, random.Next(90, 400)).Select(i => ($"X-{i}", "x"))); break;
            case 3: request.Headers.Add((Any("", " ", "X Y", "X\0Y", "X:Y", "\u00E9", "X\tY", "(", "Host ", " Host"), "x")); break;
            case 4: request.Headers.Add(("X-Odd", Any("a\0b", "a\rb", "a\nb", "a\r\n b", "a\u007Fb", "\u00E9\U0001F600", "a\u0001b"))); break;
            case 5: request.Headers.Add(("Host", Any("", " ", "a b", "elsewhere.example", "127.0.0.1:99999999", "[::1", "\u00E9", "a,b", new string('h', 5000)))); break;
            case 6: request.Headers.AddRange([("Host", "a"), ("Host", "b")]); break;
            default: request.Headers.Add(("Cookie", string.Join("; ", Enumerable.Range(0, random.Next(2000)).Select(i => $"c{i}=\"{i}")))); break;
        }
    }

    private void Deliver(RawRequest request)
    {
        request.Delivery = (Delivery)random.Next(1, 6);
        request.Part = request.Delivery is Delivery.Cut or Delivery.Gone or Delivery.Reset ? random.NextDouble() : 1;
        if (request.Part < 1) (request.IsBroken, request.IsUnfinished) = (true, random.Next(PatienceTests) > 0);
    }

    private static void SetBody(RawRequest request, byte[] bytes) => (request.Body, request.Length, request.Framed, request.IsBroken) = (bytes, bytes.Length.ToString(CultureInfo.InvariantCulture), null, request.IsBroken || bytes.Length > LargestBody);

    private string Flipped(string token)
    {
        var characters = token.ToCharArray();
        characters[random.Next(characters.Length)] = "ABCxyz019-_.=+/"[random.Next(15)];
        return new(characters);
    }

    private T Any<T>(params ReadOnlySpan<T> of) => of[random.Next(of.Length)];
}
