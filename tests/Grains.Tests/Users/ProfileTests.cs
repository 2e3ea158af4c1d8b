using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.Grains.Tests.Users;

[Collection(AccountCluster.Name)]
public sealed class ProfileTests(AccountCluster accounts)
{
    [Fact]
    public async Task A_changed_email_is_the_login_name_and_the_old_one_is_free_at_once()
    {
        var (before, after) = (accounts.NewProfile(), accounts.NewProfile());
        var user = accounts.NewUser();
        var account = await user.Register(before, "Correct-Horse-7", Role.User);

        var changed = await user.Update(after);

        Assert.Equal(after.Email, changed.Value?.Email);
        Assert.Equal(account.Value!.UserId, await accounts.Email(after.Email).Owner());
        Assert.Null(await accounts.Email(before.Email).Owner());
        Assert.True((await accounts.NewUser().Create(before)).IsDone);
    }

    [Fact]
    public async Task A_changed_name_keeps_the_email()
    {
        var profile = accounts.NewProfile();
        var user = accounts.NewUser();
        await user.Create(profile);

        var changed = await user.Update(profile with { FirstName = "augusta" });

        Assert.Equal("augusta", changed.Value?.FirstName);
        Assert.Equal(changed.Value?.Id, await accounts.Email(profile.Email).Owner());
    }

    [Fact]
    public async Task Anothers_email_is_refused_and_nothing_changes()
    {
        var (mine, theirs) = (accounts.NewProfile(), accounts.NewProfile());
        var user = accounts.NewUser();
        await user.Create(mine);
        await accounts.NewUser().Create(theirs);

        Assert.Equal(Refusal.EmailTaken, (await user.Update(theirs)).Refusal);
        Assert.Equal(mine.Email, (await user.Read()).Value?.Email);
        Assert.NotNull(await accounts.Email(mine.Email).Owner());
    }

    [Fact]
    public async Task A_change_that_could_not_be_written_leaves_the_profile_and_its_email_as_they_were()
    {
        var (before, after) = (accounts.NewProfile(), accounts.NewProfile());
        var user = accounts.NewUser();
        await user.Create(before);
        accounts.Store.FailNextWrite("user", user.GetPrimaryKeyString(), WriteFault.Lost);

        Assert.Equal(Outcome.Unknown, (await user.Update(after)).Outcome);
        Assert.Equal(before.Email, (await user.Read()).Value?.Email);
        Assert.NotNull(await accounts.Email(before.Email).Owner());
        Assert.Null(await accounts.Email(after.Email).Owner());

        Assert.Equal(after.Email, (await user.Update(after)).Value?.Email);
    }

    [Fact]
    public async Task Somebody_else_cannot_give_an_email_away()
    {
        var profile = accounts.NewProfile();
        var owner = await accounts.NewUser().Create(profile);

        await accounts.Email(profile.Email).Release(Abstractions.Users.UserId.New(accounts.Time.GetUtcNow()));

        Assert.Equal(owner.Value?.Id, await accounts.Email(profile.Email).Owner());
    }

    [Fact]
    public async Task A_user_that_does_not_exist_is_neither_read_nor_changed_nor_kept_in_memory()
    {
        var user = accounts.NewUser();

        Assert.Equal(Refusal.NoSuchUser, (await user.Update(accounts.NewProfile())).Refusal);
        Assert.Equal(Refusal.NoSuchUser, (await user.Read()).Refusal);

        Assert.False(accounts.Store.Has("user", user.GetPrimaryKeyString()));
        await accounts.LeavesMemory(user);
    }
}
