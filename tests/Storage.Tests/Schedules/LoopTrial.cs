using Microsoft.Extensions.Logging.Abstractions;
using Ticketing.Grains.Tests.Schedules;

namespace Ticketing.Storage.Tests.Schedules;

/// <summary>Who uses a commit loop, and what goes wrong.</summary>
/// <param name="Callers">How many callers, the first two of which write one journal.</param>
/// <param name="Units">How many units each asks for, without waiting for the one before.</param>
/// <param name="Faults">How many groups may fail.</param>
/// <param name="Poisoned">How many units no engine can take.</param>
/// <param name="OpenFor">After how many units the loop may be disposed of.</param>
/// <param name="Crowd">How many more units come at once, some time.</param>
internal sealed record LoopScene(int Callers, int Units, int Faults, int Poisoned, int OpenFor, int Crowd)
{
    public static LoopScene Of(int seed)
    {
        var random = new Random(~seed);
        var (callers, units) = (random.Next(1, 6), random.Next(1, 5));
        // What fails alone is tried again after a while, which is real time here: few have many of those.
        var poisoned = random.Next(24) switch { 0 => 1, 1 => random.Next(5), _ => 0 };
        var crowd = random.Next(2_000) switch { 0 => CommitLoop.MostWaiting + (2 * CommitLoop.MostInGroup), < 20 => CommitLoop.MostInGroup + 5, _ => 0 };
        return new(callers, units, random.Next(3), poisoned, random.Next((callers * units) + 1), crowd);
    }
}

