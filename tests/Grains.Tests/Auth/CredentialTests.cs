using System.Text.Json;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Auth;
using Ticketing.Grains.Tests.Users;

namespace Ticketing.Grains.Tests.Auth;

[Collection(AccountCluster.Name)]
public sealed class CredentialTests(AccountCluster accounts)
{
    private const string Password = "Tr0ub4dor-and-3";
    private const string Wrong = "Tr0ub4dor-and-4";

    [Fact]
    public async Task A_wrong_password_and_an_unknown_account_get_the_same_answer_after_the_same_delay()
    {
        var (known, unknown) = (NewCredential(), NewCredential());
        await known.Create(Password, Role.User);

        var wrong = await accounts.Pay(known.Check(Wrong));
        var nobody = await accounts.Pay(unknown.Check(Wrong));

        Assert.Equal(Refusal.WrongCredentials, wrong.Refusal);
        Assert.Equal(wrong, nobody);
        Assert.False(accounts.Store.Has("credential", unknown.GetPrimaryKeyString()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_ten_wrong_passwords_none_is_looked_at_until_fifteen_minutes_have_passed(bool exists)
    {
        var credential = NewCredential();
        if (exists) await credential.Create(Password, Role.User);
        for (var guess = 0; guess < 10; guess++)
        {
            Assert.Equal(Refusal.WrongCredentials, (await accounts.Pay(credential.Check(Wrong))).Refusal);
        }

        Assert.Equal(Refusal.TooManyGuesses, (await credential.Check(Password)).Refusal);

        accounts.Time.Advance(TimeSpan.FromMinutes(15));
        var later = exists ? await credential.Check(Password) : await accounts.Pay(credential.Check(Password));
        Assert.Equal(exists ? Outcome.Done : Outcome.Refused, later.Outcome);
    }

    [Fact]
    public async Task The_right_password_forgives_the_wrong_ones_before_it()
    {
        var credential = NewCredential();
        await credential.Create(Password, Role.User);
        for (var guess = 0; guess < 18; guess++)
        {
            Assert.Equal(Refusal.WrongCredentials, (await accounts.Pay(credential.Check(Wrong))).Refusal);
            if (guess == 8) Assert.True((await credential.Check(Password)).IsDone);
        }

        Assert.True((await credential.Check(Password)).IsDone);
    }

    [Fact]
    public async Task A_second_password_never_replaces_the_first()
    {
        var credential = NewCredential();
        var first = await credential.Create(Password, Role.User);

        Assert.Equal(first, await credential.Create(Password, Role.Admin));
        Assert.Equal(Refusal.WrongCredentials, (await accounts.Pay(credential.Create(Wrong, Role.Admin))).Refusal);
        Assert.Equal(first, await credential.Check(Password));
    }

    [Fact]
    public async Task Creating_again_is_no_way_around_the_limit_of_guesses()
    {
        var credential = NewCredential();
        await credential.Create(Password, Role.User);
        for (var guess = 0; guess < 10; guess++) await accounts.Pay(credential.Create(Wrong, Role.User));

        Assert.Equal(Refusal.TooManyGuesses, (await credential.Create(Password, Role.User)).Refusal);
    }

    [Fact]
    public async Task The_password_is_in_no_store_no_answer_and_no_log_and_the_hash_stays_behind()
    {
        const string secret = "Never-Written-1";
        var credential = NewCredential();
        var created = await credential.Create(secret, Role.User);
        var answers = JsonSerializer.Serialize(new[] { created, await credential.Check(secret), await accounts.Pay(credential.Check(secret + "!")) });
        var hash = accounts.Store.Read<CredentialState>("credential", credential.GetPrimaryKeyString())!.PasswordHash;

        Assert.StartsWith("$2", hash, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, accounts.Store.Text + answers + accounts.LogText, StringComparison.Ordinal);
        Assert.DoesNotContain(hash, answers + accounts.LogText, StringComparison.Ordinal);
        Assert.NotEmpty(accounts.LogText);
    }

    [Fact]
    public async Task A_credential_that_could_not_be_stored_is_none_until_it_is_created_again()
    {
        var credential = NewCredential();
        accounts.Store.FailNextWrite("credential", credential.GetPrimaryKeyString(), WriteFault.Lost);

        Assert.Equal(Outcome.Unknown, (await credential.Create(Password, Role.User)).Outcome);
        Assert.Equal(Refusal.WrongCredentials, (await accounts.Pay(credential.Check(Password))).Refusal);
        Assert.True((await credential.Create(Password, Role.User)).IsDone);
        Assert.True((await credential.Check(Password)).IsDone);
    }

    [Fact]
    public async Task A_removed_credential_opens_nothing_and_is_none()
    {
        var credential = NewCredential();
        var created = await credential.Create(Password, Role.User);

        Assert.Equal(created, await credential.Remove(null));
        Assert.Equal(Refusal.NoSuchUser, (await credential.Remove(null)).Refusal);
        Assert.Equal(Refusal.NoSuchUser, (await credential.Read()).Refusal);
        Assert.Equal(Refusal.NoSuchUser, (await credential.SetRole(Role.Admin)).Refusal);
        Assert.False(accounts.Store.Has("credential", credential.GetPrimaryKeyString()));
        Assert.Equal(Refusal.WrongCredentials, (await accounts.Pay(credential.Check(Password))).Refusal);
    }

    [Fact]
    public async Task Another_role_keeps_the_password_and_is_listed_with_its_hash()
    {
        var credential = NewCredential();
        var created = (await credential.Create(Password, Role.User)).Value!;

        var changed = (await credential.SetRole(Role.EventCreator)).Value!;

        Assert.Equal(created with { Role = Role.EventCreator }, changed);
        Assert.Equal(changed, (await credential.Check(Password)).Value);
        Assert.Equal(changed, (await credential.Read()).Value);
        var page = await accounts.Grains.GetGrain<ICredentialListGrain>(0).List(PageRequest.First);
        Assert.StartsWith("$2", Assert.Single(page.Items, stored => stored.Credential == changed).PasswordHash, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_could_not_be_stored_is_unknown_and_the_one_before_stays()
    {
        var credential = NewCredential();
        await credential.Create(Password, Role.Operator);
        accounts.Store.FailNextWrite("credential", credential.GetPrimaryKeyString(), WriteFault.Lost);

        Assert.Equal(Outcome.Unknown, (await credential.SetRole(Role.Admin)).Outcome);
        Assert.Equal(Role.Operator, (await credential.Read()).Value!.Role);
    }

    private ICredentialGrain NewCredential() => accounts.Credential(RecordId.New(accounts.Time.GetUtcNow()).ToString());
}
