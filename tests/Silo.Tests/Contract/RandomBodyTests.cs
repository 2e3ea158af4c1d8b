using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CsCheck;
using Xunit.Abstractions;

namespace Ticketing.Silo.Tests.Contract;

/// <summary>
/// Bodies of every shape, with valid tokens, at every route that takes one. TICKETING_BODIES says how many; a failure prints its seed and the smallest body
/// that still fails, and TICKETING_SEED repeats it.
/// </summary>
public sealed class RandomBodyTests(FieldServer shared, ITestOutputHelper output) : ServerTests<FieldServer>(shared)
{
    private const int Usual = 4000;
    private static readonly string[] Routes = [.. BadInputTests.Bodies.Keys.Order(StringComparer.Ordinal)];
    private static readonly int[] Expected = [200, 400, 401, 404, 409, 413, 415, 429];

    private static readonly Dictionary<string, Record> Lists = new()
    {
        ["/api/auth"] = Records.StoredCredential,
        ["/api/users"] = Records.User,
        ["/api/events"] = Records.Event,
        ["/api/tickets"] = Records.Ticket,
        ["/api/payments"] = Records.Payment,
        ["/api/notifications"] = Records.Notification,
    };

    private readonly FieldServer shared = shared;
    private readonly Dictionary<int, int> statuses = [];

    [Fact]
    public async Task No_body_is_a_fault_or_changes_anything_when_it_is_refused()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("TICKETING_BODIES") ?? $"{Usual}", CultureInfo.InvariantCulture);
        // Other random tests have numbers as seeds; these look different.
        var given = Environment.GetEnvironmentVariable("TICKETING_SEED");
        var seed = int.TryParse(given, CultureInfo.InvariantCulture, out _) ? null : given;

        await Attempt.Of(Routes).SampleAsync(Try, output.WriteLine, seed, count, threads: 1, print: Shown);

        output.WriteLine(string.Join(", ", statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {pair.Value}")));
        foreach (var (path, record) in Lists)
            Assert.All(await Api.All(path, path == "/api/auth" ? Jwt.Internal : Jwt.Admin), record.Check);
    }

    private async Task Try(Attempt attempt)
    {
        var scene = shared.World.Scene;
        var before = shared.Stored.Now();
        using var request = new HttpRequestMessage(new HttpMethod(attempt.Route.Split(' ')[0]), shared.Path(attempt.Route.Split(' ')[1]));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", BadInputTests.Token(attempt.Route, scene));
        request.Content = new ByteArrayContent(attempt.Bytes(BadInputTests.Bodies[attempt.Route](scene)));
        if (attempt.ContentType.Length > 0) request.Content.Headers.TryAddWithoutValidation("Content-Type", attempt.ContentType);
        if (attempt.Encoding is not null) request.Content.Headers.TryAddWithoutValidation("Content-Encoding", attempt.Encoding);

        var reply = await Api.Send(request);

        statuses[(int)reply.Status] = statuses.GetValueOrDefault((int)reply.Status) + 1;
        Assert.True(Expected.Contains((int)reply.Status), $"{reply}");
        Server.Log.AssertNone();
        if (reply.Status == HttpStatusCode.OK)
        {
            reply.Done();
            return;
        }

        reply.Failed(reply.Status);
        Assert.Equal(before, shared.Stored.Now());
    }

    private string Shown(Attempt attempt)
    {
        var text = Encoding.UTF8.GetString(attempt.Bytes(BadInputTests.Bodies[attempt.Route](shared.World.Scene)));
        return $"{attempt.Route} as '{attempt.ContentType}' {attempt.Encoding}: {(text.Length > 2000 ? $"{text[..2000]}…" : text)}";
    }
}
