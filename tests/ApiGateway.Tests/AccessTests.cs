using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.ApiGateway.Tests;

public sealed class AccessTests(TestGateway gateway) : IClassFixture<TestGateway>
{
    private const string Id = "65f0c1d2e3a4b5c6d7e8f901";

    [Theory]
    [InlineData("GET", "/api/auth/me")]
    [InlineData("GET", "/api/auth")]
    [InlineData("POST", "/api/auth/refresh")]
    [InlineData("DELETE", $"/api/auth/{Id}")]
    [InlineData("PATCH", $"/api/auth/{Id}/role")]
    [InlineData("GET", "/api/users/me")]
    [InlineData("GET", "/api/users")]
    [InlineData("GET", "/api/users/id-by-email")]
    [InlineData("GET", $"/api/users/{Id}")]
    [InlineData("PUT", "/api/users/me")]
    [InlineData("PUT", $"/api/users/{Id}")]
    [InlineData("POST", "/api/users")]
    [InlineData("POST", "/api/events")]
    [InlineData("PUT", $"/api/events/{Id}")]
    [InlineData("PATCH", $"/api/events/{Id}/update-seats")]
    [InlineData("DELETE", $"/api/events/{Id}")]
    [InlineData("GET", "/api/tickets")]
    [InlineData("GET", $"/api/tickets/{Id}")]
    [InlineData("POST", "/api/tickets")]
    [InlineData("PATCH", $"/api/tickets/{Id}/seat")]
    [InlineData("PATCH", $"/api/tickets/{Id}/cancel")]
    [InlineData("PATCH", $"/api/tickets/{Id}/refund")]
    [InlineData("GET", "/api/payments")]
    [InlineData("GET", $"/api/payments/{Id}")]
    [InlineData("POST", "/api/payments")]
    [InlineData("PATCH", $"/api/payments/{Id}")]
    [InlineData("DELETE", $"/api/payments/{Id}")]
    [InlineData("GET", "/api/notifications")]
    [InlineData("GET", $"/api/notifications/{Id}")]
    [InlineData("POST", "/api/notifications")]
    [InlineData("PATCH", $"/api/notifications/{Id}")]
    [InlineData("DELETE", $"/api/notifications/{Id}")]
    [InlineData("GET", "/api/backups")]
    [InlineData("POST", "/api/backups")]
    [InlineData("GET", "/api/backups/Users/last")]
    [InlineData("GET", $"/api/backups/{Id}")]
    [InlineData("DELETE", $"/api/backups/{Id}")]
    [InlineData("POST", $"/api/backups/{Id}/verify")]
    public async Task Without_a_good_token_a_route_that_is_not_public_answers_401(string method, string path)
    {
        var expired = TokenTests.Sign(
            """{"alg":"HS256","typ":"JWT"}""",
            $$"""{"user_id":"{{Id}}","role":"Admin","exp":{{TestGateway.Start.ToUnixTimeSeconds() - 61}}}""",
            TestGateway.ExternalKey);

        foreach (var token in new[] { null, "garbage", expired, gateway.Token(Role.Admin) + "x" })
        {
            var reply = await gateway.Send(new HttpMethod(method), path, "not even json", token);
            reply.MustFail(401);
            Assert.Equal("Bearer", reply.Headers.WwwAuthenticate.Single().Scheme);
        }
    }

