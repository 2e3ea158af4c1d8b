using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Tests.Users;

[Collection(AccountCluster.Name)]
public sealed class RegistrationTests(AccountCluster accounts)
{
    private const string Password = "Correct-Horse-7";

    [Fact]
    public async Task Ten_registrations_of_one_email_at_once_make_exactly_one_account()
    {
        var profile = accounts.NewProfile();
        var users = Enumerable.Range(0, 10).Select(_ => accounts.NewUser()).ToArray();

        var answers = await Task.WhenAll(users.Select(user => user.Register(profile, Password, Role.User)));

        var done = Assert.Single(answers, answer => answer.IsDone);
        Assert.All(answers.Where(answer => !answer.IsDone), answer => Assert.True(answer.Outcome == Outcome.Unknown || answer.Refusal == Refusal.EmailTaken));
        Assert.Equal(done.Value!.UserId, await accounts.Email(profile.Email).Owner());
        var page = await accounts.Grains.GetGrain<IUserListGrain>(0).List(PageRequest.First);
        Assert.Single(page.Items, user => user.Email == profile.Email);
        Assert.Single(accounts.Neighbours.Notifications.Values, told => users.Any(user => user.GetPrimaryKeyString() == told.Addressee.ToString()));
        Assert.Equal(Refusal.EmailTaken, (await accounts.NewUser().Register(profile, Password, Role.User)).Refusal);
    }

    [Fact]
    public async Task A_registration_that_comes_to_nothing_is_not_kept_in_memory()
    {
        var profile = accounts.NewProfile();
        await accounts.NewUser().Register(profile, Password, Role.User);
        var late = accounts.NewUser();

        Assert.Equal(Refusal.EmailTaken, (await late.Register(profile, Password, Role.User)).Refusal);

        await accounts.LeavesMemory(late);
    }

    [Fact]
    public async Task A_registered_person_can_be_read_checked_and_is_welcomed_once()
    {
        var user = accounts.NewUser();
        var profile = accounts.NewProfile();

        var first = await user.Register(profile, Password, Role.EventCreator);
        var again = await user.Register(profile, Password, Role.EventCreator);

        Assert.True(first.IsDone);
        Assert.Equal(first, again);
        Assert.Equal(Role.EventCreator, first.Value.Role);
        Assert.Equal(new UserRecord(first.Value.UserId, profile.FirstName, profile.LastName, profile.Email), (await user.Read()).Value);
        Assert.Equal(first, await accounts.Credential(user.GetPrimaryKeyString()).Check(Password));
        var welcome = Assert.Single(accounts.Neighbours.Notifications.Values, told => told.Addressee == first.Value.UserId);
        Assert.Contains("Ticketing", welcome.Message, StringComparison.Ordinal);
        Assert.InRange(welcome.Message.Length, 10, 100);
    }

    [Fact]
    public async Task A_claim_left_alone_by_a_crash_lapses_after_two_minutes()
    {
        var profile = accounts.NewProfile();
        Assert.True((await accounts.Email(profile.Email).Claim(UserId.New(accounts.Time.GetUtcNow()))).IsDone);
        Assert.Null(await accounts.Email(profile.Email).Owner());

        accounts.Time.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(Outcome.Unknown, (await accounts.NewUser().Register(profile, Password, Role.User)).Outcome);

        accounts.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await accounts.NewUser().Register(profile, Password, Role.User)).IsDone);
    }

    [Fact]
    public async Task A_registration_slower_than_its_claim_stores_no_profile_until_it_claims_again()
    {
        var user = accounts.NewUser();
        var profile = accounts.NewProfile();
        accounts.Store.BeforeNextWrite("credential", user.GetPrimaryKeyString(), () => accounts.Time.Advance(TimeSpan.FromSeconds(61)));

        Assert.Equal(Outcome.Unknown, (await user.Register(profile, Password, Role.User)).Outcome);
        Assert.False(accounts.Store.Has("user", user.GetPrimaryKeyString()));
        Assert.True((await user.Register(profile, Password, Role.User)).IsDone);
    }

    [Fact]
    public async Task A_profile_that_could_not_be_written_is_no_account_until_the_registration_is_repeated()
    {
        var user = accounts.NewUser();
        var profile = accounts.NewProfile();
        accounts.Store.FailNextWrite("user", user.GetPrimaryKeyString(), WriteFault.Lost);

        Assert.Equal(Outcome.Unknown, (await user.Register(profile, Password, Role.User)).Outcome);
        Assert.Equal(Refusal.NoSuchUser, (await user.Read()).Refusal);
        Assert.Null(await accounts.Email(profile.Email).Owner());

        Assert.True((await user.Register(profile, Password, Role.User)).IsDone);
        Assert.Equal(profile.Email, (await user.Read()).Value?.Email);
    }

    [Fact]
    public async Task A_profile_whose_acknowledgement_was_lost_is_found_by_repeating_the_registration()
    {
        var user = accounts.NewUser();
        var profile = accounts.NewProfile();
        accounts.Store.FailNextWrite("user", user.GetPrimaryKeyString(), WriteFault.StoredUnacknowledged);

        Assert.Equal(Outcome.Unknown, (await user.Register(profile, Password, Role.User)).Outcome);
        Assert.Equal(profile.Email, (await user.Read()).Value?.Email);
        Assert.Equal(Refusal.EmailTaken, (await accounts.NewUser().Register(profile, Password, Role.User)).Refusal);
        Assert.True((await user.Register(profile, Password, Role.User)).IsDone);
    }

    [Fact]
    public async Task A_credential_that_could_not_be_stored_frees_the_email_at_once()
    {
        var user = accounts.NewUser();
        var profile = accounts.NewProfile();
        accounts.Store.FailNextWrite("credential", user.GetPrimaryKeyString(), WriteFault.Lost);

        Assert.Equal(Outcome.Unknown, (await user.Register(profile, Password, Role.User)).Outcome);
        Assert.True((await accounts.NewUser().Register(profile, Password, Role.User)).IsDone);
    }

    [Fact]
    public async Task A_claim_that_could_not_be_stored_is_unknown_and_leaves_the_email_free()
    {
        var profile = accounts.NewProfile();
        accounts.Store.FailNextWrite("email", profile.Email, WriteFault.Lost);

        Assert.Equal(Outcome.Unknown, (await accounts.NewUser().Create(profile)).Outcome);
        Assert.True((await accounts.NewUser().Create(profile)).IsDone);
    }

    [Fact]
    public async Task A_profile_made_twice_is_one_and_carries_no_credential()
    {
        var user = accounts.NewUser();
        var profile = accounts.NewProfile();

        var first = await user.Create(profile);
        Assert.True(first.IsDone);
        Assert.Equal(first, await user.Create(profile));
        Assert.Equal(Refusal.EmailTaken, (await accounts.NewUser().Create(profile)).Refusal);
        Assert.False(accounts.Store.Has("credential", user.GetPrimaryKeyString()));
    }
}
