namespace Ticketing.Grains.Events;

/// <summary>How sales are run.</summary>
/// <param name="PaymentTimeout">How long a ticket waits for its payment; after that its seat can be sold again. More than zero.</param>
public sealed record SaleSettings(TimeSpan PaymentTimeout)
{
    /// <summary>How long an event's journal grows, in bytes, before a snapshot spares the next activation reading it.</summary>
    internal int SnapshotAfterBytes { get; init; } = Ledger.SnapshotAfterBytes;

    /// <summary>A day: a provider may be out of order for hours, and a school's computer off overnight.</summary>
    public static SaleSettings Default { get; } = new(TimeSpan.FromHours(24));
}
