using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Events;

namespace Ticketing.Storage.Tests.Schedules;

/// <summary>What becomes of a group that has come to the engine.</summary>
internal enum GroupFate
{
    /// <summary>It is committed.</summary>
    Committed,

    /// <summary>It is not, and the engine says so.</summary>
    Failed,

    /// <summary>It is, and the answer is lost.</summary>
    AnswerLost,

    /// <summary>Nothing can be stored for now.</summary>
    Away,

    /// <summary>The engine has a fault that nobody thought of.</summary>
    Fault,
}

/// <summary>An engine in memory that holds each group until it is told what becomes of it. It fails by itself where a poisoned unit is in the group.</summary>
/// <param name="signal">Released when a group has come.</param>
internal sealed class ScheduledEngine(SemaphoreSlim signal) : IEngine
{
    private readonly SemaphoreSlim told = new(0);
    private readonly Dictionary<(RecordId Key, long Number), Guid> journal = [];
    private readonly HashSet<Unit> seen = [];
    private GroupFate fate;
    private volatile IReadOnlyList<Unit>? inside;

    public bool IsShared => true;

    /// <summary>The group that waits to be told.</summary>
    public IReadOnlyList<Unit>? Inside => inside;

    /// <summary>All groups that came, with what became of them; not to be read while the loop may run.</summary>
    public List<(Unit[] Group, GroupFate Fate)> Groups { get; } = [];

    /// <summary>The units that no engine can take.</summary>
    public HashSet<Unit> Poisoned { get; } = [];

    /// <summary>What was wrong with what came, if anything was.</summary>
    public string? Complaint { get; private set; }

    /// <summary>Lets the group go.</summary>
    public void Tell(GroupFate what)
    {
        fate = what;
        inside = null;
        told.Release();
    }

    public Guid? At(RecordId key, long number) => journal.TryGetValue((key, number), out var id) ? id : null;

    public void Commit(IReadOnlyList<Unit> units)
    {
        foreach (var unit in units)
            if (seen.Add(unit) == unit.Repeated) Complaint ??= unit.Repeated ? "a unit came as repeated that never came before" : "a unit came again, and not as repeated";
        inside = [.. units];
        signal.Release();
        told.Wait();
        var what = fate is GroupFate.Committed or GroupFate.AnswerLost && units.Any(Poisoned.Contains) ? GroupFate.Failed : fate;
        Groups.Add(([.. units], what));
        if (what is GroupFate.Committed or GroupFate.AnswerLost)
            foreach (var unit in units.Cast<AppendUnit>()) unit.Outcome = Insert(unit.Key, unit.Batch);
        switch (what)
        {
            case GroupFate.Failed or GroupFate.AnswerLost: throw new StorageException("the disk is on fire");
            case GroupFate.Away: throw new StorageException("nobody is there") { IsAway = true };
            case GroupFate.Fault: throw new InvalidOperationException("a bug");
            default: break;
        }
    }

    private UnitOutcome Insert(RecordId key, JournalBatch batch) =>
        journal.TryAdd((key, batch.Number), batch.Id) || journal[(key, batch.Number)] == batch.Id ? UnitOutcome.Committed : UnitOutcome.Conflict;

    public ValueTask<IReadOnlyList<JournalBatch>> ReadJournal(RecordId key, long after, int limit) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<RecordId>> ListJournals(RecordId? after, int limit) => throw new NotSupportedException();

    public ValueTask<Snapshot?> ReadSnapshot(RecordId key) => throw new NotSupportedException();

    public ValueTask<Row?> Find(RecordTable table, Cell key) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<Row>> List(Query query) => throw new NotSupportedException();

    public IAsyncEnumerable<Row> Scan(RecordTable table) => throw new NotSupportedException();

    public void Dispose() => told.Dispose();
}
