using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Notifications;
using Ticketing.Silo.Tests.Payments;
using Ticketing.Silo.Tests.Tickets;

namespace Ticketing.Silo.Tests.Auth;

/// <summary>Every route that is mapped, by everybody who may come.</summary>
public sealed class AccessTests(IdleServer shared) : ServerTests<IdleServer>(shared)
{
    private static readonly string[] Words = ["auth", "users", "events", "tickets", "notifications", "payments", "backups"];

    /// <summary>The statuses for: owner, another user, the event's creator, another creator, operator, admin, internal.</summary>
    private static readonly Route[] Table =
    [
        new("GET /api/auth/me", Signed),
        new("POST /api/auth/register", Anybody, _ => Registration()),
        new("POST /api/auth/login", Anybody, _ => new() { ["email"] = Server.AdminEmail, ["password"] = Server.AdminPassword }),
        new("POST /api/auth/refresh", [401, 401, 401, 401, 401, 401, 403]),
        new("POST /api/auth/logout", [200, 200, 200, 200, 200, 200, 403]),
        new("GET /api/auth", [403, 403, 403, 403, 403, 403, 200]),
        new("DELETE /api/auth/{user_id:id}", [403, 403, 403, 403, 403, 403, 404]),
        new("PATCH /api/auth/{user_id:id}/role", [403, 403, 403, 403, 403, 404, 404], _ => new() { ["role"] = "Operator" }),
        new("GET /api/users/me", [200, 200, 200, 200, 200, 404, 404]),
        new("GET /api/users", [403, 403, 403, 403, 200, 200, 200]),
        new("GET /api/users/id-by-email", [403, 403, 403, 403, 403, 403, 200], scene => new() { ["email"] = scene.Owner.Email }),
        new("GET /api/users/{id:id}", [200, 403, 403, 403, 200, 200, 200]),
        new("PUT /api/users/me", [200, 200, 200, 200, 200, 404, 404], _ => Profile()),
        new("PUT /api/users/{id:id}", [403, 403, 403, 403, 200, 200, 200], _ => Profile()),
        new("DELETE /api/users/{id:id}", [403, 403, 403, 403, 403, 200, 200]),
        new("POST /api/users", [403, 403, 403, 403, 403, 403, 200], _ => Profile()),
        new("GET /api/events", Anybody),
        new("GET /api/events/{id:id}", Anybody),
        new("GET /api/events/{id:id}/history", [403, 403, 200, 403, 403, 200, 200]),
        new("POST /api/events", [403, 403, 200, 200, 403, 200, 200], _ => EventCalls.Body()),
        new("PUT /api/events/{id:id}", [403, 403, 200, 403, 403, 200, 200], _ => EventCalls.Body(remaining: 10)),
        new("PATCH /api/events/{id:id}/update-seats", [403, 403, 403, 403, 403, 403, 200], _ => new() { ["delta"] = -1 }),
        new("DELETE /api/events/{id:id}", [403, 403, 200, 403, 403, 200, 200]),
        new("GET /api/tickets", Signed),
        new("GET /api/tickets/{ticket_id:id}", [200, 403, 403, 403, 200, 200, 200]),
        new("POST /api/tickets", [200, 403, 403, 403, 403, 200, 200], scene => TicketCalls.Body(scene.Event, scene.Owner.Id, 20)),
        new("PATCH /api/tickets/{ticket_id:id}/seat", [200, 403, 403, 403, 403, 200, 200], _ => new() { ["seat_number"] = 21 }),
        new("PATCH /api/tickets/{ticket_id:id}/active", [403, 403, 403, 403, 403, 403, 200]),
        new("DELETE /api/tickets/{ticket_id:id}", [403, 403, 403, 403, 403, 200, 200]),
        new("PATCH /api/tickets/{ticket_id:id}/cancel", [200, 403, 403, 403, 403, 200, 200]),
        new("PATCH /api/tickets/{ticket_id:id}/refund", [200, 403, 403, 403, 403, 200, 200]),
        new("GET /api/payments", [403, 403, 403, 403, 403, 200, 200]),
        new("GET /api/payments/{id:id}", [200, 403, 403, 403, 403, 200, 200]),
        new("POST /api/payments", [403, 403, 403, 403, 403, 403, 200], _ => PaymentCalls.Body()),
        new("PATCH /api/payments/{id:id}", [403, 403, 403, 403, 403, 403, 200], _ => new() { ["status"] = "Success" }),
        new("DELETE /api/payments/{id:id}", [403, 403, 403, 403, 403, 403, 200]),
        new("GET /api/notifications", [403, 403, 403, 403, 403, 200, 200]),
        new("GET /api/notifications/{id:id}", [403, 403, 403, 403, 403, 200, 200]),
        new("POST /api/notifications", [403, 403, 403, 403, 403, 403, 200], scene => NotificationCalls.Body(scene.Owner.Id)),
        new("PATCH /api/notifications/{id:id}", [403, 403, 403, 403, 403, 200, 200], _ => new() { ["status"] = "Pending" }),
        new("DELETE /api/notifications/{id:id}", [403, 403, 403, 403, 403, 200, 200]),
        new("GET /api/backups", [403, 403, 403, 403, 403, 200, 200]),
        new("GET /api/backups/{id:id}", [403, 403, 403, 403, 403, 200, 200]),
        new("GET /api/backups/{service_name}/last", [403, 403, 403, 403, 403, 200, 200]),
        new("POST /api/backups", [403, 403, 403, 403, 403, 200, 200], _ => new() { ["service_name"] = "Events" }),
        new("POST /api/backups/{id:id}/verify", [403, 403, 403, 403, 403, 409, 409]),
        new("DELETE /api/backups/{id:id}", [403, 403, 403, 403, 403, 200, 200]),
        .. Words.SelectMany(word => new Route[]
        {
            new($"GET /api/{word}/health", Anybody), new($"GET /api/{word}/doc/openapi.json", Anybody), new($"GET /api/{word}/doc/{{**asset}}", Anybody),
            new($"HEAD /api/{word}/doc/openapi.json", Anybody), new($"HEAD /api/{word}/doc/{{**asset}}", Anybody),
        }),
    ];

