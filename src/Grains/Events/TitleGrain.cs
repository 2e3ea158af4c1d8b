using Microsoft.Extensions.Logging;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;

namespace Ticketing.Grains.Events;

[GrainType(TitleGrain.Name)]
internal sealed class TitleGrain(
    [PersistentState(TitleGrain.Name)] IPersistentState<Claim> claim,
    IEventRecords events,
    IJournal journal,
    TimeProvider time,
    IGrainContext context,
    ILogger<TitleGrain> log) : ITitleGrain, IGrainBase
{
    /// <summary>The name of the grain and of its state. Never changed: it is stored.</summary>
    internal const string Name = "title";

    public IGrainContext GrainContext => context;

    public async Task<Answer<bool>> Claim(EventKey owner)
    {
        var before = claim.State.Owner is { } other && other != owner.Value ? other : default(RecordId?);
        var carried = before is not null && await Carries(before.Value);
        switch (claim.State.Judge(owner.Value, carried, time.GetUtcNow()))
        {
            case ClaimVerdict.Granted when before is not null && await WillCarry(before.Value):
                return Refusal.TitleTaken;
            case ClaimVerdict.Granted:
                return await claim.TryReplace(new() { Owner = owner.Value, ClaimedAt = time.GetUtcNow() }, context, log) ? true : default(Answer<bool>);
            case ClaimVerdict.Taken:
                return Refusal.TitleTaken;
            case ClaimVerdict.UnderWay:
            default:
                return default;
        }
    }

    public async Task Release(EventKey owner)
    {
        // A failed release needs no repair: the owner's record does not carry the title any more, so the claim lapses by itself.
        if (claim.State.Owner == owner.Value) await claim.TryClear(context, log);
    }

    private async ValueTask<bool> Carries(RecordId owner) =>
        await events.Find(new(owner)) is { } record && record.Details.Title == this.GetPrimaryKeyString();

    /// <summary>Whether an event has the title although its record does not say so: a silo that died between a batch and its records leaves it so until the event wakes.</summary>
    private async Task<bool> WillCarry(RecordId owner)
    {
        try
        {
            return await Ledger.Read(new(owner), journal) is { Exists: true } sale && sale.Details.Title == this.GetPrimaryKeyString();
        }
        catch (InvalidDataException)
        {
            // A journal that cannot be read may have it. Its event tells the damage when somebody asks for it.
            return true;
        }
    }
}
