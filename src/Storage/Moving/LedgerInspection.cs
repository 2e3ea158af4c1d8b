using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Backups;
using Ticketing.Grains.Events;

namespace Ticketing.Storage.Moving;

/// <summary>
/// Replays the ledgers of a database as their batches come by, and compares events and tickets with what they add up to. The records of a journal's last batch
/// may be missing, where an engine writes them after it: whoever wakes the event writes them then.
/// </summary>
/// <param name="engine">The database.</param>
internal sealed class LedgerInspection(IEngine engine)
{
    private List<RecordChange> tail = [];
    private LedgerReplay? current;
    private EventChanged? beforeTail;
    private Snapshot? snapshot;
    private bool broken;
    private long records;

    /// <summary>How many ledgers were replayed.</summary>
    public long Ledgers { get; private set; }

    /// <summary>How many tickets they have.</summary>
    public long Tickets { get; private set; }

    /// <summary>How many of those tickets' records were compared.</summary>
    public long TicketRecords { get; private set; }

    /// <summary>The first thing that does not hold, in one line; nothing while all holds.</summary>
    public string? Fault { get; private set; }

    /// <summary>Takes the next batch. Batches come in order, journal after journal.</summary>
    public async Task Add(RecordId key, JournalBatch batch)
    {
        if (current?.Key.Value != key)
        {
            await Finish();
            (current, tail, beforeTail, broken) = (new(new EventKey(key)), [], null, false);
            snapshot = await engine.ReadSnapshot(key);
        }

        if (broken) return;
        try
        {
            Replay(current!, batch);
        }
        catch (InvalidDataException e)
        {
            broken = true;
            Fault ??= e.Message.Contains($"{key}", StringComparison.Ordinal) ? e.Message : $"event {key}: batch {batch.Number} of the journal: {e.Message}";
        }
    }

    /// <summary>Ends the last journal, and looks for records of events that have none.</summary>
    public async Task End()
    {
        await Finish();
        if (Fault is not null) return;
        await NoneWithoutJournal(Tables.Events, records, row => row.Key.Id);
        await NoneWithoutJournal(Tables.Tickets, TicketRecords, row => Tables.Tickets.Read(row).Ticket.EventId.Value);
    }

    private void Replay(LedgerReplay replay, JournalBatch batch)
    {
        var (before, changes) = (replay.Event, new List<RecordChange>());
        replay.Add(batch, changes);
        // A batch that only says who writes brings nothing of its own.
        if (LedgerReplay.Positions(batch) > 0) (tail, beforeTail) = (changes, before);
        if (snapshot?.Number == batch.Number && !snapshot.Chain.AsSpan().SequenceEqual(batch.Chain))
            throw new InvalidDataException($"event {replay.Key}: the snapshot after batch {batch.Number} is of another journal");
    }

    private async Task Finish()
    {
        if (current is not { } replay || broken) return;
        try
        {
            await CompareEvent(replay);
            await CompareTickets(replay);
            Ledgers++;
        }
        catch (InvalidDataException e)
        {
            Fault ??= e.Message;
        }
        catch (Exception e) when (e is ArgumentException or InvalidCastException or NullReferenceException or OverflowException)
        {
            Fault ??= $"event {replay.Key}: its record, or that of a ticket, cannot be read: {e.Message}";
        }
    }

    private async Task CompareEvent(LedgerReplay replay)
    {
        var stored = await engine.Find(Tables.Events, replay.Key.Value);
        if (stored is not null) records++;
        if (stored != replay.Event && stored != beforeTail) throw new InvalidDataException($"event {replay.Key} is not what its ledger adds up to");
    }

    /// <summary>One event's tickets are in memory, as they are when the event is awake.</summary>
    private async Task CompareTickets(LedgerReplay replay)
    {
        var expected = replay.Tickets.ToDictionary(ticket => ticket.Id);
        Tickets += expected.Count;
        await foreach (var row in engine.Rows(Tables.Tickets, new Condition("event_id", Test.Equal, Cell.Of(replay.Key.Value))))
        {
            var stored = Tables.Tickets.Read(row);
            TicketRecords++;
            if (!expected.Remove(stored.Ticket.Id, out var ticket)) throw new InvalidDataException($"ticket {stored.Ticket.Id} is not in the ledger of event {replay.Key}");
            if ((stored.Ticket != ticket || stored.IsDeleted != replay.IsDeleted(ticket.Id)) && !IsOfTail(ticket.Id, stored.Version))
                throw new InvalidDataException($"ticket {ticket.Id} is not what its ledger adds up to");
        }

        if (expected.Keys.FirstOrDefault(id => !IsOfTail(id, 0)) is { } missing && missing != default)
            throw new InvalidDataException($"ticket {missing} of the ledger of event {replay.Key} has no record");
    }

    /// <summary>Whether a record of this version is replaced as soon as its event wakes.</summary>
    private bool IsOfTail(TicketId id, long version) => tail.OfType<TicketChanged>().Any(change => change.Ticket.Id == id && change.Version > version);

    private async Task NoneWithoutJournal(RecordTable table, long known, Func<Row, RecordId> journal)
    {
        var count = 0L;
        await foreach (var _ in engine.Rows(table)) count++;
        if (count == known) return;
        await foreach (var row in engine.Rows(table))
        {
            if ((await engine.ReadJournal(journal(row), long.MinValue, 1)).Count > 0) continue;
            Fault ??= $"record {row.Key.Id} of {table.Name} is of event {journal(row)}, which has no journal";
            return;
        }

        Fault ??= $"there are {count} records of {table.Name}, and the ledgers have {known}";
    }
}
