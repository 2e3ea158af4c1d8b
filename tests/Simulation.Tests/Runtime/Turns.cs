namespace Ticketing.Simulation.Tests.Runtime;

/// <summary>What runs one turn at a time: an activation, or somebody outside. Its awaits come back to it, and the scheduler says when.</summary>
/// <param name="scheduler">The world's.</param>
/// <param name="name">What it is called in the trace.</param>
/// <param name="place">The silo it is in; absent for the outside world.</param>
internal sealed class Turns(Scheduler scheduler, string name, SimulatedSilo? place) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> queue = new();
    private bool isReady;

    /// <summary>What it is called in the trace.</summary>
    public string Name => name;

    /// <summary>The silo it is in; absent for the outside world.</summary>
    public SimulatedSilo? Place => place;

    /// <summary>Whether a turn waits.</summary>
    public bool HasMore => isReady = queue.Count > 0;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (place is { IsDead: true }) return;
        queue.Enqueue((d, state));
        if (isReady) return;
        isReady = true;
        scheduler.Wake(this);
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("nothing waits here");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Has something done in a turn of its own.</summary>
    public void Post(Action action) => Post(static action => ((Action)action!)(), action);

    /// <summary>Runs the turn that waits longest.</summary>
    public void RunOne()
    {
        var (callback, state) = queue.Dequeue();
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            callback(state);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
