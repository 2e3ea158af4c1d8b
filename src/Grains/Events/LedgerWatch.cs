using Ticketing.Grains.Abstractions.Tickets;

namespace Ticketing.Grains.Events;

/// <summary>
/// What one activation's ledger shows of itself. Written by the activation, batch by batch; read by other threads at any time. Of an order to give money back
/// it knows when it was written or, if that was before the event woke, when the event woke.
/// </summary>
internal sealed class LedgerWatch
{
    private readonly Ledger ledger;
    private readonly SaleMeter meter;
    private Queue<(TicketId Ticket, DateTimeOffset At)>? orders;
    private long oldest;

    public LedgerWatch(Ledger ledger, SaleMeter meter, DateTimeOffset now)
    {
        (this.ledger, this.meter) = (ledger, meter);
        foreach (var ticket in ledger.Sale.Returns.Keys) (orders ??= new()).Enqueue((ticket, now));
        NoteOldest();
        ledger.Committed = Note;
    }

    /// <summary>Nothing is shown of it any more.</summary>
    public void Close() => ledger.Showcase?.Close();

    /// <summary>How many batches the journal has since its snapshot.</summary>
    public int Tail => ledger.Tail;

    /// <summary>When the oldest order was written that the payment has not taken yet; absent when there is none.</summary>
    public DateTimeOffset? OldestOrder => Volatile.Read(ref oldest) is var at and not 0 ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    private void Note(List<Entry> entries)
    {
        var sold = 0;
        foreach (var entry in entries)
        {
            if (entry is Purchased) sold++;
            else if (entry is ReturnOrdered order) (orders ??= new()).Enqueue((order.TicketId, order.At));
        }

        meter.Count(entries.Count, sold);
        NoteOldest();
    }

    // Those behind the oldest stay until it is done, whatever became of them: only the oldest is asked for.
    private void NoteOldest()
    {
        if (orders is null) return;
        while (orders.TryPeek(out var first) && !ledger.Sale.Returns.ContainsKey(first.Ticket)) orders.Dequeue();
        Volatile.Write(ref oldest, orders.TryPeek(out var still) ? still.At.ToUnixTimeMilliseconds() : 0);
    }
}
