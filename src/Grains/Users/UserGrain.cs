using Microsoft.Extensions.Logging;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Notifications;

namespace Ticketing.Grains.Users;

[GrainType("user")]
internal sealed class UserGrain(
    [PersistentState("user")] IPersistentState<UserState> user,
    IGrainFactory grains,
    TimeProvider time,
    IGrainContext context,
    ILogger<UserGrain> log) : IUserGrain, IGrainBase
{
    private readonly Departure departure = new();

    public IGrainContext GrainContext => context;

    private UserId Id => UserId.Parse(this.GetPrimaryKeyString());

    public async Task<Answer<UserRecord>> Create(Profile profile)
    {
        if (user.State.Profile is { } existing) return existing;

        var askedAt = time.GetUtcNow();
        var claim = await Email(profile.Email).Claim(Id);
        return claim.IsDone ? await Store(profile, askedAt) : NotDone<UserRecord>(claim);
    }

    public async Task<Answer<CredentialRecord>> Register(Profile profile, string password, Role role)
    {
        var askedAt = time.GetUtcNow();
        var isNew = user.State.Profile is null;
        if (isNew)
        {
            var claim = await Email(profile.Email).Claim(Id);
            if (!claim.IsDone) return NotMade(NotDone<CredentialRecord>(claim));
        }

        var credential = await grains.GetGrain<ICredentialGrain>(this.GetPrimaryKeyString()).Create(password, role);
        if (!credential.IsDone)
        {
            if (isNew) await Email(profile.Email).Release(Id);
            return NotMade(credential);
        }

        if (isNew)
        {
            var stored = await Store(profile, askedAt);
            if (!stored.IsDone) return default;
        }

        // The id is derived, so that a repeated registration welcomes once.
        var welcome = new NotificationId(RecordId.Derived(Id.Value.CreatedAt, Id.Value, 0));
        var welcomed = await grains.GetGrain<INotificationGrain>(welcome.ToString()).Create(Id, Messages.Welcome);
        return welcomed.IsDone ? credential : default;
    }

    public async Task<Answer<UserRecord>> Update(Profile profile)
    {
        if (user.State.Profile is not { } before) return NoSuchUser();

        var askedAt = time.GetUtcNow();
        if (profile.Email == before.Email) return await Store(profile, askedAt);

        var claim = await Email(profile.Email).Claim(Id);
        if (!claim.IsDone) return NotDone<UserRecord>(claim);

        var stored = await Store(profile, askedAt);
        if (stored.IsDone) await Email(before.Email).Release(Id);
        return stored;
    }

    public ValueTask<Answer<UserRecord>> Read() => new(user.State.Profile is { } profile ? profile : NoSuchUser());

    public async Task<Answer<UserRecord>> Delete(long tokensExpireBy)
    {
        if (user.State.Profile is not { } profile) return NoSuchUser();

        // The profile goes after the credential: while it is there, the deletion can be repeated from the start.
        var removed = await grains.GetGrain<ICredentialGrain>(this.GetPrimaryKeyString()).Remove(tokensExpireBy);
        if (removed.Outcome == Outcome.Unknown || !await user.TryClear(context, log)) return default;
        await Email(profile.Email).Release(Id);
        return profile;
    }

    /// <summary>Stores the profile, unless the claim of its e-mail may lapse meanwhile: then nobody may rely on it, and it is to be claimed again.</summary>
    private async Task<Answer<UserRecord>> Store(Profile profile, DateTimeOffset askedAt)
    {
        if (time.GetUtcNow() - askedAt > Claim.Promise) return default;
        var record = new UserRecord(Id, profile.FirstName, profile.LastName, profile.Email);
        return await user.TryReplace(new() { Profile = record }, context, log) ? record : default(Answer<UserRecord>);
    }

    private Answer<UserRecord> NoSuchUser()
    {
        // Anybody can ask for ids that nobody has; those are not kept in memory.
        departure.Begin(this);
        return Refusal.NoSuchUser;
    }

    private Answer<CredentialRecord> NotMade(Answer<CredentialRecord> answer)
    {
        // Anybody can ask for accounts that do not come about; those are not kept in memory.
        if (user.State.Profile is null) departure.Begin(this);
        return answer;
    }

    private IEmailGrain Email(string email) => grains.GetGrain<IEmailGrain>(email);

    private static Answer<T> NotDone<T>(Answer<bool> claim) => claim.Refusal is { } rule ? rule : default(Answer<T>);
}
