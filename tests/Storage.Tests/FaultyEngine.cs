using System.Collections.Concurrent;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Events;

namespace Ticketing.Storage.Tests;

/// <summary>An engine between the commit loop and a real one, that fails and waits as a test says.</summary>
internal sealed class FaultyEngine(IEngine inner) : IEngine
{
    private readonly SemaphoreSlim entered = new(0);
    private readonly ManualResetEventSlim mayCommit = new();
    private readonly WriteUnit held = new(Samples.State("held", WriteRule.Always, 0, 1, ""));

    /// <summary>What is thrown before a group is committed; nothing to commit it.</summary>
    public Func<IReadOnlyList<Unit>, Exception?> Before { get; set; } = _ => null;

    /// <summary>What is thrown after a group was committed: its answer is lost.</summary>
    public Func<IReadOnlyList<Unit>, Exception?> After { get; set; } = _ => null;

    /// <summary>The groups that arrived, in their order, but for the unit that holds the writer.</summary>
    public ConcurrentQueue<Unit[]> Groups { get; } = new();

    /// <summary>Holds the writer inside the engine with a unit that nothing happens to, so that what is asked for next piles up. Once per engine.</summary>
    public async Task Hold(CommitLoop loop)
    {
        _ = loop.Commit(held);
        await entered.WaitAsync();
    }

    /// <summary>Lets the writer go on.</summary>
    public void LetGo() => mayCommit.Set();

    public bool IsShared => inner.IsShared;

    public void Commit(IReadOnlyList<Unit> units)
    {
        if (units is [var only] && only == held)
        {
            entered.Release();
            mayCommit.Wait();
            only.Outcome = UnitOutcome.Committed;
            return;
        }

        Groups.Enqueue([.. units]);
        if (Before(units) is { } before) throw before;
        inner.Commit(units);
        if (After(units) is { } after) throw after;
    }

    /// <summary>What happens before a journal is read.</summary>
    public Func<Task> BeforeJournal { get; set; } = () => Task.CompletedTask;

    public async ValueTask<IReadOnlyList<JournalBatch>> ReadJournal(RecordId key, long after, int limit)
    {
        await BeforeJournal();
        return await inner.ReadJournal(key, after, limit);
    }

    public ValueTask<IReadOnlyList<RecordId>> ListJournals(RecordId? after, int limit) => inner.ListJournals(after, limit);

    public ValueTask<Snapshot?> ReadSnapshot(RecordId key) => inner.ReadSnapshot(key);

    public ValueTask<Row?> Find(RecordTable table, Cell key) => inner.Find(table, key);

    public ValueTask<IReadOnlyList<Row>> List(Query query) => inner.List(query);

    public IAsyncEnumerable<Row> Scan(RecordTable table) => inner.Scan(table);

    public void Dispose()
    {
        entered.Dispose();
        mayCommit.Dispose();
    }
}
