using Ticketing.Grains.Abstractions;

namespace Ticketing.Grains;

/// <summary>What may become of a request for a unique value.</summary>
internal enum ClaimVerdict
{
    /// <summary>The claimant gets it, or keeps it, from now on, once that is stored.</summary>
    Granted,

    /// <summary>Somebody else claimed it moments ago and may be about to store a record with it: ask again.</summary>
    UnderWay,

    /// <summary>Somebody else's record carries it.</summary>
    Taken,
}

/// <summary>
/// Who has a unique value: what EmailGrain and TitleGrain keep. A claim comes before the record that carries the value, so a crash between
/// the two leaves a claim alone; it lapses after <see cref="Lease"/>. A claimant stores its record within <see cref="Promise"/> of asking, or not at all.
/// </summary>
public sealed record Claim
{
    /// <summary>How long a claim stands without a record that carries the value.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long a claimant may take from asking to storing its record. Half of the lease: the other half is for the store to answer, so that
    /// a slow claimant cannot store its record after another one took the value over.
    /// </summary>
    public static readonly TimeSpan Promise = TimeSpan.FromMinutes(1);

    /// <summary>The id of the record that has the value, or nothing when the value is free.</summary>
    public RecordId? Owner { get; init; }

    /// <summary>When the owner last asked for it.</summary>
    public DateTimeOffset ClaimedAt { get; init; }

    /// <summary>Decides what a claimant gets.</summary>
    /// <param name="claimant">Who asks.</param>
    /// <param name="carried">Whether the present owner's record exists and carries the value.</param>
    /// <param name="now">When.</param>
    internal ClaimVerdict Judge(RecordId claimant, bool carried, DateTimeOffset now)
    {
        // A claim of one's own is renewed, however young: what is granted must stand for the whole lease.
        if (Owner is null || Owner == claimant) return ClaimVerdict.Granted;
        if (carried) return ClaimVerdict.Taken;
        return now - ClaimedAt < Lease ? ClaimVerdict.UnderWay : ClaimVerdict.Granted;
    }
}
