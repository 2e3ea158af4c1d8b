using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.ApiGateway.Tests;

/// <summary>What becomes of tokens, roles and credentials.</summary>
public sealed class AuthTests : IClassFixture<TestGateway>
{
    private const string Id = "65f0c1d2e3a4b5c6d7e8f90a";
    private static readonly CredentialRecord Credential = new(RecordId.Parse(Id), Role.Operator, TestGateway.Somebody);
    private readonly TestGateway gateway;
    private readonly List<GrainCall> calls = [];

    public AuthTests(TestGateway gateway)
    {
        this.gateway = gateway;
        gateway.Grains.On<ICredentialGrain>(call =>
        {
            calls.Add(call);
            return Answer(call, Credential);
        });
    }

    [Fact]
    public async Task A_refreshed_token_lives_a_full_hour_and_names_the_role_of_the_account()
    {
        var old = gateway.Token(Role.User);
        gateway.Time.Advance(TimeSpan.FromMinutes(50));

        var reply = await gateway.Post("/api/auth/refresh", "", old);

        var identity = await gateway.Tokens.Verify(reply.MustSucceed().GetProperty("token").GetString()!);
        Assert.Equal(new Caller(TestGateway.Somebody, Role.Operator), identity!.Caller);
        Assert.Equal((gateway.Time.GetUtcNow() + TimeSpan.FromMinutes(60)).ToUnixTimeSeconds(), identity.Expires);
        Assert.True(reply.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task A_token_of_an_account_that_is_gone_or_of_a_service_is_not_refreshed()
    {
        (await gateway.Post("/api/auth/refresh", "", gateway.Tokens.MintInternal())).MustFail(403);
        Assert.Empty(calls);
        gateway.Grains.On<ICredentialGrain>(call => Answer(call, Refusal.NoSuchUser));
        (await gateway.Post("/api/auth/refresh", "", gateway.Token(Role.User))).MustFail(401);
        gateway.Grains.On<ICredentialGrain>(call => Answer(call, default));
        (await gateway.Post("/api/auth/refresh", "", gateway.Token(Role.User))).MustFail(503);
    }

    [Theory]
    [InlineData("\"User\"", 200)]
    [InlineData("\"EventCreator\"", 200)]
    [InlineData("\"Operator\"", 200)]
    [InlineData("\"Admin\"", 200)]
    [InlineData("\"admin\"", 400)]
    [InlineData("\"\"", 400)]
    [InlineData("3", 400)]
    [InlineData("null", 400)]
    public async Task A_role_is_one_of_four(string role, int status)
    {
        var reply = await gateway.Send(HttpMethod.Patch, $"/api/auth/{Id}/role", $$"""{ "role": {{role}} }""", gateway.Token(Role.Admin));

        Assert.Equal(status, reply.Status);
        Assert.Equal(status == 200 ? 1 : 0, calls.Count(call => call.Key == Id && $"\"{call.Arguments[0]}\"" == role));
    }

    [Fact]
    public async Task A_service_sets_roles_also_where_its_token_is_no_administrator()
    {
        await using var strict = new TestGateway(internalActsAsAdmin: false);
        await strict.InitializeAsync();
        strict.Grains.On<ICredentialGrain>(call => Answer(call, Credential));

        (await strict.Send(HttpMethod.Patch, $"/api/auth/{Id}/role", """{ "role": "User" }""", strict.Tokens.MintInternal())).MustSucceed();
        (await strict.Post("/api/auth/refresh", "", strict.Tokens.MintInternal())).MustFail(403);
    }

    [Fact]
    public async Task The_hash_is_in_the_internal_list_and_nowhere_else()
    {
        gateway.Grains.On<ICredentialListGrain>(_ => Task.FromResult(new Page<StoredCredential>([new(Credential, "$2a$12$hash")], null)));

        var listed = (await gateway.Get("/api/auth", gateway.Tokens.MintInternal())).MustSucceed();
        var removed = (await gateway.Send(HttpMethod.Delete, $"/api/auth/{Id}", null, gateway.Tokens.MintInternal())).MustSucceed();

        Assert.Equal($$"""[{"id":"{{Id}}","password":"$2a$12$hash","role":"Operator","user_id":"{{TestGateway.Somebody}}"}]""", listed.GetRawText());
        Assert.Equal($$"""{"id":"{{Id}}","role":"Operator","user_id":"{{TestGateway.Somebody}}"}""", removed.GetRawText());
        Assert.Equal("Remove", Assert.Single(calls).Method);
    }

    private static object Answer(GrainCall call, Answer<CredentialRecord> answer) =>
        call.Method == nameof(ICredentialGrain.Read) ? new ValueTask<Answer<CredentialRecord>>(answer) : Task.FromResult(answer);
}
