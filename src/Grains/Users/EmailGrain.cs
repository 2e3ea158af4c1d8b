using Microsoft.Extensions.Logging;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Users;

[GrainType(EmailGrain.Name)]
internal sealed class EmailGrain(
    [PersistentState(EmailGrain.Name)] IPersistentState<Claim> claim,
    IUserRecords users,
    TimeProvider time,
    IGrainContext context,
    ILogger<EmailGrain> log) : IEmailGrain, IGrainBase
{
    /// <summary>The name of the grain and of its state. Never changed: it is stored.</summary>
    internal const string Name = "email";

    private readonly Departure departure = new();

    public IGrainContext GrainContext => context;

    public async Task<Answer<bool>> Claim(UserId owner)
    {
        var carried = claim.State.Owner is { } other && other != owner.Value && await Carries(other);
        var now = time.GetUtcNow();
        switch (claim.State.Judge(owner.Value, carried, now))
        {
            case ClaimVerdict.Granted:
                return await claim.TryReplace(new() { Owner = owner.Value, ClaimedAt = now }, context, log) ? true : default(Answer<bool>);
            case ClaimVerdict.Taken:
                return Refusal.EmailTaken;
            case ClaimVerdict.UnderWay:
            default:
                return default;
        }
    }

    public async Task Release(UserId owner)
    {
        // A failed release needs no repair: the owner's record does not carry the e-mail any more, so the claim lapses by itself.
        if (claim.State.Owner == owner.Value) await claim.TryClear(context, log);
        // Given up, mostly, by a registration that came to nothing; those are not kept in memory.
        departure.Begin(this);
    }

    public async Task<UserId?> Owner()
    {
        if (claim.State.Owner is { } owner && await Carries(owner)) return new UserId(owner);
        // Strangers ask for e-mails nobody has; those are not kept in memory.
        departure.Begin(this);
        return null;
    }

    private async ValueTask<bool> Carries(RecordId owner) =>
        await users.Find(new(owner)) is { } record && record.Email == this.GetPrimaryKeyString();
}
