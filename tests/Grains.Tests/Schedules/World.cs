namespace Ticketing.Grains.Tests.Schedules;

/// <summary>
/// A world of one real thread, in which every continuation and every deed of storage is a step, and a schedule picks which comes next. What is awaited inside goes on as
/// a step of its thread, in any order: more than a runtime ever does that keeps the order of one activation's turns.
/// </summary>
internal sealed class World
{
    private const int MostSteps = 5_000;
    private readonly List<Step> steps = [];
    private readonly List<Step> taken = [];
    private int threads;

    /// <summary>What went wrong, if anything did.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>How many steps were taken.</summary>
    public int Taken => taken.Count;

    public int NewThread() => threads++;

    /// <summary>Lets something happen some time.</summary>
    public void Add(int thread, string what, Action run, bool optional = false, SynchronizationContext? context = null) =>
        steps.Add(new(thread, what, optional, run, context));

    /// <summary>Lets something begin on a thread some time, which awaits and then goes on there.</summary>
    public void Start(int thread, string what, Func<Task> begin) => Add(thread, what, () => _ = Watch(begin), context: new Turns(this, thread, what));

    /// <summary>Goes on until nothing is left that must happen.</summary>
    /// <exception cref="InvalidOperationException">Something went wrong, told with all that happened.</exception>
    public void Run(Schedule schedule)
    {
        var outside = SynchronizationContext.Current;
        try
        {
            while (Failure is null && steps.Exists(step => !step.Optional))
            {
                if (taken.Count == MostSteps) throw new InvalidOperationException("it goes on for ever");
                var at = schedule.Choose(steps);
                var step = steps[at];
                steps.RemoveAt(at);
                taken.Add(step);
                SynchronizationContext.SetSynchronizationContext(step.Context);
                step.Run();
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Failure ??= e;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outside);
        }

        Check(Failure is null, Failure?.Message ?? "");
    }

    /// <summary>Fails with all that happened.</summary>
    public void Check(bool holds, string otherwise)
    {
        if (holds) return;
        var story = string.Join(Environment.NewLine, taken.Select((step, number) => $"{number,4} {step.Thread,3} {step.What}"));
        throw new InvalidOperationException($"{otherwise}{Environment.NewLine}{story}", Failure);
    }

    private async Task Watch(Func<Task> begin)
    {
        try
        {
            await begin();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Failure ??= e;
        }
    }

    /// <summary>Makes a step of whatever goes on.</summary>
    private sealed class Turns(World world, int thread, string what) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => world.Add(thread, what, () => d(state), context: this);

        public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

        public override SynchronizationContext CreateCopy() => this;
    }
}
