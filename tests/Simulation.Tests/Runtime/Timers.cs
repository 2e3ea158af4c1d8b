using Orleans.Timers;
using Ticketing.Storage;

namespace Ticketing.Simulation.Tests.Runtime;

/// <summary>Grain timers: a tick waits for its turn as a call does, and the next is a period after its end.</summary>
internal sealed class Timers(World world) : ITimerRegistry
{
    public IDisposable RegisterTimer(IGrainContext grainContext, Func<object?, Task> callback, object? state, TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

    public IGrainTimer RegisterGrainTimer<TState>(IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        var activation = (Activation)grainContext;
        return activation.Add(new GrainTimer(world, activation, () => callback(state, CancellationToken.None), options));
    }
}

/// <summary>One of them.</summary>
internal sealed class GrainTimer : IGrainTimer
{
    private readonly World world;
    private readonly Activation activation;
    private readonly Func<Task> callback;
    private readonly bool interleaves;
    private readonly ITimer timer;
    private TimeSpan period;
    private bool ticking;
    private TimeSpan? next;
    private bool disposed;

    public GrainTimer(World world, Activation activation, Func<Task> callback, GrainTimerCreationOptions options)
    {
        (this.world, this.activation, this.callback, interleaves, period) = (world, activation, callback, options.Interleave, options.Period);
        timer = world.Clock(activation.Silo).CreateTimer(_ => Tick(), null, options.DueTime, Timeout.InfiniteTimeSpan);
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        this.period = period;
        // What a tick sets counts from its end.
        if (ticking) next = dueTime;
        else timer.Change(dueTime, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        disposed = true;
        timer.Dispose();
    }

    private void Tick()
    {
        (ticking, next) = (true, null);
        if (!disposed) activation.Turns.Post(() => activation.Receive(Call.Tick(interleaves, callback, Done)));
    }

    private void Done(Exception? fault)
    {
        if (fault is not (null or TimeoutException or OrleansException or StorageException)) world.Books.Violate($"a tick of {activation.GrainId} failed: {fault}");
        ticking = false;
        if (!disposed) timer.Change(next ?? period, Timeout.InfiniteTimeSpan);
    }
}
