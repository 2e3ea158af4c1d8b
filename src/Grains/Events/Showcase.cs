using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;

namespace Ticketing.Grains.Events;

/// <summary>
/// Keeps what an activation says of its event on the <see cref="AvailabilityBoard"/>: from its first purchase on how the event stands, with each batch that is durable, before anybody is
/// answered; and that it is sold out, from a refusal on until something is decided that could be answered otherwise. Used by the activation alone.
/// </summary>
internal sealed class Showcase
{
    /// <summary>The least time between two descriptions of a sold-out event: each goes through all of its tickets.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly EventKey key;
    private readonly Ledger ledger;
    private readonly AvailabilityBoard board;
    private readonly Action refused;
    private Availability? shown;
    private EventDetails? details;
    private int operations;
    private DateTimeOffset next;
    private bool isClosed;

    /// <summary>Begins.</summary>
    /// <param name="key">The event.</param>
    /// <param name="ledger">Its ledger.</param>
    /// <param name="board">Where it is shown.</param>
    /// <param name="refusals">Counts those that were refused without asking the event.</param>
    public Showcase(EventKey key, Ledger ledger, AvailabilityBoard board, RefusalMeter refusals)
    {
        (this.key, this.ledger, this.board) = (key, ledger, board);
        refused = () => refusals.Count(Refusal.SoldOut);
        ledger.Stands = Show;
    }

    private Sale Sale => ledger.Sale;

    /// <summary>Something was decided, and nobody has been told yet.</summary>
    public void Decided()
    {
        if (shown?.SoldOut is null) return;
        if (!Sale.IsSoldOut || Sale.OperationCount != operations || !ReferenceEquals(Sale.Details, details)) shown.SoldOut = null;
    }

    /// <summary>Somebody was refused because the event is sold out: from now on others need not ask, if that is durable.</summary>
    public void Refused(DateTimeOffset now)
    {
        if (isClosed || now < next || !ledger.IsAtRest || !Sale.IsSoldOut || now < shown?.SoldOut?.Until) return;
        next = now + Pause;
        (details, operations) = (Sale.Details, Sale.OperationCount);
        Show(new(Sale.Record(), Sale.IsDeleted));
        shown!.SoldOut = Sale.DescribeSoldOut(refused);
    }

    /// <summary>Says nothing of the event any more.</summary>
    public void Close()
    {
        isClosed = true;
        board.Remove(key);
    }

    private void Show(EventChanged changed)
    {
        if (isClosed) return;
        if (changed.IsDeleted) Close();
        else if (shown is not null) shown.Record = changed.Event;
        else board.Put(key, shown = new(changed.Event));
    }
}
