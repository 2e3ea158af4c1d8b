namespace Ticketing.History;

/// <summary>Where a ticket stands.</summary>
public enum Standing
{
    /// <summary>Its payment is awaited; it has a seat.</summary>
    Pending,

    /// <summary>It is valid; it has a seat.</summary>
    Active,

    /// <summary>It is cancelled, for good; it has no seat.</summary>
    Cancelled,

    /// <summary>It is refunded, for good; it has no seat.</summary>
    Refunded,
}

/// <summary>How far the return of a ticket's money is.</summary>
public enum MoneyBack
{
    /// <summary>It was not ordered.</summary>
    No,

    /// <summary>It was ordered and is under way.</summary>
    Ordered,

    /// <summary>It was done.</summary>
    Done,
}

/// <summary>A ticket as the facts so far add up to.</summary>
public sealed class FoldedTicket
{
    internal FoldedTicket(Sold sold, long position) => (Sold, Seat, SoldPosition, ChangedAt) = (sold, sold.Seat, position, position);

    /// <summary>The sale that made it: id, owner, price and payment.</summary>
    public Sold Sold { get; }

    /// <summary>The position of the fact that made it.</summary>
    public long SoldPosition { get; }

    /// <summary>The seat that it has or, when it has ended, had last.</summary>
    public uint Seat { get; internal set; }

    /// <summary>Where it stands.</summary>
    public Standing Standing { get; internal set; }

    /// <summary>Whether somebody made it active by hand.</summary>
    public bool IsByHand { get; internal set; }

    /// <summary>Whether it was withdrawn and left every list.</summary>
    public bool IsWithdrawn { get; internal set; }

    /// <summary>How far the return of its money is.</summary>
    public MoneyBack MoneyBack { get; internal set; }

    /// <summary>The position of the last fact that changed its record.</summary>
    public long ChangedAt { get; internal set; }

    /// <summary>Whether it is cancelled or refunded.</summary>
    public bool HasEnded => Standing is Standing.Cancelled or Standing.Refunded;

    internal int Moves { get; set; }

    internal int MovesTold { get; set; }

    internal bool IsEndTold { get; set; }

    internal bool IsActiveTold { get; set; }

    internal bool IsPaymentTold { get; set; }

    /// <summary>The last change of the event that its owner was told of.</summary>
    internal int ChangeTold { get; set; }
}
