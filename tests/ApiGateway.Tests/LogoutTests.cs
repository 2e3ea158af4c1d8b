using Ticketing.ApiGateway.Auth;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.ApiGateway.Tests;

/// <summary>Tokens that end before their time, as one gateway sees it.</summary>
public sealed class LogoutTests : IClassFixture<TestGateway>
{
    private readonly TestGateway gateway;

    public LogoutTests(TestGateway gateway)
    {
        this.gateway = gateway;
        // Each test has a second of its own, and so a token that no other test has ended.
        gateway.Time.Advance(TimeSpan.FromMinutes(2));
        gateway.EndedElsewhere.Clear();
        gateway.Grains.On<ICredentialGrain>(call => call.Method switch
        {
            nameof(ICredentialGrain.Read) => new ValueTask<Answer<CredentialRecord>>(new CredentialRecord(default, Role.User, TestGateway.Somebody)),
            nameof(ICredentialGrain.End) => Task.FromResult<Answer<EndedToken>>(new EndedToken((RecordId)call.Arguments[0]!, (long)call.Arguments[1]!, gateway.Time.GetUtcNow())),
            _ => throw new InvalidOperationException(call.Method),
        });
    }

    [Fact]
    public async Task A_token_is_refused_as_soon_as_its_logout_is_answered_and_no_other_is()
    {
        var (token, otherRole) = (gateway.Token(Role.User), gateway.Token(Role.Operator));
        gateway.Time.Advance(TimeSpan.FromSeconds(1));
        var later = gateway.Token(Role.User);

        var reply = await gateway.Post("/api/auth/logout", "", token);

        reply.MustSucceed();
        Assert.False(reply.Json.TryGetProperty("data", out _));
        (await gateway.Get("/api/auth/me", token)).MustFail(401);
        (await gateway.Post("/api/auth/logout", "", token)).MustFail(401);
        (await gateway.Post("/api/auth/refresh", "", token)).MustFail(401);
        (await gateway.Get("/api/auth/me", otherRole)).MustSucceed();
        (await gateway.Get("/api/auth/me", later)).MustSucceed();
    }

    [Fact]
    public async Task No_spelling_of_an_ended_token_is_accepted()
    {
        var token = gateway.Token(Role.User);
        const string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=";
        string[] spellings = [.. digits.Select(digit => token[..^1] + digit), .. digits.Select(digit => token + digit), token + "==", token + ".", token + " ", " " + token];

        (await gateway.Post("/api/auth/logout", "", token)).MustSucceed();

        foreach (var spelling in spellings)
            Assert.Null(await gateway.Tokens.Verify(spelling));
    }

    [Fact]
    public async Task A_logout_with_an_unknown_outcome_is_503_and_the_token_is_still_good_for_another_try()
    {
        gateway.Grains.On<ICredentialGrain>(_ => Task.FromResult(default(Answer<EndedToken>)));
        var token = gateway.Token(Role.User);

        (await gateway.Post("/api/auth/logout", "", token)).MustFail(503);
        (await gateway.Get("/api/auth/me", token)).MustSucceed();
        (await gateway.Post("/api/auth/logout", "", gateway.Tokens.MintInternal())).MustFail(403);
        (await gateway.Post("/api/auth/logout", "")).MustFail(401);
    }

    [Fact]
    public async Task What_another_gateway_ended_is_refused_here_after_the_next_look()
    {
        var token = gateway.Token(Role.User);
        var identity = await gateway.Tokens.Verify(token);
        gateway.EndedElsewhere.Enqueue(new(identity!.Token, identity.Expires, gateway.Time.GetUtcNow()));

        Assert.NotNull(await gateway.Tokens.Verify(token));
        await Refused(token);
    }

