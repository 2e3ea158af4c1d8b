using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.ApiGateway.Tests;

public sealed class TokenTests(TestGateway gateway) : IClassFixture<TestGateway>
{
    private const string Header = """{"alg":"HS256","typ":"JWT"}""";
    private const string UserId = "65f0c1d2e3a4b5c6d7e8f901";
    private static readonly long Now = TestGateway.Start.ToUnixTimeSeconds();

    [Theory]
    [InlineData(Role.User)]
    [InlineData(Role.EventCreator)]
    [InlineData(Role.Operator)]
    [InlineData(Role.Admin)]
    public async Task A_minted_token_names_the_person_and_the_role(Role role)
    {
        var identity = await gateway.Tokens.Verify(gateway.Token(role));

        Assert.Equal(new Identity(new Caller(TestGateway.Somebody, role), Now + 3600, IsInternal: false), identity! with { Token = default });
    }

    [Fact]
    public void A_minted_token_has_the_contract_s_header_and_claims_and_no_others()
    {
        var parts = gateway.Token(Role.User).Split('.');

        Assert.Equal(["alg", "typ"], Members(parts[0]));
        Assert.Equal(["exp", "role", "user_id"], Members(parts[1]));
        Assert.Equal(["exp", "internal"], Members(gateway.Tokens.MintInternal().Split('.')[1]));

        static IEnumerable<string> Members(string part) =>
            System.Text.Json.JsonDocument.Parse(Base64UrlEncoder.Decode(part)).RootElement.EnumerateObject().Select(member => member.Name).Order();
    }

    [Fact]
    public async Task An_internal_token_is_an_admin_under_a_made_up_id()
    {
        var token = gateway.Tokens.MintInternal();

        var first = await gateway.Tokens.Verify(token);
        var second = await gateway.Tokens.Verify(token);

        Assert.True(first is { IsInternal: true, Caller.Role: Role.Admin, OperationOwner: "internal" });
        Assert.Equal(Now + 300, first.Expires);
        Assert.NotEqual(first.Caller.UserId, second!.Caller.UserId);
    }

    [Theory]
    [InlineData(-60, true)]
    [InlineData(-61, false)]
    public async Task A_token_is_good_until_sixty_seconds_after_its_end(long seconds, bool isGood) =>
        Assert.Equal(isGood, await gateway.Tokens.Verify(External(Now + seconds)) is not null);

    [Theory]
    [InlineData(253_402_300_799)]
    [InlineData(99_999_999_999_999)]
    [InlineData(long.MaxValue)]
    public async Task A_token_may_end_centuries_ahead(long end)
    {
        Assert.Equal(end, (await gateway.Tokens.Verify(External(end)))?.Expires);
        Assert.Equal(end, (await gateway.Tokens.Verify(Sign(Header, $$"""{"internal":true,"exp":{{end}}}""", TestGateway.InternalKey)))?.Expires);
    }

    [Theory]
    [InlineData("""{"alg":"none","typ":"JWT"}""")]
    [InlineData("""{"alg":"HS512","typ":"JWT"}""")]
    [InlineData("""{"alg":"hs256","typ":"JWT"}""")]
    [InlineData("""{"typ":"JWT"}""")]
    [InlineData("""{"alg":"HS256","typ":"at+jwt"}""")]
    public async Task No_other_header_is_accepted(string header) => Assert.Null(await gateway.Tokens.Verify(External(Now + 60, header)));

    [Fact]
    public async Task No_other_algorithm_is_accepted_even_with_its_own_signature()
    {
        var content = $"{Encode("""{"alg":"HS512","typ":"JWT"}""")}.{Encode(Claims(Now + 60))}";
        var signature = HMACSHA512.HashData(TestGateway.ExternalKey, Encoding.ASCII.GetBytes(content));

        Assert.Null(await gateway.Tokens.Verify($"{content}.{Base64UrlEncoder.Encode(signature)}"));
    }

    [Fact]
    public async Task An_unsigned_token_is_refused()
    {
        var content = $"{Encode("""{"alg":"none","typ":"JWT"}""")}.{Encode(Claims(Now + 60))}";

        Assert.Null(await gateway.Tokens.Verify($"{content}."));
        Assert.Null(await gateway.Tokens.Verify(content));
    }

    [Theory]
    [InlineData("""{"user_id":"65f0c1d2e3a4b5c6d7e8f901","role":"User"}""")]
    [InlineData("""{"user_id":"65f0c1d2e3a4b5c6d7e8f901","role":"User","exp":null}""")]
    [InlineData("""{"user_id":"65f0c1d2e3a4b5c6d7e8f901","role":"User","exp":"9999999999"}""")]
    [InlineData("""{"user_id":"65f0c1d2e3a4b5c6d7e8f901","role":"user","exp":9999999999}""")]
    [InlineData("""{"user_id":"65f0c1d2e3a4b5c6d7e8f901","role":3,"exp":9999999999}""")]
    [InlineData("""{"user_id":"65f0c1d2e3a4b5c6d7e8f901","exp":9999999999}""")]
    [InlineData("""{"user_id":"65f0","role":"User","exp":9999999999}""")]
    [InlineData("""{"user_id":7,"role":"User","exp":9999999999}""")]
    [InlineData("""{"role":"User","exp":9999999999}""")]
    [InlineData("""{"user_id":"65f0c1d2e3a4b5c6d7e8f901","role":"User","exp":9999999999,"aud":"tickets"}""")]
    [InlineData("""{"user_id":"65f0c1d2e3a4b5c6d7e8f901","role":"User","exp":9999999999,"aud":[]}""")]
    [InlineData("""{"internal":true,"exp":9999999999}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("not json")]
    public async Task No_other_claims_are_accepted(string claims) => Assert.Null(await gateway.Tokens.Verify(Sign(Header, claims, TestGateway.ExternalKey)));