/// <summary>The real commit loop with its thread and lock. A schedule picks what comes next: a call, what becomes of the group that is in the engine, or disposal.</summary>
internal sealed class LoopTrial : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly SemaphoreSlim signal = new(0);
    private readonly ScheduledEngine engine;
    private readonly CommitLoop loop;
    private readonly Queue<Unit>[] scripts;
    private readonly List<(AppendUnit Unit, Task<UnitOutcome> Answer, bool IsLate)> asked = [];
    // How much had been asked for, and how many groups had come, each time that storage went away.
    private readonly List<(int Asked, int Groups)> absences = [];
    private readonly List<Task> disposals = [];
    private readonly List<string> story = [];
    private int faults;
    private readonly int openFor;
    private int crowd;
    private int answeredBefore;

    private LoopTrial(LoopScene scene)
    {
        engine = new(signal);
        loop = new(engine, NullLogger<CommitLoop>.Instance);
        (faults, openFor, crowd) = (scene.Faults, scene.OpenFor, scene.Crowd);
        var rivals = Samples.Id();
        scripts = [.. Enumerable.Range(0, scene.Callers).Select(caller =>
        {
            var key = caller < 2 ? rivals : Samples.Id();
            return new Queue<Unit>(Enumerable.Range(1, scene.Units).Select(number => Samples.Append(key, Samples.Batch(number))));
        })];
        foreach (var unit in scripts.SelectMany(script => script).Where((_, at) => at % 3 == 1).Take(scene.Poisoned)) engine.Poisoned.Add(unit);
    }

    /// <summary>Lets it all happen.</summary>
    /// <returns>How many steps were taken.</returns>
    /// <exception cref="InvalidOperationException">Something was wrong.</exception>
    public static async Task<int> Play(LoopScene scene, Schedule schedule)
    {
        using var trial = new LoopTrial(scene);
        try
        {
            await trial.Run(schedule);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidOperationException($"{e.Message}{Environment.NewLine}{string.Join(Environment.NewLine, trial.story)}", e);
        }

        return trial.story.Count;
    }

    public void Dispose()
    {
        engine.Dispose();
        signal.Dispose();
    }

    private async Task Run(Schedule schedule)
    {
        while (true)
        {
            await Settle();
            var steps = Possible();
            if (steps.Count == 0) break;
            var step = steps[schedule.Choose(steps)];
            story.Add(step.What);
            step.Run();
        }

        await Task.WhenAll(disposals).WaitAsync(Patience);
        Inspect();
    }

    /// <summary>Waits until the loop waits: for the engine, or for somebody to ask.</summary>
    private async Task Settle()
    {
        while (engine.Inside is null && !AllAnswered())
            Check(await signal.WaitAsync(Patience), "somebody waits for ever");
        Check(engine.Complaint is null, engine.Complaint ?? "");
    }

    private bool AllAnswered()
    {
        while (answeredBefore < asked.Count && asked[answeredBefore].Answer.IsCompleted) answeredBefore++;
        return answeredBefore == asked.Count;
    }

    private List<Step> Possible()
    {
        var steps = new List<Step>();
        if (engine.Inside is { } group) Add(0, $"a group of {group.Count} is committed", () => engine.Tell(GroupFate.Committed));
        for (var caller = 0; caller < scripts.Length; caller++)
            if (scripts[caller].TryPeek(out var next)) Add(caller + 10, $"caller {caller} asks for {((AppendUnit)next).Batch.Number}", Asking(scripts[caller]));
        if (crowd > 0) Add(1, $"a crowd of {crowd}", Rush);
        // Twice: whoever comes second waits for the same end.
        if (disposals.Count < 2 && asked.Count >= openFor) Add(2, "disposal", () => disposals.Add(loop.DisposeAsync().AsTask()));
        if (engine.Inside is not null && faults > 0)
            foreach (var fate in Enum.GetValues<GroupFate>()[1..]) Add(2 + (int)fate, $"the group's fate is {fate}", () => Fail(fate));
        return steps;

        void Add(int thread, string what, Action run) => steps.Add(new(thread, what, false, run, null));
    }

    private Action Asking(Queue<Unit> script) => () => Ask((AppendUnit)script.Dequeue());

    private void Ask(AppendUnit unit)
    {
        var isLate = disposals.Count > 0;
        var answer = loop.Commit(unit);
        asked.Add((unit, answer, isLate));
        _ = answer.ContinueWith(_ => signal.Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Rush()
    {
        var isTooLarge = crowd > CommitLoop.MostWaiting;
        for (; crowd > 0; crowd--) Ask(Samples.Append(Samples.Id(), Samples.Batch(1)));
        Check(!isTooLarge || asked[^1].Answer.IsCompleted, "the queue has no limit");
    }

    private void Fail(GroupFate fate)
    {
        faults--;
        if (fate == GroupFate.Away) absences.Add((asked.Count, engine.Groups.Count));
        engine.Tell(fate);
    }

    private void Inspect()
    {
        var (last, attempts) = (new Dictionary<Unit, int>(), new Dictionary<Unit, int>());
        for (var at = 0; at < engine.Groups.Count; at++)
        {
            Check(engine.Groups[at].Group.Length <= CommitLoop.MostInGroup, "a group is too large");
            foreach (var unit in engine.Groups[at].Group) (last[unit], attempts[unit]) = (at, attempts.GetValueOrDefault(unit) + 1);
        }

        Check(attempts.Values.All(count => count <= 3), "a unit was tried too often");
        Check(loop.Flushes == engine.Groups.Count(one => one.Fate == GroupFate.Committed), "flushes are miscounted");
        foreach (var (count, groups) in absences)
            Check(asked.Take(count).All(one => last.GetValueOrDefault(one.Unit, -1) <= groups), "kept waiting although storage was away");
        var before = 0;
        foreach (var (unit, answer, isLate) in asked)
        {
            var outcome = answer.GetAwaiter().GetResult();
            if (!last.TryGetValue(unit, out var at))
            {
                Check(outcome == UnitOutcome.Unknown, $"answered {outcome} for what never came to the engine");
                Check(isLate || MayTurnAway(), "turned away while storage was there and the queue not full");
                continue;
            }

            Check(!isLate, "taken after disposal");
            if (outcome != UnitOutcome.Unknown)
            {
                Check(at >= before, "written in another order than asked for");
                before = at;
            }

            Check(outcome == Told(unit, engine.Groups[at].Fate), $"answered {outcome}, and the last that the engine said was {engine.Groups[at].Fate}");
        }
    }

    private bool MayTurnAway() => engine.Groups.Exists(one => one.Fate == GroupFate.Away) || asked.Count > CommitLoop.MostWaiting;

    private UnitOutcome Told(AppendUnit unit, GroupFate fate)
    {
        if (fate != GroupFate.Committed) return UnitOutcome.Unknown;
        return engine.At(unit.Key, unit.Batch.Number) == unit.Batch.Id ? UnitOutcome.Committed : UnitOutcome.Conflict;
    }

    private static void Check(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidOperationException(otherwise);
    }
}