    [Theory]
    [InlineData(-300)]
    [InlineData(300)]
    public async Task What_was_ended_is_found_by_a_gateway_whose_clock_is_minutes_off(int secondsAhead)
    {
        await using var off = new TestGateway();
        await off.InitializeAsync();
        foreach (var token in new[] { off.Token(Role.User), off.Token(Role.Operator) })
        {
            var identity = await off.Tokens.Verify(token);
            off.EndedElsewhere.Enqueue(new(identity!.Token, identity.Expires, off.Time.GetUtcNow().AddSeconds(-secondsAhead)));
            await off.Looks(async () => await off.Tokens.Verify(token) is null);
            off.Time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public async Task What_was_ended_long_ago_is_not_read_again_and_again()
    {
        var (now, asked) = (gateway.Time.GetUtcNow(), new List<DateTimeOffset>());
        var grains = new FakeGrains();
        grains.On<IEndedTokenListGrain>(call =>
        {
            asked.Add((DateTimeOffset)call.Arguments[0]!);
            return Task.FromResult(new Page<EndedToken>([.. new[] { new EndedToken(TestGateway.Somebody.Value, 1, now) }.Where(one => one.EndedAt > asked[^1])], null));
        });
        var ended = new EndedTokens(grains, gateway.Time);

        await ended.CatchUp();
        gateway.Time.Advance(TimeSpan.FromMinutes(2));
        await ended.CatchUp();
        await ended.CatchUp();

        Assert.Equal([DateTimeOffset.UnixEpoch, now.AddSeconds(-30), now.AddSeconds(90)], asked);
    }

    [Fact]
    public async Task All_tokens_of_a_user_up_to_an_expiry_are_refused_and_later_ones_are_not()
    {
        var token = gateway.Token(Role.User);
        var (now, expiry) = (gateway.Time.GetUtcNow(), gateway.Tokens.LatestExpiry);
        gateway.EndedElsewhere.Enqueue(new(TestGateway.Somebody.Value, expiry, now));
        await Refused(token);

        (await gateway.Post("/api/auth/refresh", "", token)).MustFail(401);
        Assert.Null(await gateway.Tokens.Issue(TestGateway.Somebody, Role.User));
        Assert.NotNull(await gateway.Tokens.Issue(new(RecordId.New(now)), Role.User));
        gateway.Time.Advance(TimeSpan.FromSeconds(61));
        var next = await gateway.Tokens.Issue(TestGateway.Somebody, Role.User);
        Assert.NotNull(await gateway.Tokens.Verify(next!));
    }

    [Fact]
    public async Task A_token_issued_in_the_second_of_a_logout_is_another_one_wherever_the_logout_was()
    {
        var first = gateway.Token(Role.User);
        (await gateway.Post("/api/auth/logout", "", first)).MustSucceed();
        var second = await gateway.Tokens.Issue(TestGateway.Somebody, Role.User);
        var ended = await gateway.Tokens.Verify(second!);
        gateway.EndedElsewhere.Enqueue(new(ended!.Token, ended.Expires, gateway.Time.GetUtcNow()));

        var third = await gateway.Tokens.Issue(TestGateway.Somebody, Role.User);

        Assert.Null(await gateway.Tokens.Verify(first));
        Assert.Null(await gateway.Tokens.Verify(second!));
        var full = (gateway.Time.GetUtcNow() + Tokens.ExternalLifetime).ToUnixTimeSeconds();
        Assert.Equal((full - 1, full - 2), (ended.Expires, (await gateway.Tokens.Verify(third!))!.Expires));
    }

    [Fact]
    public async Task No_token_is_issued_when_it_cannot_be_known_what_was_ended()
    {
        await using var alone = new TestGateway();
        await alone.InitializeAsync();
        alone.Grains.On<IEndedTokenListGrain>(_ => Task.FromException<Page<EndedToken>>(new TimeoutException()));
        alone.Grains.On<ICredentialGrain>(_ => new ValueTask<Answer<CredentialRecord>>(new CredentialRecord(default, Role.User, TestGateway.Somebody)));

        (await alone.Post("/api/auth/refresh", "", alone.Token(Role.User))).MustFail(503);
        // What needs no news goes on.
        (await alone.Get("/api/auth/me", alone.Token(Role.User))).MustSucceed();
    }

    [Fact]
    public async Task While_the_cluster_cannot_be_asked_one_warning_is_logged_and_news_come_when_it_can_again()
    {
        var (fails, asked) = (true, 0);
        await using var late = new TestGateway();
        late.Grains.On<IEndedTokenListGrain>(_ =>
        {
            Interlocked.Increment(ref asked);
            return Volatile.Read(ref fails)
                ? Task.FromException<Page<EndedToken>>(new TimeoutException())
                : Task.FromResult(new Page<EndedToken>([.. late.EndedElsewhere], null));
        });
        await late.Open();
        var token = late.Token(Role.User);
        late.EndedElsewhere.Enqueue(new(TestGateway.Somebody.Value, late.Tokens.LatestExpiry, TestGateway.Start));

        // A gateway that does not know yet what was ended lets nobody in, and public routes are open.
        (await late.Get("/api/auth/me", token)).MustFail(503);
        (await late.Get("/api/auth/health")).MustSucceed();
        await late.Looks(() => Task.FromResult(Volatile.Read(ref asked) >= 5));
        Assert.Equal(1, late.Faults.Warnings);

        Volatile.Write(ref fails, false);
        await late.Looks(() => Task.FromResult(late.Ended.Filled.IsCompleted));
        (await late.Get("/api/auth/me", token)).MustFail(401);
        (await late.Get("/api/auth/me", late.Tokens.MintInternal())).MustSucceed();
    }

    [Fact]
    public async Task What_has_expired_is_forgotten_and_nothing_else()
    {
        var (now, grains) = (gateway.Time.GetUtcNow(), gateway.Grains);
        var ended = new EndedTokens(grains, gateway.Time);
        for (var i = 0; i < 1000; i++)
            ended.Add(new(RecordId.New(now), now.ToUnixTimeSeconds() + i, now));
        ended.Add(new(TestGateway.Somebody.Value, long.MaxValue, now));

        gateway.Time.Advance(TimeSpan.FromSeconds(500) + Tokens.Leeway);
        ended.Tidy();

        Assert.Equal(501, ended.Count);
        Assert.True(ended.Has(TestGateway.Somebody.Value, long.MaxValue));
    }

    private async Task Refused(string token) => await gateway.Looks(async () => await gateway.Tokens.Verify(token) is null);
}
