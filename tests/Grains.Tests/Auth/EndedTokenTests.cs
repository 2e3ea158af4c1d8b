using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Tests.Users;

namespace Ticketing.Grains.Tests.Auth;

/// <summary>Logging out, and how long guesses wait.</summary>
[Collection(AccountCluster.Name)]
public sealed class EndedTokenTests(AccountCluster accounts)
{
    private const string Password = "Tr0ub4dor-and-3";
    private const string Wrong = "Tr0ub4dor-and-4";

    private long InAnHour => accounts.Time.GetUtcNow().AddHours(1).ToUnixTimeSeconds();

    [Fact]
    public async Task An_ended_token_is_kept_and_listed_by_when_it_was_ended()
    {
        var (before, token) = (accounts.Time.GetUtcNow(), NewId());
        accounts.Time.Advance(TimeSpan.FromMilliseconds(1));

        var ended = await NewCredential().End(token, InAnHour);

        Assert.Equal(new EndedToken(token, InAnHour, accounts.Time.GetUtcNow()), ended.Value);
        Assert.Equal(ended.Value, accounts.Ended.Of(token));
        var list = accounts.Grains.GetGrain<IEndedTokenListGrain>(0);
        Assert.Contains(ended.Value, (await list.Since(before, PageRequest.First)).Items);
        Assert.DoesNotContain(ended.Value, (await list.Since(accounts.Time.GetUtcNow(), PageRequest.First)).Items);
    }

    [Fact]
    public async Task An_end_that_could_not_be_kept_is_unknown_and_may_be_repeated()
    {
        var (credential, token) = (NewCredential(), NewId());
        accounts.Ended.FailNext[token] = true;

        Assert.Equal(Outcome.Unknown, (await credential.End(token, InAnHour)).Outcome);
        Assert.Null(accounts.Ended.Of(token));
        Assert.True((await credential.End(token, InAnHour)).IsDone);
    }

    [Fact]
    public async Task A_hundred_and_first_logout_within_an_hour_ends_all_tokens_up_to_its_own()
    {
        var credential = NewCredential();
        await credential.Create(Password, Role.User);
        for (var i = 0; i < 100; i++)
        {
            var one = NewId();
            Assert.Equal(one, (await credential.End(one, InAnHour - i)).Value!.Key);
        }

        var all = (await credential.End(NewId(), InAnHour)).Value!;
        var afterwards = (await credential.End(NewId(), InAnHour - 7)).Value!;

        Assert.Equal((Key(credential), InAnHour), (all.Key, all.Expires));
        // What was ended once stays ended: the later, smaller end takes nothing back.
        Assert.Equal((Key(credential), InAnHour), (afterwards.Key, afterwards.Expires));
        accounts.Time.Advance(TimeSpan.FromHours(1));
        var later = NewId();
        Assert.Equal(later, (await credential.End(later, InAnHour)).Value!.Key);
    }

    [Fact]
    public async Task Removing_a_credential_ends_the_account_s_tokens_first_also_where_there_is_none()
    {
        var (credential, expiry) = (NewCredential(), InAnHour);
        await credential.Create(Password, Role.User);
        accounts.Ended.FailNext[Key(credential)] = true;

        Assert.Equal(Outcome.Unknown, (await credential.Remove(expiry)).Outcome);
        Assert.True((await credential.Read()).IsDone);
        Assert.True((await credential.Remove(expiry)).IsDone);
        Assert.Equal(expiry, accounts.Ended.Of(Key(credential))!.Expires);
        Assert.Equal(Refusal.NoSuchUser, (await credential.Remove(expiry + 5)).Refusal);
        Assert.Equal(expiry + 5, accounts.Ended.Of(Key(credential))!.Expires);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task How_long_to_wait_is_true_to_the_window_and_the_same_for_an_account_that_does_not_exist(bool exists)
    {
        var credential = NewCredential();
        if (exists) await credential.Create(Password, Role.User);
        Assert.Equal(TimeSpan.Zero, await credential.Wait());
        var first = await accounts.Pay(credential.Check(Wrong));
        Assert.Equal(Refusal.WrongCredentials, first.Refusal);
        var since = accounts.Time.GetUtcNow() - AccountClock.Delay;
        for (var guess = 1; guess < 10; guess++)
        {
            Assert.Equal(TimeSpan.Zero, await credential.Wait());
            await accounts.Pay(credential.Check(Wrong));
        }

        accounts.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(since + TimeSpan.FromMinutes(15) - accounts.Time.GetUtcNow(), await credential.Wait());
        accounts.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(TimeSpan.Zero, await credential.Wait());
    }

    private static RecordId Key(ICredentialGrain credential) => RecordId.Parse(credential.GetPrimaryKeyString());

    private RecordId NewId() => RecordId.New(accounts.Time.GetUtcNow());

    private ICredentialGrain NewCredential() => accounts.Credential(UserId.New(accounts.Time.GetUtcNow()).ToString());
}
