using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Tickets;

namespace Ticketing.Silo.Tests.Contract;

/// <summary>A server whose jobs do not run, with a scene that all tests share. What one test changes must not be what another one measures.</summary>
public sealed class FieldServer : IdleServer
{
    internal World World { get; private set; } = null!;

    /// <summary>An event with as many seats as there can be.</summary>
    internal string Large { get; private set; } = "";

    /// <summary>An event of 50 seats with 25 of them for sale.</summary>
    internal string Allotted { get; private set; } = "";

    /// <summary>An event without tickets: nobody is told, some time later, that it has changed.</summary>
    internal string Quiet { get; private set; } = "";

    /// <summary>A ticket for an event of 50 seats.</summary>
    internal string Ticket { get; private set; } = "";

    internal Stored Stored { get; private set; } = null!;

    private protected override async Task<Server> Start()
    {
        var server = await base.Start();
        World = await World.Set(server.Api);
        var api = server.Api;
        var body = EventCalls.Body();
        body["capacity"] = uint.MaxValue;
        Large = (await api.Send(HttpMethod.Post, "/api/events", Jwt.Admin, body)).Done().Id();
        Allotted = await api.NewEvent();
        (await api.Send(HttpMethod.Patch, $"/api/events/{Allotted}/update-seats", Jwt.Internal, new JsonObject { ["delta"] = -25 })).Done();
        Quiet = await api.NewEvent();
        Ticket = (await api.Buy(World.Scene.Owner, await api.NewEvent(), 10)).Done().Id();
        Stored = new(server);
        return server;
    }

    /// <summary>The path of a route with ids of this server.</summary>
    internal string Path(string route) => World.Scene.Path(route
        .Replace("{user_id:id}", World.AccountId, StringComparison.Ordinal)
        .Replace("{ticket_id:id}", Ticket, StringComparison.Ordinal)
        .Replace("{id:id}/update-seats", $"{Allotted}/update-seats", StringComparison.Ordinal)
        .Replace("/api/events/{id:id}", $"/api/events/{Quiet}", StringComparison.Ordinal));
}

/// <summary>Every field rule at its limits. What is taken is stored as the contract says; what is refused names the field and changes nothing.</summary>
public sealed class FieldTests(FieldServer shared) : ServerTests<FieldServer>(shared)
{
    private static readonly Dictionary<(string, string, string), Limit> Table = FieldRules.Rows.ToDictionary(row => (row.Route, row.Field, row.Value));
    private static int seats = 100;

    private readonly FieldServer shared = shared;

    public static IEnumerable<object[]> Rows => Table.Keys.Select(key => new object[] { key.Item1, key.Item2, key.Item3 });

