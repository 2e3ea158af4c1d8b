using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Notifications;
using Ticketing.Silo.Tests.Payments;
using Ticketing.Silo.Tests.Tickets;

namespace Ticketing.Silo.Tests;

/// <summary>What clients send by mistake or on purpose: a clear refusal, nothing of the program's inside, and nothing changed.</summary>
public sealed class BadInputTests(IdleServer shared) : ServerTests<IdleServer>(shared)
{
    private const string Json = "application/json";
    private static readonly string[] Internals =
        ["System.", "Ticketing.", "Microsoft", "Orleans", "Exception", "   at ", "SQL", "sqlite", "stack", "line 0", "Grain", "/src/", "nullable", "UInt32"];

    /// <summary>Every route that takes a body, with one that is accepted.</summary>
    internal static readonly Dictionary<string, Func<Scene, JsonObject>> Bodies = new()
    {
        ["POST /api/auth/register"] = _ => new()
        {
            ["first_name"] = "ada",
            ["last_name"] = "lovelace",
            ["email"] = $"{Guid.NewGuid():n}@example.org",
            ["password"] = "Correct-Horse-1",
            ["confirm_password"] = "Correct-Horse-1",
        },
        ["POST /api/auth/login"] = _ => new() { ["email"] = Server.AdminEmail, ["password"] = Server.AdminPassword },
        ["POST /api/users"] = _ => new() { ["first_name"] = "ada", ["last_name"] = "lovelace", ["email"] = $"{Guid.NewGuid():n}@example.org" },
        ["PUT /api/users/{id:id}"] = _ => new() { ["first_name"] = "ada", ["last_name"] = "lovelace", ["email"] = $"{Guid.NewGuid():n}@example.org" },
        ["POST /api/events"] = _ => EventCalls.Body(),
        ["PUT /api/events/{id:id}"] = _ => EventCalls.Body(remaining: 10),
        ["POST /api/tickets"] = scene => TicketCalls.Body(scene.Event, scene.Owner.Id, 20),
        ["POST /api/payments"] = _ => PaymentCalls.Body(),
        ["PATCH /api/payments/{id:id}"] = _ => new() { ["status"] = "Success" },
        ["POST /api/notifications"] = scene => NotificationCalls.Body(scene.Owner.Id),
        ["PATCH /api/notifications/{id:id}"] = _ => new() { ["status"] = "Sent" },
        ["POST /api/backups"] = _ => new() { ["service_name"] = "Tickets" },
        ["PATCH /api/tickets/{ticket_id:id}/seat"] = _ => new() { ["seat_number"] = 21 },
        ["PATCH /api/auth/{user_id:id}/role"] = _ => new() { ["role"] = "Operator" },
        ["GET /api/users/id-by-email"] = scene => new() { ["email"] = scene.Owner.Email },
        ["PUT /api/users/me"] = _ => new() { ["first_name"] = "ada", ["last_name"] = "lovelace", ["email"] = $"{Guid.NewGuid():n}@example.org" },
        ["PATCH /api/events/{id:id}/update-seats"] = _ => new() { ["delta"] = -1 },
    };

    private static readonly string[] Internal =
    [
        "POST /api/users", "POST /api/payments", "PATCH /api/payments/{id:id}", "POST /api/notifications", "GET /api/users/id-by-email",
        "PATCH /api/events/{id:id}/update-seats",
    ];

    public static TheoryData<string> Routes => [.. Bodies.Keys];

    /// <summary>Whether only services may use a route.</summary>
    internal static bool IsInternal(string route) => Internal.Contains(route);

