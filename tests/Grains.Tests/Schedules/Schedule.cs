namespace Ticketing.Grains.Tests.Schedules;

/// <summary>Something that may happen next.</summary>
/// <param name="Thread">Whose it is: a priority is a thread's.</param>
/// <param name="What">What it is, for whoever reads a failure.</param>
/// <param name="Optional">Whether the world may end without it.</param>
/// <param name="Run">Does it.</param>
/// <param name="Context">Where what it awaits goes on; absent for what awaits nothing.</param>
internal sealed record Step(int Thread, string What, bool Optional, Action Run, SynchronizationContext? Context);

/// <summary>Picks what happens next.</summary>
internal abstract class Schedule
{
    /// <summary>Which of the steps that may happen does.</summary>
    public abstract int Choose(IReadOnlyList<Step> steps);

    /// <summary>The schedule of a seed: a random walk of an even one, priorities of an odd one.</summary>
    public static Schedule Of(int seed) => seed % 2 == 0 ? new RandomWalk(seed) : new Priorities(seed);
}

/// <summary>Any step, each as likely as another.</summary>
internal sealed class RandomWalk(int seed) : Schedule
{
    private readonly Random random = new(seed);

    public override int Choose(IReadOnlyList<Step> steps) => random.Next(steps.Count);
}

/// <summary>
/// Threads of random priorities, the highest goes on as long as it can; at a few random moments it becomes the lowest. Finds with a known probability what takes only so
/// many changes (Burckhardt et al., A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs, 2010).
/// </summary>
internal sealed class Priorities : Schedule
{
    private const int MostChanges = 4;
    private const int UsualLength = 150;
    private readonly Random random;
    private readonly Dictionary<int, double> priorities = [];
    private readonly HashSet<int> changes = [];
    private int steps;

    public Priorities(int seed)
    {
        random = new(seed);
        for (var change = random.Next(MostChanges + 1); change > 0; change--) changes.Add(random.Next(UsualLength));
    }

    public override int Choose(IReadOnlyList<Step> steps)
    {
        var best = 0;
        for (var at = 1; at < steps.Count; at++)
            if (PriorityOf(steps[at].Thread) > PriorityOf(steps[best].Thread)) best = at;
        if (changes.Contains(this.steps)) priorities[steps[best].Thread] = -this.steps;
        this.steps++;
        return best;
    }

    private double PriorityOf(int thread)
    {
        if (!priorities.TryGetValue(thread, out var priority)) priorities.Add(thread, priority = random.NextDouble() + 1);
        return priority;
    }
}

/// <summary>The oldest step that may happen, but for so many moments at which another one does.</summary>
/// <param name="deviations">At which steps, in ascending order, and which one happens there.</param>
internal sealed class Deviating((int Step, int Choice)[] deviations) : Schedule
{
    private readonly List<int> possible = [];
    private int next;

    public override int Choose(IReadOnlyList<Step> steps)
    {
        possible.Add(steps.Count);
        return next < deviations.Length && deviations[next].Step == possible.Count - 1 ? deviations[next++].Choice : 0;
    }

    /// <summary>All schedules with at most so many deviations: each is to be run before the next is asked for.</summary>
    public static IEnumerable<Deviating> All(int most)
    {
        var open = new Stack<(int Step, int Choice)[]>([[]]);
        while (open.TryPop(out var one))
        {
            var schedule = new Deviating(one);
            yield return schedule;
            if (one.Length == most) continue;
            var from = one.Length == 0 ? 0 : one[^1].Step + 1;
            for (var step = from; step < schedule.possible.Count; step++)
                for (var choice = 1; choice < schedule.possible[step]; choice++) open.Push([.. one, (step, choice)]);
        }
    }

    public override string ToString() => string.Join(", ", deviations.Select(deviation => $"{deviation.Choice} at {deviation.Step}"));
}
