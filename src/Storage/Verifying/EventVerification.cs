using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Events;
using Ticketing.History;
using Ticketing.Storage.Moving;

namespace Ticketing.Storage.Verifying;

/// <summary>
/// One event. Its journal is read to its end, then the records, then what the journal got meanwhile: whatever a record says is in the journal by then, so a database that is
/// served is judged as strictly as one that rests. Where a batch and its records are not one write, those of the last batch may be missing: whoever wakes the event writes them.
/// </summary>
/// <param name="engine">The database.</param>
/// <param name="isOneWrite">Whether a batch and its records are one write.</param>
/// <param name="table">Gets what is found.</param>
/// <param name="key">The event.</param>
/// <param name="count">Is called for each batch.</param>
internal sealed class EventVerification(IEngine engine, bool isOneWrite, CheckTable table, EventKey key, Action count)
{
    private readonly LedgerHistory history = new(key);
    private readonly HistoryChecker checker = new(table);
    private readonly Check snapshots = table.Row("snapshot", "an event's snapshot is one of its journal");
    private readonly List<(Told Told, long Position)> told = [];
    private StoredRecords? records;
    private Snapshot? snapshot;
    private long tail;
    private EventChanged? beforeTail;

    /// <summary>Does it.</summary>
    /// <returns>Whether there is such a journal.</returns>
    /// <exception cref="StorageException">The database cannot be read.</exception>
    public async Task<bool> Run(CancellationToken cancellation)
    {
        snapshot = await Readable(async () => await engine.ReadSnapshot(key.Value), snapshots);
        checker.Add(history.Head);
        await Replay(long.MinValue, cancellation);
        if (checker.LastBatch == 0) return false;
        CheckSnapshot();
        // What is told from here on is looked at by the next verification.
        var soFar = told.ToArray();
        records = new(engine, checker, new(key, checker.Position, isOneWrite ? checker.Position : tail, beforeTail));
        await Readable(async () =>
        {
            await records.ReadEvent();
            await records.ReadTickets(cancellation);
            var money = new StoredMoney(engine, checker, records.Moment);
            await money.Read(cancellation);
            await new StoredNotifications(engine, checker, records.Moment).Compare(soFar, cancellation);
            await Replay(checker.LastBatch, cancellation);
            records.Finish();
            money.Judge();
            return true;
        }, StoredRecords.Row(table));
        checker.Finish();
        return true;
    }

    private async Task Replay(long after, CancellationToken cancellation)
    {
        await foreach (var batch in engine.Batches(key.Value, after))
        {
            cancellation.ThrowIfCancellationRequested();
            count();
            var before = (checker.Position, Event: Expected.Event(key, checker.Sale, checker.Position));
            foreach (var line in history.Next(batch))
            {
                checker.Add(line);
                if (line is Told one) told.Add((one, checker.Position));
            }

            // A batch that only says who writes brings no records of its own.
            if (checker.Position > before.Position) (tail, beforeTail) = before;
            if (snapshot?.Number == batch.Number && !snapshot.Chain.AsSpan().SequenceEqual(batch.Chain)) checker.Violate(snapshots, null, $"the snapshot after batch {batch.Number} is of another journal");
            records?.Advance();
        }
    }

    private void CheckSnapshot()
    {
        if (snapshot is null) return;
        snapshots.Look();
        if (snapshot.Number > checker.LastBatch) checker.Violate(snapshots, null, $"the snapshot is after batch {snapshot.Number}, and the journal ends with batch {checker.LastBatch}");
    }

    /// <summary>A record that cannot be read is one that is not what it should be.</summary>
    private async Task<T?> Readable<T>(Func<Task<T>> read, Check check)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or InvalidCastException or NullReferenceException or OverflowException or FormatException)
        {
            checker.Violate(check, null, $"a record of the event, or of something of it, cannot be read: {e.Message.ReplaceLineEndings(" ")}");
            return default;
        }
    }
}

/// <summary>How far the journal was when the records were read.</summary>
/// <param name="Key">The event.</param>
/// <param name="Position">The position that was reached: newer records are compared later.</param>
/// <param name="Sure">The records of all facts up to this position must be there.</param>
/// <param name="BeforeTail">The event's record at that position, when it is not the one that was reached; nothing when there was none.</param>
internal sealed record Moment(EventKey Key, long Position, long Sure, EventChanged? BeforeTail);
