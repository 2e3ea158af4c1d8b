using Orleans.Timers;

namespace Ticketing.Simulation.Tests.Runtime;

/// <summary>Grain timers: a tick waits for its turn as a call does, and the next is a period after its end.</summary>
internal sealed class Timers(World world) : ITimerRegistry
{
    public IDisposable RegisterTimer(IGrainContext grainContext, Func<object?, Task> callback, object? state, TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

    public IGrainTimer RegisterGrainTimer<TState>(IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        var activation = (Activation)grainContext;
        return activation.Add(new GrainTimer(world.Clock(activation.Silo), activation, () => callback(state, CancellationToken.None), options));
    }
}

/// <summary>One of them.</summary>
internal sealed class GrainTimer : IGrainTimer
{
    private readonly Activation activation;
    private readonly Func<Task> callback;
    private readonly bool interleaves;
    private readonly ITimer timer;
    private TimeSpan period;
    private bool disposed;

    public GrainTimer(TimeProvider clock, Activation activation, Func<Task> callback, GrainTimerCreationOptions options)
    {
        (this.activation, this.callback, interleaves, period) = (activation, callback, options.Interleave, options.Period);
        timer = clock.CreateTimer(_ => Tick(), null, options.DueTime, Timeout.InfiniteTimeSpan);
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        this.period = period;
        timer.Change(dueTime, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        disposed = true;
        timer.Dispose();
    }

    private void Tick()
    {
        if (!disposed) activation.Turns.Post(() => activation.Receive(Call.Tick(interleaves, callback, Done)));
    }

    private void Done()
    {
        if (!disposed) timer.Change(period, Timeout.InfiniteTimeSpan);
    }
}
