using System.Collections.Concurrent;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Events;
using Ticketing.Storage;

namespace Ticketing.Grains.Tests.Events;

/// <summary>
/// One engine below two silos, as a cluster's database is: each silo's writer calls it from a thread of its own, so groups queue up here. It
/// fails as a test says, and counts what each journal costs.
/// </summary>
internal sealed class SharedEngine(IEngine engine) : IEngine
{
    /// <summary>What the message of a failure made by a test contains.</summary>
    public const string OnPurpose = "on purpose";

    private readonly Lock gate = new();

    /// <summary>The fate of each group of writes; nothing when all is well.</summary>
    public Func<Fate>? Fates { get; set; }

    /// <summary>What was stored for each event.</summary>
    public ConcurrentDictionary<RecordId, Cost> Costs { get; } = new();

    /// <summary>Whether others write too, as far as events are told.</summary>
    public bool IsShared { get; set; } = true;

    public void Commit(IReadOnlyList<Unit> units)
    {
        lock (gate)
        {
            var fate = Fates?.Invoke() ?? Fate.Done;
            if (fate == Fate.LostBefore) throw new StorageException($"a write that failed {OnPurpose}");
            engine.Commit(units);
            foreach (var unit in units) Count(unit);
            if (fate == Fate.AnswerLost) throw new StorageException($"an acknowledgement that was lost {OnPurpose}");
        }
    }

    public ValueTask<IReadOnlyList<JournalBatch>> ReadJournal(RecordId key, long after, int limit) => engine.ReadJournal(key, after, limit);

    public ValueTask<IReadOnlyList<RecordId>> ListJournals(RecordId? after, int limit) => engine.ListJournals(after, limit);

    public ValueTask<Snapshot?> ReadSnapshot(RecordId key) => engine.ReadSnapshot(key);

    public ValueTask<Row?> Find(RecordTable table, Cell key) => engine.Find(table, key);

    public ValueTask<IReadOnlyList<Row>> List(Query query) => engine.List(query);

    public IAsyncEnumerable<Row> Scan(RecordTable table) => engine.Scan(table);

    /// <summary>All entries of an event's journal.</summary>
    public async Task<List<Entry>> Entries(EventKey key) =>
        [.. (await ReadJournal(key.Value, 0, int.MaxValue)).SelectMany(batch => EntryFormat.Read(batch.Payload))];

    public void Dispose() => engine.Dispose();

    private void Count(Unit unit)
    {
        switch (unit)
        {
            case AppendUnit { Outcome: UnitOutcome.Committed } append:
                Costs.AddOrUpdate(append.Key, _ => default(Cost).With(append), (_, cost) => cost.With(append));
                break;
            case SnapshotUnit snapshot:
                Costs.AddOrUpdate(snapshot.Key, _ => default(Cost).With(snapshot), (_, cost) => cost.With(snapshot));
                break;
            default: break;
        }
    }

    /// <summary>How many batches an event's journal has, and how many bytes.</summary>
    internal readonly record struct Cost(int Batches, long JournalBytes, int Records, int Snapshots, long SnapshotBytes)
    {
        public Cost With(AppendUnit append) => this with
        {
            Batches = Batches + 1,
            JournalBytes = JournalBytes + append.Batch.Payload.Length,
            Records = Records + append.Writes.Count,
        };

        public Cost With(SnapshotUnit unit) => this with { Snapshots = Snapshots + 1, SnapshotBytes = SnapshotBytes + unit.Snapshot.Payload.Length };

        public Cost Since(Cost before) => new(
            Batches - before.Batches, JournalBytes - before.JournalBytes, Records - before.Records, Snapshots - before.Snapshots, SnapshotBytes - before.SnapshotBytes);
    }
}
