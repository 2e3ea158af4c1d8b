using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.Grains.Tests.Users;

/// <summary>A person is erased, step by step, and each step can fail.</summary>
[Collection(AccountCluster.Name)]
public sealed class DeletionTests(AccountCluster accounts)
{
    private const string Password = "Correct-Horse-7";

    private long InAnHour => accounts.Time.GetUtcNow().AddHours(1).ToUnixTimeSeconds();

    [Fact]
    public async Task A_deleted_person_is_nowhere_and_the_email_is_another_s_at_once()
    {
        var (user, profile, expiry) = (accounts.NewUser(), accounts.NewProfile(), InAnHour);
        await user.Register(profile, Password, Role.User);

        var deleted = await user.Delete(expiry);

        Assert.Equal((profile.Email, profile.LastName), (deleted.Value!.Email, deleted.Value.LastName));
        Assert.Equal(Refusal.NoSuchUser, (await user.Read()).Refusal);
        Assert.Equal(Refusal.NoSuchUser, (await user.Update(profile)).Refusal);
        Assert.Equal(Refusal.NoSuchUser, (await user.Delete(expiry)).Refusal);
        Assert.Equal(Refusal.NoSuchUser, (await accounts.Credential(user.GetPrimaryKeyString()).Read()).Refusal);
        Assert.Null(await accounts.Email(profile.Email).Owner());
        Assert.Equal(expiry, accounts.Ended.Of(deleted.Value.Id.Value)!.Expires);
        Assert.DoesNotContain(profile.Email, accounts.Store.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(user.GetPrimaryKeyString(), accounts.Store.Text, StringComparison.Ordinal);

        var next = accounts.NewUser();
        var registered = await next.Register(profile, Password, Role.User);
        Assert.True(registered.IsDone);
        Assert.NotEqual(deleted.Value.Id, registered.Value.UserId);
        Assert.Null(accounts.Ended.Of(registered.Value.UserId.Value));
    }

    [Fact]
    public async Task A_profile_without_a_credential_is_deleted_too()
    {
        var (user, profile) = (accounts.NewUser(), accounts.NewProfile());
        await user.Create(profile);

        Assert.True((await user.Delete(InAnHour)).IsDone);
        Assert.Equal(Refusal.NoSuchUser, (await user.Read()).Refusal);
    }

    [Theory]
    [InlineData("tokens")]
    [InlineData("credential")]
    [InlineData("user")]
    public async Task A_deletion_that_breaks_off_at_any_step_is_unknown_and_finished_by_repeating_it(string step)
    {
        var (user, profile) = (accounts.NewUser(), accounts.NewProfile());
        var id = (await user.Register(profile, Password, Role.User)).Value!.UserId;
        if (step == "tokens") accounts.Ended.FailNext[id.Value] = true;
        else accounts.Store.FailNextClear(step, id.ToString(), WriteFault.Lost);

        Assert.Equal(Outcome.Unknown, (await user.Delete(InAnHour)).Outcome);
        Assert.Equal(profile.Email, (await user.Read()).Value!.Email);
        Assert.Equal(profile.Email, (await user.Delete(InAnHour)).Value!.Email);
        Assert.Equal(Refusal.NoSuchUser, (await user.Read()).Refusal);
        Assert.Equal(Refusal.NoSuchUser, (await accounts.Credential(id.ToString()).Read()).Refusal);
        Assert.True((await accounts.NewUser().Register(profile, Password, Role.User)).IsDone);
    }

    [Fact]
    public async Task A_deletion_whose_acknowledgement_was_lost_has_happened_and_the_email_is_free()
    {
        var (user, profile) = (accounts.NewUser(), accounts.NewProfile());
        await user.Register(profile, Password, Role.User);
        accounts.Store.FailNextClear("user", user.GetPrimaryKeyString(), WriteFault.StoredUnacknowledged);

        Assert.Equal(Outcome.Unknown, (await user.Delete(InAnHour)).Outcome);
        Assert.Equal(Refusal.NoSuchUser, (await user.Delete(InAnHour)).Refusal);
        // The claim was not given back, but nobody's profile carries the e-mail: it lapses with its lease.
        accounts.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.True((await accounts.NewUser().Register(profile, Password, Role.User)).IsDone);
    }

    [Fact]
    public async Task Registrations_and_changes_that_meet_a_deletion_leave_no_credential_without_a_profile()
    {
        for (var round = 0; round < 20; round++)
        {
            var (user, profile) = (accounts.NewUser(), accounts.NewProfile());
            var register = user.Register(profile, Password, Role.User);
            var change = user.Update(profile with { Email = accounts.NewProfile().Email });
            var delete = user.Delete(InAnHour);
            await Task.WhenAll(register, change, delete);

            var (read, credential) = (await user.Read(), await accounts.Credential(user.GetPrimaryKeyString()).Read());
            Assert.Equal(read.IsDone, credential.IsDone);
            if ((await delete).IsDone) Assert.True((await accounts.NewUser().Register(profile, Password, Role.User)).IsDone);
        }
    }
}