    /// <summary>The token of somebody who may use a route.</summary>
    internal static string Token(string route, Scene scene) => IsInternal(route) ? Jwt.Internal : route == "PUT /api/users/me" ? scene.Owner.Token : Jwt.Admin;

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_body_that_is_no_JSON_object_is_refused(string route)
    {
        var good = Bodies[route](await Scene.Set(Api)).ToJsonString();
        byte[][] bodies =
        [
            [], .. Texts("{", "}", "null", "[]", "[{}]", "\"text\"", "42", "true", "{\"a\":1,}", "{'a':1}", "// nothing", "\uFEFF", "\0", good[..^1], good + good, good + "x", good[1..]),
            .. Texts(new string('[', 100_000), $"{{\"a\":{string.Concat(Enumerable.Repeat("{\"a\":", 100_000))}", $"{{\"a\":\"{new string('x', 1_000_000)}"),
            [0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x3A, 0x31, 0x7D], Encoding.Unicode.GetBytes(good),
        ];
        await Refuses(route, bodies.Select(body => (body, Json)), HttpStatusCode.BadRequest);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_member_that_is_missing_or_of_another_type_or_out_of_range_is_refused(string route)
    {
        var good = Bodies[route](await Scene.Set(Api));
        var bodies = new List<(byte[], string)>();
        foreach (var (member, value) in good)
        {
            var without = (JsonObject)good.DeepClone();
            without.Remove(member);
            bodies.Add(Bytes(without.ToJsonString()));
            foreach (var wrong in WrongValues(route, member, value!)) bodies.Add(Bytes(With(good, member, wrong)));
        }

        await Refuses(route, bodies, HttpStatusCode.BadRequest);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_content_type_other_than_JSON_is_refused(string route)
    {
        var (body, _) = Bytes(Bodies[route](await Scene.Set(Api)).ToJsonString());
        string[] types = ["", "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "json", "*/*"];
        await Refuses(route, types.Select(type => (body, type)), HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_body_of_three_mebibytes_is_refused(string route)
    {
        var good = Bodies[route](await Scene.Set(Api));
        good["padding"] = new string('x', 3 * 1024 * 1024);
        var body = Bytes(good.ToJsonString());
        await Refuses(route, [body], HttpStatusCode.RequestEntityTooLarge);
        try
        {
            await Refuses(route, [body], HttpStatusCode.RequestEntityTooLarge, chunked: true);
        }
        catch (HttpRequestException)
        {
            // A body of no announced length is cut off where it becomes too long; a client that is still sending may not see why.
        }
    }

    [Theory]
    [InlineData("PUT", "/api/events/{0}")]
    [InlineData("GET", "/api/events/{0}")]
    [InlineData("DELETE", "/api/events/{0}")]
    [InlineData("GET", "/api/tickets/{0}")]
    [InlineData("PATCH", "/api/tickets/{0}/seat")]
    [InlineData("PATCH", "/api/tickets/{0}/cancel")]
    [InlineData("PATCH", "/api/tickets/{0}/refund")]
    [InlineData("GET", "/api/payments/{0}")]
    [InlineData("GET", "/api/notifications/{0}")]
    [InlineData("DELETE", "/api/notifications/{0}")]
    [InlineData("GET", "/api/backups/{0}")]
    [InlineData("GET", "/api/backups/{0}/last")]
    [InlineData("DELETE", "/api/backups/{0}")]
    [InlineData("POST", "/api/backups/{0}/verify")]
    public async Task An_id_that_is_none_or_nobodys_is_not_found(string method, string path)
    {
        var body = method == "PUT" ? EventCalls.Body(remaining: 10) : new JsonObject { ["seat_number"] = 1 };
        string[] ids = ["x", "0", "-1", "65f0c1d2e3a4b5c6d7e8f90", "65f0c1d2e3a4b5c6d7e8f9011", "65f0c1d2e3a4b5c6d7e8f90g", "%27%20OR%201=1", "..%2F..", "65f0c1d2e3a4b5c6d7e8f901", Jwt.NewId()];
        foreach (var id in ids)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), string.Format(null, path, id)) { Headers = { { "Authorization", $"Bearer {Jwt.Admin}" } } };
            if (method is "PUT" or "PATCH") request.Content = Content(Bytes(body.ToJsonString()));
            IsClear(await Api.Send(request), HttpStatusCode.NotFound);
        }
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("limit=-1")]
    [InlineData("limit=1.5")]
    [InlineData("limit=abc")]
    [InlineData("limit=")]
    [InlineData("limit=99999999999999999999")]
    [InlineData("limit=1&limit=2")]
    [InlineData("cursor=zz")]
    [InlineData("cursor=")]
    public async Task A_page_that_cannot_be_is_refused(string query)
    {
        foreach (var word in new[] { "events", "tickets", "payments", "notifications", "backups" })
            IsClear(await Api.Get($"/api/{word}?{query}", Jwt.Admin), HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/api")]
    [InlineData("GET", "/api/nothing")]
    [InlineData("PUT", "/api/backups")]
    [InlineData("GET", "/api/backups/restore")]
    [InlineData("DELETE", "/api/auth/login")]
    [InlineData("GET", "/api/auth/register")]
    [InlineData("PATCH", "/api/events")]
    [InlineData("OPTIONS", "/api/events")]
    [InlineData("GET", "/api/events/doc/nothing.js")]
    [InlineData("GET", "/api/events/doc/..%2f..%2fappsettings.json")]
    [InlineData("GET", "/api/events/doc/%0a")]
    [InlineData("GET", "/ticketing.db")]
    [InlineData("GET", "/.well-known/x")]
    public async Task A_path_or_method_that_is_not_there_is_not_found(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        IsClear(await Api.Send(request), HttpStatusCode.NotFound);
    }

    /// <summary>What is odd but allowed must come back as it went in.</summary>
    [Theory]
    [InlineData("Zo\u00EB & the \u201CQuotes\u201D <b>'; DROP TABLE events; --")]
    [InlineData("\U0001F3B6\U0001F3B7 \u97F3\u697D\u4F1A \u0645\u0648\u0633\u064A\u0642\u0649")]
    [InlineData("with\u0000zero and\ttab")]
    [InlineData("a/b\\c#d?e%2f+f_g*h")]
    public async Task A_title_of_any_characters_comes_back_as_it_went_in_and_is_unique(string title)
    {
        var body = EventCalls.Body($"{title} {Guid.NewGuid():n}");
        var made = (await Api.Send(HttpMethod.Post, "/api/events", Jwt.Admin, body)).Done();

        Assert.Equal((string)body["title"]!, made.Text("title"));
        Assert.Equal((string)body["title"]!, (await Api.Event(made.Id())).Text("title"));
        (await Api.Send(HttpMethod.Post, "/api/events", Jwt.Admin, body)).Failed(HttpStatusCode.Conflict, "title-taken");
        (await Api.Send(HttpMethod.Delete, $"/api/events/{made.Id()}", Jwt.Admin)).Done();
        (await Api.Send(HttpMethod.Post, "/api/events", Jwt.Admin, body)).Done();
    }

    [Fact]
    public async Task A_path_with_a_zero_byte_is_refused_before_it_is_looked_at() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await Api.Get("/api/events/%00")).Status);

    private async Task Refuses(string route, IEnumerable<(byte[] Body, string Type)> bodies, HttpStatusCode status, bool chunked = false)
    {
        var scene = await Scene.Set(Api);
        var before = await Everything();
        foreach (var body in bodies)
        {
            using var request = new HttpRequestMessage(new HttpMethod(route.Split(' ')[0]), scene.Path(route.Split(' ')[1]));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token(route, scene));
            request.Headers.TransferEncodingChunked = chunked;
            request.Content = Content(body);
            var reply = await Api.Send(request);
            Assert.True(reply.Status == status, $"{(int)status} expected for {Shown(body.Body)} as '{body.Type}', but {reply}");
            IsClear(reply, status);
        }

        Assert.Equal(before, await Everything());
    }

    private static void IsClear(Reply reply, HttpStatusCode status)
    {
        reply.Failed(status);
        Assert.All(Internals, word => Assert.DoesNotContain(word, reply.Text, StringComparison.Ordinal));
        Assert.InRange(reply.Text.Length, 1, 1000);
    }

    private static IEnumerable<JsonNode?> WrongValues(string route, string member, JsonNode value)
    {
        yield return null;
        yield return new JsonObject();
        yield return new JsonArray();
        yield return true;
        if (value.GetValueKind() == System.Text.Json.JsonValueKind.Number)
        {
            foreach (var text in new[] { "1.5", "1.0e9", "4294967296", "1e400", "-0.0", "9223372036854775808" }) yield return JsonNode.Parse(text);
            yield return value.ToString();
            // None for sale is an allotment too, and a delta may be negative.
            if (member is not ("remaining_seats" or "delta")) yield return 0;
            if (member != "delta") yield return -1;
            yield break;
        }

        yield return 5;
        yield return 1.5;
        // What is no e-mail is nobody's, which is another answer.
        if (member == "password" || route.EndsWith("/login", StringComparison.Ordinal) || route.EndsWith("/id-by-email", StringComparison.Ordinal)) yield break;
        yield return "";
        yield return " ";
        yield return new string('x', 1000);
    }

    private static string With(JsonObject good, string member, JsonNode? value)
    {
        var body = (JsonObject)good.DeepClone();
        body[member] = value?.DeepClone();
        return body.ToJsonString();
    }

    private static (byte[] Body, string Type) Bytes(string text) => (Encoding.UTF8.GetBytes(text), Json);

    private static IEnumerable<byte[]> Texts(params string[] texts) => texts.Select(Encoding.UTF8.GetBytes);

    private static ByteArrayContent Content((byte[] Body, string Type) body)
    {
        var content = new ByteArrayContent(body.Body);
        if (body.Type.Length > 0) content.Headers.TryAddWithoutValidation("Content-Type", body.Type);
        return content;
    }

    private static string Shown(byte[] body) => Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, 300));

    private async Task<string> Everything()
    {
        var lists = new List<string>();
        foreach (var word in new[] { "events", "tickets", "payments", "notifications", "backups" })
            lists.AddRange((await Api.All($"/api/{word}", Jwt.Admin)).Select(record => record.ToJsonString()));
        var users = await Server.App.Services.GetRequiredService<IGrainFactory>().GetGrain<IUserListGrain>(0).List(PageRequest.First);
        return string.Join('\n', [.. lists, .. users.Items.Select(user => user.ToString())]);
    }
}