    private static readonly string[] BadTokens =
    [
        "garbage", "a.b.c", Jwt.Expired, Jwt.Forged, Jwt.Unsigned, Jwt.ExternalUnderInternalKey, Jwt.InternalUnderExternalKey, Jwt.InternalFalse, Jwt.WithAudience,
        Jwt.WithoutEnd, Jwt.UnknownRole, Jwt.Of("no-id", "Admin"), Jwt.Admin + "x", new('x', 10_000),
    ];

    public static TheoryData<string> Routes => [.. Table.Select(route => route.Name)];

    private static int[] Signed => [200, 200, 200, 200, 200, 200, 200];

    private static int[]? Anybody => null;

    [Fact]
    public void The_table_has_every_route_that_is_mapped()
    {
        var mapped = Server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods, (endpoint, method) => $"{method} {endpoint.RoutePattern.RawText!.TrimEnd('/')}");

        Assert.Equal(mapped.Order(), Table.Select(route => route.Name).Order());
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Each_route_lets_in_whom_it_is_for_and_nobody_else(string name)
    {
        var route = Table.Single(route => route.Name == name);
        var statuses = route.Statuses ?? Signed;
        var scene = await Scene.Set(Api);
        for (var caller = 0; caller < statuses.Length; caller++)
        {
            // What one caller may change is not there for the next, so each has a scene of their own.
            if (route.Statuses is not null && caller > 0) scene = await Scene.Set(Api);
            string[] tokens = [scene.Owner.Token, scene.Other.Token, scene.Creator.Token, scene.OtherCreator.Token, scene.Operator.Token, Jwt.Of(Jwt.NewId(), "Admin"), Jwt.Internal];
            var reply = await Call(route, scene, $"Bearer {tokens[caller]}");

            Assert.True((int)reply.Status == statuses[caller], $"caller {caller}: {statuses[caller]} expected, but {reply}");
            if (reply.Status != HttpStatusCode.OK) reply.Failed(reply.Status);
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Each_route_that_is_not_public_refuses_whoever_has_no_valid_token(string name)
    {
        var route = Table.Single(route => route.Name == name);
        var scene = await Scene.Set(Api);
        string?[] headers = [null, "", "Bearer", "Bearer ", $"bearer {Jwt.Admin}", $"Bearer  {Jwt.Admin}", $"Basic {Jwt.Admin}", Jwt.Admin, .. BadTokens.Select(token => $"Bearer {token}")];
        foreach (var header in headers)
        {
            var reply = await Call(route, scene, header);
            if (route.Statuses is null) Assert.Equal(HttpStatusCode.OK, reply.Status);
            else reply.Failed(HttpStatusCode.Unauthorized);
        }

        var ticket = await Api.Ticket(scene.Ticket.Id());
        Assert.Equal(8, ticket.Number("seat_number"));
        Assert.Equal("Pending", ticket.Text("status"));
    }

    [Fact]
    public async Task Where_the_internal_token_is_no_administrator_it_opens_internal_routes_alone()
    {
        await using var server = await Server.Start(changes: new() { ["Ticketing:InternalTokenActsAsAdmin"] = "false" });

        (await server.Api.Send(HttpMethod.Post, "/api/users", Jwt.Internal, Profile())).Done();
        (await server.Api.Get("/api/tickets", Jwt.Internal)).Failed(HttpStatusCode.Unauthorized);
        (await server.Api.Get("/api/payments", Jwt.Internal)).Failed(HttpStatusCode.Unauthorized);
        (await server.Api.Get("/api/backups", Jwt.Internal)).Failed(HttpStatusCode.Unauthorized);
        (await server.Api.Get("/api/backups/Users/last", Jwt.Internal)).Failed(HttpStatusCode.NotFound, "no-such-backup");
        (await server.Api.Send(HttpMethod.Post, "/api/events", Jwt.Internal, EventCalls.Body())).Failed(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_list_of_tickets_shows_a_user_their_own_and_an_operator_all()
    {
        var scene = await Scene.Set(Api);
        var others = (await Api.Buy(scene.Other, scene.Event, 30)).Done();

        Assert.Equal([scene.Ticket.Id()], (await Api.All("/api/tickets", scene.Owner.Token)).Select(ticket => ticket.Id()));
        Assert.Empty(await Api.All("/api/tickets", scene.Creator.Token));
        var all = (await Api.All("/api/tickets", scene.Operator.Token)).Select(ticket => ticket.Id()).ToArray();
        Assert.Contains(scene.Ticket.Id(), all);
        Assert.Contains(others.Id(), all);
    }

    private async Task<Reply> Call(Route route, Scene scene, string? authorization)
    {
        using var request = new HttpRequestMessage(new HttpMethod(route.Name.Split(' ')[0]), scene.Path(route.Name.Split(' ')[1]));
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (route.Body?.Invoke(scene) is { } body) request.Content = new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        return await Api.Send(request);
    }

    private static JsonObject Profile() => new() { ["first_name"] = "ada", ["last_name"] = "lovelace", ["email"] = $"{Guid.NewGuid():n}@example.org" };

    private static JsonObject Registration()
    {
        var body = Profile();
        (body["password"], body["confirm_password"]) = ("Correct-Horse-1", "Correct-Horse-1");
        return body;
    }

    /// <summary>A route and the status it answers each caller with; absent statuses for a public one.</summary>
    private sealed record Route(string Name, int[]? Statuses, Func<Scene, JsonObject>? Body = null);
}
