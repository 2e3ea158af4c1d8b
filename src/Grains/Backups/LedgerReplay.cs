using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;

namespace Ticketing.Grains.Backups;

/// <summary>A journal read again batch by batch: what it proves, and what it means for the records. Holds one event's sale, as its grain does.</summary>
/// <param name="key">The event.</param>
public sealed class LedgerReplay(EventKey key)
{
    private readonly Sale sale = new(key);
    private long number;
    private long bytes;
    private OperationId? madeBy;
    private byte[] chain = [];

    /// <summary>The event.</summary>
    public EventKey Key => key;

    /// <summary>The event as it stands after the batches so far; nothing before the entry that makes it.</summary>
    public EventChanged? Event => sale.Details is null ? null : new(sale.Record(), sale.IsDeleted);

    /// <summary>The operation that made the event.</summary>
    public OperationId MadeBy => madeBy!.Value;

    /// <summary>Whether the event has something to do without being asked.</summary>
    public bool HasOpenWork => sale.HasOpenWork;

    /// <summary>The tickets as they stand, in the order in which they were bought.</summary>
    public IEnumerable<TicketRecord> Tickets => sale.Tickets;

    /// <summary>How many entries of a batch count as positions of the ledger; those that only say who writes do not.</summary>
    /// <exception cref="InvalidDataException">The batch is unreadable.</exception>
    public static int Positions(JournalBatch batch) => EntryFormat.Read(batch.Payload).Count(entry => entry is not Opened);

    /// <summary>
    /// Replays the next batch. The chain ties it to all before it; the sale asserts with each entry that free + taken + withheld = capacity and that no seat has two tickets.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="changes">Gets what the batch does to the records, but for the event's own; absent when nobody wants to know.</param>
    /// <exception cref="InvalidDataException">The batch is not the next one, or edited, or contradicts what came before.</exception>
    public void Add(JournalBatch batch, List<RecordChange>? changes = null)
    {
        var entries = Ledger.Next(key, number, chain, batch);
        try
        {
            foreach (var entry in entries) Apply(entry, changes);
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"event {key}: batch {batch.Number} of the journal contradicts those before it: {e.Message}", e);
        }

        (number, chain) = (batch.Number, batch.Chain);
        bytes += batch.Payload.Length;
    }

    /// <summary>Whether the event will ask for a ticket's money to be returned.</summary>
    public bool IsReturnOrdered(TicketId ticket) => sale.Returns.ContainsKey(ticket);

    /// <summary>Whether a ticket's record was deleted.</summary>
    public bool IsDeleted(TicketId ticket) => sale.IsTicketDeleted(ticket);

    /// <summary>Whether a ticket is Active without its payment: somebody said so by hand.</summary>
    public bool IsUnpaid(TicketId ticket) => sale.IsTicketUnpaid(ticket);

    /// <summary>A snapshot after the last batch, or nothing when the journal is so short that it needs none.</summary>
    public Snapshot? Snapshot() => bytes < Ledger.SnapshotAfterBytes ? null : new(number, sale.ToSnapshot(), chain);

    private void Apply(Entry entry, List<RecordChange>? changes)
    {
        sale.Apply(entry);
        if (entry is DetailsSet made) madeBy ??= made.Operation.Id;
        var seat = entry switch
        {
            Purchased bought => bought.Seat,
            SeatMoved moved => moved.Seat,
            _ => 1u,
        };
        if (entry is not Opened && (sale.Details is not { } details || seat == 0 || seat > details.Capacity))
            throw new InvalidDataException($"event {key}: seat {seat} is none of its seats");
        if (changes is not null) Projection.Add(changes, sale, key, entry, sale.Position);
    }
}
