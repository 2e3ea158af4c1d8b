using System.Text.Json.Nodes;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway.Tests;

/// <summary>The profiles' routes: who reaches whose, and what may be in one.</summary>
public sealed class UserTests : IClassFixture<TestGateway>
{
    private const string Other = "65f0c1d2e3a4b5c6d7e8f9ff";
    private const string Body = """{ "first_name": " Ada ", "last_name": "Lovelace", "email": " Ada@Example.org " }""";
    private readonly TestGateway gateway;
    private readonly List<GrainCall> calls = [];

    public UserTests(TestGateway gateway)
    {
        this.gateway = gateway;
        gateway.Grains.On<IUserGrain>(call =>
        {
            calls.Add(call);
            Answer<UserRecord> answer = new UserRecord(UserId.Parse(call.Key), "ada", "lovelace", "ada@example.org");
            return call.Method == nameof(IUserGrain.Read) ? new ValueTask<Answer<UserRecord>>(answer) : Task.FromResult(answer);
        });
    }

    [Theory]
    [InlineData(Role.User, true, 200)]
    [InlineData(Role.User, false, 403)]
    [InlineData(Role.EventCreator, false, 403)]
    [InlineData(Role.Operator, false, 200)]
    [InlineData(Role.Admin, false, 200)]
    public async Task A_profile_is_shown_to_its_owner_to_an_operator_and_to_an_admin(Role role, bool isOwn, int status)
    {
        var id = isOwn ? TestGateway.Somebody.ToString() : Other;

        var reply = await gateway.Get($"/api/users/{id}", gateway.Token(role));

        Assert.Equal((status, status == 403 ? "not-yours" : null), (reply.Status, reply.Code));
        Assert.Equal(status == 200 ? 1 : 0, calls.Count(call => call.Key == id));
    }

    [Fact]
    public async Task A_change_reaches_the_caller_or_the_profile_in_the_path_and_is_normalised()
    {
        var own = await gateway.Send(HttpMethod.Put, "/api/users/me", Body, gateway.Token(Role.User));
        var others = await gateway.Send(HttpMethod.Put, $"/api/users/{Other}", Body, gateway.Token(Role.Operator));

        Assert.Equal($$"""{"id":"{{TestGateway.Somebody}}","first_name":"ada","last_name":"lovelace","email":"ada@example.org"}""", own.MustSucceed().GetRawText());
        Assert.Equal(Other, others.MustSucceed().GetProperty("id").GetString());
        Assert.Equal([TestGateway.Somebody.ToString(), Other], calls.Select(call => call.Key));
        Assert.All(calls, call => Assert.Equal(("Update", new Profile("ada", "lovelace", "ada@example.org")), (call.Method, call.Arguments[0])));
    }

    [Theory]
    [InlineData("first_name", "x")]
    [InlineData("first_name", "R2D2")]
    [InlineData("first_name", null)]
    [InlineData("last_name", "a.b")]
    [InlineData("last_name", "abcdefghijklmnopqrstuvwxyzabcde")]
    [InlineData("email", "ada")]
    [InlineData("email", null)]
    public async Task A_profile_that_breaks_a_rule_reaches_nobody(string field, string? value)
    {
        var body = JsonNode.Parse(Body)!.AsObject();
        body[field] = value;

        foreach (var path in new[] { "/api/users/me", $"/api/users/{Other}" })
            Assert.StartsWith(field, (await gateway.Send(HttpMethod.Put, path, body.ToJsonString(), gateway.Token(Role.Admin))).MustFail(400).Error, StringComparison.Ordinal);
        (await gateway.Send(HttpMethod.Put, "/api/users/me", "{}", gateway.Token(Role.Admin))).MustFail(400);
        Assert.Empty(calls);
    }

    [Fact]
    public async Task An_email_is_looked_up_as_accounts_are_known_by()
    {
        gateway.Grains.On<IEmailGrain>(call => Task.FromResult<UserId?>(call.Key == "ada@example.org" ? TestGateway.Somebody : null));
        var service = gateway.Tokens.MintInternal();

        var found = await gateway.Send(HttpMethod.Get, "/api/users/id-by-email", """{ "email": " ADA@example.org" }""", service);

        Assert.Equal($$"""{"id":"{{TestGateway.Somebody}}"}""", found.MustSucceed().GetRawText());
        foreach (var unknown in new[] { "bob@example.org", "no address", "" })
            Assert.Equal("no-such-user", (await gateway.Send(HttpMethod.Get, "/api/users/id-by-email", $$"""{ "email": "{{unknown}}" }""", service)).MustFail(404).Code);
        (await gateway.Send(HttpMethod.Get, "/api/users/id-by-email", "{}", service)).MustFail(400);
        (await gateway.Send(HttpMethod.Get, "/api/users/id-by-email", null, service)).MustFail(415);
    }

    [Fact]
    public async Task Profiles_are_listed_page_by_page()
    {
        gateway.Grains.On<IUserListGrain>(call => Task.FromResult(new Page<UserRecord>(
            [new(TestGateway.Somebody, "ada", "lovelace", "ada@example.org")], ((PageRequest)call.Arguments[0]!).After is null ? TestGateway.Somebody.Value : null)));

        var reply = await gateway.Get("/api/users?limit=1", gateway.Token(Role.Operator));

        Assert.Equal(1, reply.MustSucceed().GetArrayLength());
        Assert.Equal(TestGateway.Somebody.ToString(), reply.Json.GetProperty("next_cursor").GetString());
    }
}
