using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Events;
using Ticketing.Simulation.Tests.Runtime;
using Ticketing.Storage;

namespace Ticketing.Simulation.Tests.Outside;

/// <summary>One silo's way to the store, and everything that can go wrong on it.</summary>
internal sealed class SimulatedEngine(World world, SimulatedSilo silo) : IEngine
{
    public bool IsShared => true;

    public void Commit(IReadOnlyList<Unit> units)
    {
        var fault = world.Chaos.OfWrite();
        switch (fault)
        {
            case WriteFault.Before: throw Away(fault);
            case WriteFault.Late:
                // It will arrive after its sender gave it up; by then another may own the journal.
                var copies = units.Select(Copy).ToArray();
                world.Scheduler.Later("a late write", null, () => Apply(copies, copies.Length, withRecords: true));
                throw Away(fault);
            case WriteFault.Half when !world.IsAtomic:
                // The batches are there, and not all of their records.
                var some = world.Scheduler.Luck.Next(units.Count) + 1;
                Apply([.. units.Take(some)], some, withRecords: world.Scheduler.OneIn(2));
                throw Away(fault);
            default:
                Apply(units, units.Count, withRecords: true);
                if (fault == WriteFault.Twice) Apply([.. units.Select(Copy)], units.Count, withRecords: true);
                if (fault is WriteFault.AnswerLost or WriteFault.Half) throw Away(fault);
                break;
        }
    }

    public ValueTask<IReadOnlyList<JournalBatch>> ReadJournal(RecordId key, long after, int limit) =>
        Read<IReadOnlyList<JournalBatch>>("journal", () => world.Store.Journal(key, after, limit));

    public ValueTask<Snapshot?> ReadSnapshot(RecordId key) => Read("snapshot", () => world.Store.SnapshotOf(key));

    public ValueTask<Row?> Find(RecordTable table, Cell key) => Read(table.Name, () => world.Store.Find(table, key));

    public ValueTask<IReadOnlyList<Row>> List(Query query) => Read<IReadOnlyList<Row>>(query.Table.Name, () => world.Store.List(query));

    public ValueTask<IReadOnlyList<RecordId>> ListJournals(RecordId? after, int limit) => throw new NotSupportedException();

    public IAsyncEnumerable<Row> Scan(RecordTable table) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    /// <summary>Units of different keys may be carried out in any order.</summary>
    private void Apply(IReadOnlyList<Unit> units, int count, bool withRecords)
    {
        var order = Enumerable.Range(0, count).ToArray();
        if (!world.IsAtomic && world.Scheduler.OneIn(4))
        {
            var keys = units.Select(KeyOf).Distinct().ToArray();
            world.Scheduler.Luck.Shuffle(keys);
            order = [.. order.OrderBy(index => Array.IndexOf(keys, KeyOf(units[index])))];
        }

        foreach (var index in order) units[index].Outcome = world.Store.Apply(units[index], withRecords);
    }

    private static string KeyOf(Unit unit) => unit switch
    {
        AppendUnit append => $"{append.Key}",
        SnapshotUnit snapshot => $"{snapshot.Key}",
        WriteUnit { Write: { } write } => $"{write.Table.Name} {(write.Key.Type == ColumnType.Id ? write.Key.Id.ToString() : write.Key.Text)}",
        _ => throw new InvalidOperationException($"no key of {unit.GetType().Name}"),
    };

    private static Unit Copy(Unit unit) => unit switch
    {
        AppendUnit append => new AppendUnit(append.Key, append.Batch, append.Writes),
        SnapshotUnit snapshot => new SnapshotUnit(snapshot.Key, snapshot.Snapshot),
        WriteUnit write => new WriteUnit(write.Write),
        _ => throw new InvalidOperationException($"no copy of {unit.GetType().Name}"),
    };

    private StorageException Away(WriteFault fault) => new($"the write failed ({fault})") { IsAway = world.Scheduler.OneIn(2) };

    private ValueTask<T> Read<T>(string what, Func<T> read)
    {
        var done = new TaskCompletionSource<T>();
        var fails = world.Chaos.FailsRead();
        world.Scheduler.Later($"{silo.Name} reads {what}", silo, () =>
        {
            if (fails) done.TrySetException(new StorageException("the read failed") { IsAway = true });
            else done.TrySetResult(read());
        });
        return new(done.Task);
    }
}
