namespace Ticketing.Simulation.Tests.Runtime;

/// <summary>
/// One thread, one clock and one seed: whatever is under way in a world waits here, and the seed says what happens next. Two runs of a seed are the same run.
/// </summary>
/// <param name="seed">The seed.</param>
/// <param name="trace">Hears of each step, when somebody wants to read the run.</param>
internal sealed class Scheduler(int seed, Action<string>? trace)
{
    private const ulong Prime = 1099511628211;
    private readonly List<Pending> pending = [];
    private readonly List<Turns> ready = [];
    private readonly PriorityQueue<VirtualTimer, (long Due, long Sequence)> timers = new();
    private readonly int thread = Environment.CurrentManagedThreadId;
    private long sequence;

    /// <summary>When every world begins.</summary>
    public static DateTimeOffset Beginning { get; } = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The seed's luck. Everything that could be otherwise asks it.</summary>
    public Random Luck { get; } = new(seed);

    /// <summary>Whether time may go on although something is on its way: then answers are late.</summary>
    public bool Hurries { get; set; } = true;

    /// <summary>How much time has passed.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>How many steps were taken.</summary>
    public long Steps { get; private set; }

    /// <summary>A digest of all steps: equal for equal runs.</summary>
    public ulong Digest { get; private set; } = 14695981039346656037;

    /// <summary>Whether anything could happen without time going on.</summary>
    public bool IsBusy => ready.Count > 0 || pending.Count > 0;

    /// <summary>Whether one of so many chances came true.</summary>
    public bool OneIn(int chances) => chances > 0 && Luck.Next(chances) == 0;

    /// <summary>Something is on its way: it happens at some later step, before or after other things on their way.</summary>
    /// <param name="what">What it is called in the trace.</param>
    /// <param name="place">Where it happens: not while that silo is frozen, and never once it is dead. Absent for the outside world.</param>
    /// <param name="action">What happens.</param>
    public void Later(string what, SimulatedSilo? place, Action action) => pending.Add(new(what, place, action));

    /// <summary>Notes a step in the trace.</summary>
    public void Note(string what)
    {
        Steps++;
        foreach (var letter in what) Digest = unchecked((Digest ^ letter) * Prime);
        trace?.Invoke($"{Elapsed.TotalSeconds,10:N3} {what}");
    }

    /// <summary>Lets the next thing happen.</summary>
    /// <returns>Whether there was any.</returns>
    public bool Step()
    {
        if (ready.Count == 0 && pending.Count == 0) return TryAdvance();
        if (Hurries && OneIn(40)) return TryAdvance() || StepNow();
        return StepNow() || TryAdvance();
    }

    /// <summary>Lets time pass; timers that come due meanwhile fire as the clock reaches them.</summary>
    public void Pass(TimeSpan time)
    {
        var until = Elapsed + time;
        while (timers.TryPeek(out _, out var next) && next.Due <= until.Ticks) TryAdvance();
        if (Elapsed < until) Elapsed = until;
    }

    internal void Wake(Turns turns)
    {
        if (Environment.CurrentManagedThreadId != thread) throw new InvalidOperationException("something left the world's one thread");
        ready.Add(turns);
    }

    internal void Arm(VirtualTimer timer, TimeSpan after) => timers.Enqueue(timer, (Due(after).Ticks, sequence++));

    internal TimeSpan Due(TimeSpan after) => Elapsed + (after < TimeSpan.Zero ? TimeSpan.Zero : after);

    private bool StepNow()
    {
        // What is frozen is passed over; after some vain looks time goes on instead.
        for (var look = 0; look < 8; look++)
        {
            var choice = Luck.Next(ready.Count + pending.Count);
            if (choice < ready.Count)
            {
                var turns = ready[choice];
                if (turns.Place is { IsFrozen: true }) continue;
                Remove(ready, choice);
                if (turns.Place is { IsDead: true }) return true;
                Note(turns.Name);
                turns.RunOne();
                if (turns.HasMore) ready.Add(turns);
                return true;
            }

            var (what, place, action) = pending[choice - ready.Count];
            if (place is { IsFrozen: true }) continue;
            Remove(pending, choice - ready.Count);
            if (place is { IsDead: true }) return true;
            Note(what);
            action();
            return true;
        }

        return false;
    }

    private bool TryAdvance()
    {
        if (!timers.TryDequeue(out var timer, out var due)) return false;
        if (due.Due > Elapsed.Ticks) Elapsed = TimeSpan.FromTicks(due.Due);
        if (timer.IsArmedFor(due.Due)) timer.Fire();
        return true;
    }

    private static void Remove<T>(List<T> list, int index)
    {
        list[index] = list[^1];
        list.RemoveAt(list.Count - 1);
    }

    private sealed record Pending(string What, SimulatedSilo? Place, Action Action);
}
