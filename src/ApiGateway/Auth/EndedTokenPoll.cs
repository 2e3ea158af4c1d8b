namespace Ticketing.ApiGateway.Auth;

/// <summary>Keeps <see cref="EndedTokens"/> up to date, from when the program has started until it begins to stop.</summary>
internal sealed class EndedTokenPoll(EndedTokens ended, IHostApplicationLifetime program, TimeProvider time, ILogger<EndedTokenPoll> log) : BackgroundService
{
    /// <summary>Three of these still fit into the second within which an ended token is refused everywhere.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const int RoundsBetweenTidying = 200;

    private bool failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, program.ApplicationStopping);
        try
        {
            // A silo in the same process can be asked only when it has started, and no longer when it stops.
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var starting = program.ApplicationStarted.Register(started.SetResult);
            await started.Task.WaitAsync(ending.Token);
            for (var round = 1; ; round++)
            {
                await CatchUp(ending.Token);
                if (round % RoundsBetweenTidying == 0)
                    ended.Tidy();
                await Task.Delay(Interval, time, ending.Token);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The program stops.
        }
    }

    private async Task CatchUp(CancellationToken ending)
    {
        try
        {
            // One that hangs is let go, for the next may go through another silo. The first look may be long, and nothing is served before it.
            var patience = ended.Filled.IsCompleted ? Patience : Timeout.InfiniteTimeSpan;
            await ended.CatchUp().WaitAsync(patience, time, ending);
            if (failing)
                log.EndedTokensKnown();
            failing = false;
        }
        catch (Exception fault) when (!ending.IsCancellationRequested)
        {
            if (!failing)
                log.EndedTokensUnknown(fault);
            failing = true;
        }
    }
}
