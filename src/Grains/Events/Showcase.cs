using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;

namespace Ticketing.Grains.Events;

/// <summary>
/// Keeps what an activation says of its event on the <see cref="AvailabilityBoard"/>: from the first attempt to buy on how the event stands, with each batch that is durable, before anybody is
/// answered; and that it is sold out, from a refusal on until something is decided that could be answered otherwise. Used by the activation alone.
/// </summary>
internal sealed class Showcase
{
    /// <summary>The least time between two descriptions of a sold-out event: each goes through all of its tickets.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Ledger ledger;
    private readonly AvailabilityBoard board;
    private readonly RefusalMeter refusals;
    private Availability? shown;
    // How many operations were known when it was said that the event is sold out, and when that was.
    private int operations;
    private DateTimeOffset described;
    private bool isClosed;

    /// <summary>Begins; the ledger tells it from now on what becomes durable, and when it stops.</summary>
    /// <param name="ledger">The event's ledger.</param>
    /// <param name="board">Where it is shown.</param>
    /// <param name="refusals">Counts those that were refused without asking the event.</param>
    public Showcase(Ledger ledger, AvailabilityBoard board, RefusalMeter refusals)
    {
        (this.ledger, this.board, this.refusals) = (ledger, board, refusals);
        ledger.Showcase = this;
        ShowAtRest();
    }

    private Sale Sale => ledger.Sale;

    /// <summary>Something was decided, and nobody has been told yet.</summary>
    public void Decided()
    {
        // Other details are an operation too.
        if (shown?.SoldOut is not null && !(Sale.IsSoldOut && Sale.OperationCount == operations)) shown.SoldOut = null;
    }

    /// <summary>Purchases were answered, or it is not known what became of them. If one was refused because the event is sold out, others need not ask from now on, if that is durable.</summary>
    public void Answered(Answer<TicketRecord>[]? answers, DateTimeOffset now)
    {
        if (answers is not null && Array.Exists(answers, static answer => answer.Refusal == Refusal.SoldOut)) Refused(now);
    }

    /// <summary>The event stands like this, and that is durable.</summary>
    public void Show(EventChanged changed)
    {
        if (isClosed) return;
        if (changed.IsDeleted) Close();
        else if (shown is not null) shown.Standing = new(changed.Event);
        // Not while more is under way: a reader may have seen that in storage already, and would see an older one now.
        else if (changed.Event.Version == Sale.Position) board.Put(Sale.Key, shown = new(changed.Event));
    }

    /// <summary>Says nothing of the event any more.</summary>
    public void Close()
    {
        isClosed = true;
        if (shown is not null) board.Remove(Sale.Key, shown);
    }

    /// <summary>Somebody was refused because the event is sold out.</summary>
    internal void Refused(DateTimeOffset now)
    {
        // A clock that was set back is no reason to wait.
        if (isClosed || !Sale.IsSoldOut || !ledger.IsAtRest || (now - described).Duration() < Pause || now < shown?.SoldOut?.Until) return;
        if (shown is null) ShowAtRest();
        (described, operations) = (now, Sale.OperationCount);
        shown!.SoldOut = Sale.DescribeSoldOut(() => refusals.Count(Refusal.SoldOut));
    }

    private void ShowAtRest()
    {
        if (ledger.IsAtRest && Sale.Exists) Show(new(Sale.Record(), IsDeleted: false));
    }
}
