using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Events;

namespace Ticketing.Grains.Tests.Events;

/// <summary>What happens to an append.</summary>
internal enum Fate
{
    /// <summary>It is stored and acknowledged, or fenced if its number is taken.</summary>
    Done,

    /// <summary>It is not stored, and nobody can say so.</summary>
    LostBefore,

    /// <summary>It is stored (or fenced), and nobody can say so.</summary>
    AnswerLost,

    /// <summary>It is stored, but not what it changes, and nobody can say so: the store writes the two one after the other, and was cut off.</summary>
    RecordsLost,
}

/// <summary>A journal in memory that follows a script.</summary>
internal sealed class ScriptedJournal : IJournal
{
    private readonly HashSet<long> numbers = [];
    private TaskCompletionSource? gate;
    private TaskCompletionSource arrived = new();
    // One after the other, as a store's one writer takes them.
    private Task last = Task.CompletedTask;

    public bool IsShared { get; init; }

    /// <summary>The batches of the one journal.</summary>
    public List<JournalBatch> Batches { get; } = [];

    /// <summary>The record changes of each batch that was stored.</summary>
    public List<IReadOnlyList<RecordChange>> Changes { get; } = [];

    /// <summary>Every snapshot that was stored.</summary>
    public List<Snapshot> Snapshots { get; } = [];

    /// <summary>The fates of the appends to come; when there are none left, all is well.</summary>
    public Queue<Fate> Script { get; } = [];

    /// <summary>What is done at each read, before the batches are looked at.</summary>
    public Func<Task>? BeforeRead { get; set; }

    /// <summary>What is done before an append whose number was decided reaches the store.</summary>
    public Func<Task>? BeforeAppend { get; set; }

    public IEnumerable<Entry> Entries => Batches.SelectMany(batch => EntryFormat.Read(batch.Payload));

    public long JournalBytes => Batches.Sum(batch => (long)batch.Payload.Length);

    public long SnapshotBytes => Snapshots.Sum(snapshot => (long)snapshot.Payload.Length);

    /// <summary>Holds appends up from now on.</summary>
    public void Hold() => (gate, arrived) = (new(), new());

    /// <summary>Completes when an append is held up.</summary>
    public Task Held() => arrived.Task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Lets the append go that is held up, and holds up the next one.</summary>
    public void LetOneGo()
    {
        var held = gate!;
        Hold();
        held.SetResult();
    }

    /// <summary>Lets all appends go.</summary>
    public void LetGo()
    {
        var held = gate!;
        gate = null;
        held.SetResult();
    }

    public void Append(EventKey key, OpenBatch batch) => last = Append(batch, last);

    public async ValueTask<IReadOnlyList<JournalBatch>> Read(EventKey key, long after, int limit)
    {
        if (BeforeRead is { } before) await before();
        return [.. Batches.Where(batch => batch.Number > after).OrderBy(batch => batch.Number).Take(limit)];
    }

    public ValueTask<Snapshot?> ReadSnapshot(EventKey key) => new(Snapshots.MaxBy(snapshot => snapshot.Number));

    public Task SaveSnapshot(EventKey key, Snapshot snapshot)
    {
        Snapshots.Add(snapshot);
        return Task.CompletedTask;
    }

    private async Task Append(OpenBatch open, Task before)
    {
        await before;
        open.Settle(open.TrySeal(out var batch, out var changes) ? await Insert(batch, changes) : AppendOutcome.Unknown);
    }

    private async Task<AppendOutcome> Insert(JournalBatch batch, IReadOnlyList<RecordChange> changes)
    {
        if (gate is { } closed)
        {
            arrived.TrySetResult();
            await closed.Task;
        }

        if (BeforeAppend is { } before) await before();
        var fate = Script.TryDequeue(out var next) ? next : Fate.Done;
        if (fate == Fate.LostBefore) return AppendOutcome.Unknown;
        var free = numbers.Add(batch.Number);
        if (free)
        {
            Batches.Add(batch);
            Changes.Add(fate == Fate.RecordsLost ? [] : [.. changes]);
        }

        if (fate is Fate.AnswerLost or Fate.RecordsLost) return AppendOutcome.Unknown;
        return free ? AppendOutcome.Committed : AppendOutcome.Fenced;
    }
}