    [Theory]
    [InlineData("GET", "/api/auth", new[] { Role.User, Role.EventCreator, Role.Operator, Role.Admin })]
    [InlineData("DELETE", $"/api/auth/{Id}", new[] { Role.User, Role.EventCreator, Role.Operator, Role.Admin })]
    [InlineData("PATCH", $"/api/auth/{Id}/role", new[] { Role.User, Role.EventCreator, Role.Operator })]
    [InlineData("GET", "/api/users", new[] { Role.User, Role.EventCreator })]
    [InlineData("GET", "/api/users/id-by-email", new[] { Role.User, Role.EventCreator, Role.Operator, Role.Admin })]
    [InlineData("PUT", $"/api/users/{Id}", new[] { Role.User, Role.EventCreator })]
    [InlineData("POST", "/api/users", new[] { Role.User, Role.EventCreator, Role.Operator, Role.Admin })]
    [InlineData("POST", "/api/events", new[] { Role.User, Role.Operator })]
    [InlineData("PUT", $"/api/events/{Id}", new[] { Role.User, Role.Operator })]
    [InlineData("PATCH", $"/api/events/{Id}/update-seats", new[] { Role.User, Role.EventCreator, Role.Operator, Role.Admin })]
    [InlineData("DELETE", $"/api/events/{Id}", new[] { Role.User, Role.Operator })]
    [InlineData("GET", "/api/payments", new[] { Role.User, Role.EventCreator, Role.Operator })]
    [InlineData("POST", "/api/payments", new[] { Role.User, Role.EventCreator, Role.Operator, Role.Admin })]
    [InlineData("PATCH", $"/api/payments/{Id}", new[] { Role.User, Role.EventCreator, Role.Operator, Role.Admin })]
    [InlineData("DELETE", $"/api/payments/{Id}", new[] { Role.User, Role.EventCreator, Role.Operator, Role.Admin })]
    [InlineData("GET", "/api/notifications", new[] { Role.User, Role.EventCreator, Role.Operator })]
    [InlineData("POST", "/api/notifications", new[] { Role.User, Role.EventCreator, Role.Operator, Role.Admin })]
    [InlineData("PATCH", $"/api/notifications/{Id}", new[] { Role.User, Role.EventCreator, Role.Operator })]
    [InlineData("DELETE", $"/api/notifications/{Id}", new[] { Role.User, Role.EventCreator, Role.Operator })]
    [InlineData("GET", $"/api/notifications/{Id}", new[] { Role.User, Role.EventCreator, Role.Operator })]
    [InlineData("GET", "/api/backups", new[] { Role.User, Role.EventCreator, Role.Operator })]
    [InlineData("POST", "/api/backups", new[] { Role.User, Role.EventCreator, Role.Operator })]
    [InlineData("GET", "/api/backups/Users/last", new[] { Role.User, Role.EventCreator, Role.Operator })]
    [InlineData("GET", $"/api/backups/{Id}", new[] { Role.User, Role.EventCreator, Role.Operator })]
    [InlineData("DELETE", $"/api/backups/{Id}", new[] { Role.User, Role.EventCreator, Role.Operator })]
    [InlineData("POST", $"/api/backups/{Id}/verify", new[] { Role.User, Role.EventCreator, Role.Operator })]
    public async Task A_role_that_is_not_allowed_answers_403_before_the_body_is_read(string method, string path, Role[] roles)
    {
        foreach (var role in roles)
            (await gateway.Send(new HttpMethod(method), path, "not even json", gateway.Token(role))).MustFail(403);
    }

    [Theory]
    [InlineData("Bearer  {0}")]
    [InlineData("bearer {0}")]
    [InlineData("BEARER {0}")]
    [InlineData("Bearer{0}")]
    [InlineData("Basic {0}")]
    [InlineData("Bearer ")]
    [InlineData("{0}")]
    public async Task The_header_is_Bearer_and_one_space(string form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/auth/me");
        request.Headers.TryAddWithoutValidation("Authorization", string.Format(null, form, gateway.Token(Role.User)));

        (await gateway.Send(request)).MustFail(401);
    }

    [Fact]
    public async Task Two_authorization_headers_are_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/auth/me");
        request.Headers.TryAddWithoutValidation("Authorization", [$"Bearer {gateway.Token(Role.User)}", $"Bearer {gateway.Token(Role.Admin)}"]);

        (await gateway.Send(request)).MustFail(401);
    }

    [Fact]
    public async Task Me_answers_the_token_s_claims()
    {
        var reply = await gateway.Get("/api/auth/me", gateway.Token(Role.EventCreator));

        var data = reply.MustSucceed();
        Assert.Equal(TestGateway.Somebody.ToString(), data.GetProperty("user_id").GetString());
        Assert.Equal("EventCreator", data.GetProperty("role").GetString());
        Assert.Equal(TestGateway.Start.ToUnixTimeSeconds() + 3600, data.GetProperty("exp").GetInt64());
        Assert.True(reply.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task The_internal_token_is_an_admin_where_that_is_allowed()
    {
        var data = (await gateway.Get("/api/auth/me", gateway.Tokens.MintInternal())).MustSucceed();

        Assert.Equal("Admin", data.GetProperty("role").GetString());
    }

    [Fact]
    public async Task The_internal_token_is_refused_on_ordinary_routes_where_it_is_no_admin()
    {
        await using var strict = new TestGateway(internalActsAsAdmin: false);
        await strict.InitializeAsync();

        (await strict.Get("/api/auth/me", strict.Tokens.MintInternal())).MustFail(401);
        (await strict.Get("/api/payments", strict.Tokens.MintInternal())).MustFail(401);
        (await strict.Post("/api/users", "{}", strict.Tokens.MintInternal())).MustFail(400);
    }

    [Fact]
    public async Task A_public_route_reads_no_token()
    {
        (await gateway.Get("/api/events/health", "garbage")).MustSucceed();
    }

    [Fact]
    public void A_route_without_an_access_rule_stops_the_start()
    {
        var route = new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/api/forgotten"), 0, EndpointMetadataCollection.Empty, "forgotten");

        var fault = Assert.Throws<InvalidOperationException>(() => GatewayExtensions.RequireAccess([route]));
        Assert.Contains("forgotten", fault.Message, StringComparison.Ordinal);
        GatewayExtensions.RequireAccess([new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/metrics"), 0, null, null)]);
    }
}