    /// <summary>The routes of the table are those that take a body.</summary>
    [Fact]
    public void Every_route_that_takes_a_body_has_its_rules() =>
        Assert.Equal(BadInputTests.Bodies.Keys.Order(StringComparer.Ordinal), Table.Values.Select(row => row.Route).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Each_field_keeps_its_rule(string route, string field, string value)
    {
        var limit = Table[(route, field, value)];
        var body = Body(limit.Route);
        var text = Text(body, limit.Field, Filled(limit.Json));
        var before = shared.Stored.Now();

        // A seat that is taken forbids; the event without tickets has none.
        var path = limit.Status == HttpStatusCode.Conflict ? shared.World.Scene.Path(limit.Route.Split(' ')[1]) : null;
        var reply = await Send(limit.Route, text, path);

        if (limit.Status == HttpStatusCode.OK)
        {
            await IsKept(limit, reply.Done(), (JsonObject)JsonNode.Parse(text)!);
            return;
        }

        reply.Failed(limit.Status);
        if (limit.Status == HttpStatusCode.BadRequest) Assert.Contains($"{limit.Field}", reply.Json.Text("error"), StringComparison.Ordinal);
        Assert.Equal(before, shared.Stored.Now());
    }

    /// <summary>Which of two values counts would depend on who reads them.</summary>
    [Theory]
    [MemberData(nameof(BadInputTests.Routes), MemberType = typeof(BadInputTests))]
    public async Task A_member_given_twice_is_refused_and_an_unknown_one_is_ignored_however_often(string route)
    {
        foreach (var (member, value) in BadInputTests.Bodies[route](shared.World.Scene))
        {
            var text = BadInputTests.Bodies[route](shared.World.Scene).ToJsonString();
            var before = shared.Stored.Now();
            foreach (var second in new[] { value!.ToJsonString(), "null" })
            {
                var reply = await Send(route, $"{text[..^1]},\"{member}\":{second}}}");
                reply.Failed(HttpStatusCode.BadRequest);
                Assert.Contains(member, reply.Json.Text("error"), StringComparison.Ordinal);
            }

            Assert.Equal(before, shared.Stored.Now());
        }

        var good = Body(route);
        (await Send(route, $"{good.ToJsonString()[..^1]},\"unknown\":1,\"unknown\":[2]}}")).Done();
    }

    private static string Text(JsonObject body, string field, string? json)
    {
        body.Remove(field);
        // A password is confirmed by what it is.
        var confirmation = field == "password" && body.Remove("confirm_password") ? $",\"confirm_password\":{json}" : "";
        if (json is null) return body.ToJsonString();
        var rest = body.ToJsonString()[1..];
        return $"{{\"{field}\":{json}{confirmation}{(rest == "}" ? rest : $",{rest}")}";
    }

    private JsonObject Body(string route)
    {
        var body = BadInputTests.Bodies[route](shared.World.Scene);
        if (route == FieldRules.IdByEmail) body["email"] = Server.AdminEmail;
        if (route != "POST /api/tickets") return body;
        body["event_id"] = shared.Large;
        body["seat_number"] = Interlocked.Increment(ref seats);
        return body;
    }

    private string? Filled(string? json) => json switch
    {
        "{past}" => Dates.FromNow(-1),
        "{soon}" => Dates.FromNow(60),
        _ => json?.Replace("{event}", shared.Large, StringComparison.Ordinal),
    };

    private Task<Reply> Send(string route, string text, string? path = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(route.Split(' ')[0]), path ?? shared.Path(route.Split(' ')[1])) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", BadInputTests.Token(route, shared.World.Scene));
        return Api.Send(request);
    }

    private async Task IsKept(Limit limit, JsonNode data, JsonObject sent)
    {
        var route = limit.Route;
        if (route == FieldRules.Login)
        {
            Records.Token.Check(data);
        }
        else if (route == FieldRules.IdByEmail)
        {
            Assert.Equal(data.Id(), (await Api.Send(HttpMethod.Get, "/api/users/id-by-email", Jwt.Internal, new JsonObject { ["email"] = Server.AdminEmail })).Done().Id());
        }
        else if (route == FieldRules.Register)
        {
            Assert.Equal("User", data.Text("role"));
            var login = new JsonObject { ["email"] = sent.Text("email"), ["password"] = sent.Text("password").Trim() };
            (await Api.Send(HttpMethod.Post, "/api/auth/login", body: login)).Done();
            Is(limit, (await Api.Get($"/api/users/{data.Text("user_id")}", Jwt.Admin)).Done());
        }
        else
        {
            Is(limit, data);
            if (!route.Contains("/auth/", StringComparison.Ordinal)) Is(limit, (await Api.Get($"/api/{route.Split('/')[2]}/{data.Id()}", Jwt.Admin)).Done());
        }
    }

    private void Is(Limit limit, JsonNode record)
    {
        if (Filled(limit.Kept) is { } kept)
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(kept), record[limit.Field]), $"{limit.Field} is to be {kept}: {record}");
        // What is ignored has not been taken over.
        if (limit.What.EndsWith("ignored", StringComparison.Ordinal) && limit.Json is not null && record[limit.Field] is { } member) Assert.NotEqual(limit.Json, member.ToJsonString());
    }
}
