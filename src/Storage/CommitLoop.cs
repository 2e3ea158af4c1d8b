using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Ticketing.Storage;

/// <summary>
/// The one writer of a process. Drains what all grains have asked for and has the engine make it durable together: one flush, many purchases, many
/// events. A thread of its own, because a flush blocks. A unit whose outcome is unknown is repeated, never looked up.
/// </summary>
public sealed class CommitLoop : IAsyncDisposable
{
    /// <summary>The most units in one group, so that the first of a crowd does not wait for the last.</summary>
    public const int MostInGroup = 1024;

    /// <summary>The most units waiting; a further one is answered unknown at once.</summary>
    public const int MostWaiting = 100_000;

    /// <summary>How long nothing must have failed before it is said that storage takes writes again.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromSeconds(5);

    /// <summary>How often it is said that nothing can be stored, while that lasts.</summary>
    public static readonly TimeSpan Reminding = TimeSpan.FromMinutes(1);

    private const int AttemptsAlone = 2;
    private const int MostInVain = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly IEngine engine;
    private readonly ILogger log;
    private readonly TimeProvider time;
    private readonly CommitMeter? meter;
    private readonly TimeSpan pause;
    private readonly object gate = new();
    private readonly Queue<Unit> waiting = new();
    private readonly List<Unit> group = new(MostInGroup);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim closing = new();
    private bool away;
    private bool failing;
    private long failedAt;
    private long toldAt;
    private long flushes;
    private long units;

    /// <summary>Starts the loop.</summary>
    /// <param name="engine">The database.</param>
    /// <param name="log">Where trouble is told.</param>
    /// <param name="time">The clock, for how often trouble is told; the system's when absent.</param>
    /// <param name="meters">Makes the loop's instruments; nothing is measured when absent.</param>
    public CommitLoop(IEngine engine, ILogger<CommitLoop> log, TimeProvider? time = null, IMeterFactory? meters = null)
        : this(engine, log, time ?? TimeProvider.System, meters, Pause) => new Thread(Run) { Name = "commit", IsBackground = true }.Start();

    private CommitLoop(IEngine engine, ILogger log, TimeProvider time, IMeterFactory? meters, TimeSpan pause)
    {
        this.pause = pause;
        this.time = time;
        this.engine = engine;
        this.log = log;
        meter = meters is null ? null : new CommitMeter(meters, Waiting);
    }

    /// <summary>How many groups were made durable.</summary>
    public long Flushes => Interlocked.Read(ref flushes);

    /// <summary>How many units were made durable.</summary>
    public long Units => Interlocked.Read(ref units);

    /// <summary>Makes a unit durable.</summary>
    /// <returns>What became of it; does not throw.</returns>
    public Task<UnitOutcome> Commit(Unit unit)
    {
        lock (gate)
        {
            if (!closing.IsSet && waiting.Count < MostWaiting)
            {
                waiting.Enqueue(unit);
                if (waiting.Count == 1) Monitor.Pulse(gate);
                return unit.Done;
            }
        }

        unit.Answer(UnitOutcome.Unknown);
        return unit.Done;
    }

    /// <summary>Finishes what was asked for, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            closing.Set();
            Monitor.Pulse(gate);
        }

        await ended.Task;
    }

    /// <summary>A loop without a thread: whoever made it takes each step, and so decides what happens between two of them.</summary>
    /// <param name="engine">The database.</param>
    /// <param name="log">Where trouble is told.</param>
    /// <param name="time">The clock.</param>
    internal static CommitLoop Stepped(IEngine engine, ILogger log, TimeProvider time) => new(engine, log, time, null, TimeSpan.Zero);

    /// <summary>The first step of a turn: takes what waits, and answers those who are not to be written after all.</summary>
    /// <returns>Whether there was something to write.</returns>
    internal bool TryTake()
    {
        group.Clear();
        lock (gate)
        {
            while (group.Count < MostInGroup && waiting.TryDequeue(out var unit)) group.Add(unit);
        }

        group.RemoveAll(IsRefused);
        return group.Count > 0;

        static bool IsRefused(Unit unit)
        {
            try
            {
                if (unit.TryTake()) return false;
                unit.Answer(UnitOutcome.Unknown);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // As below; whoever asked tells it.
                unit.Answer(UnitOutcome.Unknown, e);
            }

            return true;
        }
    }

    /// <summary>The second step of a turn: makes what was taken durable, and answers it.</summary>
    internal void CommitTaken()
    {
        CommitGroup();
        foreach (var unit in group) unit.Answer(unit.Outcome);
    }

    private int Waiting()
    {
        lock (gate) return waiting.Count;
    }

    private void Run()
    {
        while (HasWork())
        {
            if (TryTake()) CommitTaken();
        }

        ended.SetResult();
    }

    private bool HasWork()
    {
        lock (gate)
        {
            while (waiting.Count == 0)
            {
                if (closing.IsSet) return false;
                Monitor.Wait(gate);
            }

            return true;
        }
    }

    private void CommitGroup()
    {
        if (TryCommit(group)) return;
        if (away)
        {
            GiveUpWaiting();
            return;
        }

        // One of them may be what the engine cannot take: it must not take the others with it. But when nothing at all can be written,
        // a thousand vain attempts would keep everybody waiting for an answer.
        var inVain = 0;
        foreach (var unit in group)
        {
            inVain = TryCommitAlone(unit) ? 0 : inVain + 1;
            if (away)
            {
                GiveUpWaiting();
                return;
            }

            if (inVain == MostInVain) return;
        }
    }

    /// <summary>Answers everybody who waits: while storage is away, each group would wait as long as the one before, and the last of a crowd for all of them.</summary>
    private void GiveUpWaiting()
    {
        lock (gate)
        {
            while (waiting.TryDequeue(out var unit)) unit.Answer(UnitOutcome.Unknown);
        }
    }

    private bool TryCommitAlone(Unit unit)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (TryCommit([unit])) return true;
            if (away || attempt == AttemptsAlone) return false;
            closing.Wait(pause);
        }
    }

    private bool TryCommit(List<Unit> some)
    {
        away = false;
        var began = time.GetTimestamp();
        try
        {
            engine.Commit(some);
            meter?.Flushed(time.GetElapsedTime(began), some.Count);
            Interlocked.Increment(ref flushes);
            Interlocked.Add(ref units, some.Count);
            NoteSuccess();
            return true;
        }
        catch (StorageException e)
        {
            away = e.IsAway;
            if (NoteFailure()) Log.CannotWrite(log, e.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The loop is every grain's only way to storage: it must outlive what no one thought of.
            if (NoteFailure()) Log.UnexpectedFailure(log, e);
        }

        meter?.Failed(time.GetElapsedTime(began));
        foreach (var unit in some) (unit.Outcome, unit.Repeated) = (UnitOutcome.Unknown, true);
        return false;
    }

    /// <summary>Notes that something could not be written.</summary>
    /// <returns>Whether that is news. A disk that is nearly full takes a small unit between two large ones: that is one trouble, not many.</returns>
    private bool NoteFailure()
    {
        failedAt = time.GetTimestamp();
        if (failing && time.GetElapsedTime(toldAt) < Reminding) return false;
        (failing, toldAt) = (true, failedAt);
        return true;
    }

    private void NoteSuccess()
    {
        if (!failing || time.GetElapsedTime(failedAt) < Calm) return;
        failing = false;
        Log.WritesAgain(log);
    }
}