    [Theory]
    [InlineData("""{"internal":false,"exp":9999999999}""")]
    [InlineData("""{"internal":"true","exp":9999999999}""")]
    [InlineData("""{"internal":1,"exp":9999999999}""")]
    [InlineData("""{"internal":null,"exp":9999999999}""")]
    [InlineData("""{"internal":true}""")]
    [InlineData("""{"internal":true,"exp":1}""")]
    [InlineData("""{"internal":true,"exp":9999999999,"aud":"tickets"}""")]
    [InlineData("""{"user_id":"65f0c1d2e3a4b5c6d7e8f901","role":"Admin","exp":9999999999}""")]
    public async Task The_internal_key_signs_for_nothing_else(string claims) =>
        Assert.Null(await gateway.Tokens.Verify(Sign(Header, claims, TestGateway.InternalKey)));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("a.b.c.d.e")]
    [InlineData("\u00e9.\u00e9.\u00e9")]
    public async Task Garbage_is_no_token(string text) => Assert.Null(await gateway.Tokens.Verify(text));

    [Theory]
    [InlineData(1024, true)]
    [InlineData(2048, false)]
    public async Task A_token_is_not_looked_at_beyond_its_longest_length(int padding, bool isGood)
    {
        var claims = $$"""{"user_id":"{{UserId}}","role":"User","exp":{{Now + 60}},"more":"{{new string('x', padding)}}"}""";

        Assert.Equal(isGood, await gateway.Tokens.Verify(Sign(Header, claims, TestGateway.ExternalKey)) is not null);
    }

    [Fact]
    public async Task One_changed_character_breaks_the_signature()
    {
        var token = External(Now + 60);
        var at = token.LastIndexOf('.') + 5;
        var changed = token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];

        Assert.NotNull(await gateway.Tokens.Verify(token));
        Assert.Null(await gateway.Tokens.Verify(changed));
    }

    [Fact]
    public async Task A_token_that_is_known_still_ends()
    {
        await using var own = new TestGateway();
        var (one, other, service) = (own.Tokens.MintExternal(TestGateway.Somebody, Role.User), own.Tokens.MintExternal(TestGateway.Somebody, Role.Admin), own.Tokens.MintInternal());
        foreach (var token in new[] { one, other, service, one, other, service })
            Assert.NotNull(await own.Tokens.Verify(token));
        Assert.Equal(Role.User, (await own.Tokens.Verify(one))!.Caller.Role);

        own.Ended.Add(new((await own.Tokens.Verify(one))!.Token, long.MaxValue, TestGateway.Start));
        Assert.Null(await own.Tokens.Verify(one));
        Assert.NotNull(await own.Tokens.Verify(other));

        own.Ended.Add(new(TestGateway.Somebody.Value, long.MaxValue, TestGateway.Start));
        Assert.Null(await own.Tokens.Verify(other));

        own.Time.Advance(Tokens.InternalLifetime + Tokens.Leeway);
        Assert.NotNull(await own.Tokens.Verify(service));
        own.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await own.Tokens.Verify(service));
    }

    [Fact]
    public async Task Only_good_tokens_are_remembered_and_a_bounded_number_of_them()
    {
        var known = gateway.Tokens.Known.Count;
        foreach (var bad in new[] { External(Now - 61), External(Now + 60) + "x", External(Now + 60).Replace("eyJ", "ey.", StringComparison.Ordinal), "a.b.c" })
            Assert.Null(await gateway.Tokens.Verify(bad));
        Assert.Equal(known, gateway.Tokens.Known.Count);

        var (tokens, identity) = (new KnownTokens(), new Identity(new Caller(TestGateway.Somebody, Role.User), Now, IsInternal: false));
        tokens.Keep("asked for", identity);
        for (var one = 0; one < KnownTokens.Most * 5; one++)
        {
            tokens.Keep($"{one}", identity);
            Assert.Same(identity, tokens.Find($"{one}"));
            Assert.Same(identity, tokens.Find("asked for"));
        }

        Assert.InRange(tokens.Count, KnownTokens.Most, KnownTokens.Most * 2);
        Assert.Null(tokens.Find("0"));
    }

    [Fact]
    public void Keys_must_be_long_and_different()
    {
        Assert.Throws<ArgumentException>(() => new GatewaySettings(new byte[31], TestGateway.InternalKey));
        Assert.Throws<ArgumentException>(() => new GatewaySettings(TestGateway.ExternalKey, new byte[31]));
        Assert.Throws<ArgumentException>(() => new GatewaySettings(TestGateway.ExternalKey, TestGateway.ExternalKey));
        Assert.Equal(32, new GatewaySettings(new byte[32], TestGateway.InternalKey).ExternalKey.Length);
    }

    private static string Claims(long end) => $$"""{"user_id":"{{UserId}}","role":"User","exp":{{end}}}""";

    private static string External(long end, string header = Header) => Sign(header, Claims(end), TestGateway.ExternalKey);

    private static string Encode(string text) => Base64UrlEncoder.Encode(text);

    internal static string Sign(string header, string claims, byte[] key)
    {
        var content = $"{Encode(header)}.{Encode(claims)}";
        return $"{content}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(content)))}";
    }
}
