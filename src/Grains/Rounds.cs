namespace Ticketing.Grains;

/// <summary>
/// The rounds of jobs that are under way in this silo. When the silo stops, no further piece of work is begun, and the pieces under way end before the
/// silo's grains can no longer be reached. What is left over is due again when the next silo starts.
/// </summary>
public sealed class Rounds : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource ending = new();
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private int underWay;

    /// <summary>Cancelled when no further piece of work may be begun.</summary>
    internal CancellationToken Ending => ending.Token;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(Rounds), ServiceLifecycleStage.Last, _ => Task.CompletedTask, End);

    /// <inheritdoc/>
    public void Dispose() => ending.Dispose();

    /// <summary>Runs a round, unless the silo is stopping.</summary>
    internal async Task Run(Func<Task> round)
    {
        lock (gate)
        {
            if (ending.IsCancellationRequested) return;
            underWay++;
        }

        try
        {
            await round();
        }
        finally
        {
            Leave();
        }
    }

    private async Task End(CancellationToken cancellation)
    {
        lock (gate)
        {
            // Counted like a round, so that the last to leave is the one that says so.
            underWay++;
            ending.Cancel();
        }

        Leave();
        // A mail server that does not answer is not worth a stop that does not end.
        await Task.WhenAny(idle.Task, Task.Delay(Patience, cancellation));
    }

    private void Leave()
    {
        lock (gate)
        {
            if (--underWay == 0 && ending.IsCancellationRequested) idle.TrySetResult();
        }
    }
}
