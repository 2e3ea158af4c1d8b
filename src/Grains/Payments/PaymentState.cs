using Ticketing.Grains.Abstractions.Payments;

namespace Ticketing.Grains.Payments;

/// <summary>What a PaymentGrain keeps. Most are born in the purchase's own commit, as a record of the event's ledger.</summary>
public sealed record PaymentState
{
    /// <summary>The number of shards the payments job is divided into. Never changed: it is stored with every payment.</summary>
    public const int Shards = 16;

    /// <summary>The payment, or nothing when there is none.</summary>
    public PaymentRecord? Payment { get; init; }

    /// <summary>What the provider made of the card. It is no card data.</summary>
    public string CardToken { get; init; } = "";

    /// <summary>When the job must look at it (again); nothing when it is done and the event knows.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>How often the provider was asked in vain.</summary>
    public int Attempts { get; init; }

    /// <summary>
    /// Whether it was deleted. The record stays: its birth may be repeated by the ledger it comes from, and its ticket may still end and want the money back.
    /// </summary>
    public bool IsDeleted { get; init; }

    /// <summary>The shard of a payment, 0 to <see cref="Shards"/> - 1.</summary>
    public static int ShardOf(PaymentId id) => id.Value.Bucket(Shards);
}
