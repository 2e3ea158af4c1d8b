using Microsoft.Extensions.Logging;

namespace Ticketing.Grains;

/// <summary>
/// What keeps a job's shard going: a timer calls for one round after another, and a reminder wakes the shard again after its silo has died,
/// so that the timer is there again. Rounds of one shard do not overlap: a tick waits for the one before, and for its turn like any call.
/// </summary>
/// <param name="job">The grain.</param>
/// <param name="period">The time from the end of a round to the next.</param>
/// <param name="round">One round.</param>
/// <param name="rounds">The rounds of this silo.</param>
/// <param name="log">Where a round that broke off is told.</param>
/// <param name="isLong">Whether a round may outlast the time a call waits: then it does not take the grain's turn, and calls are answered meanwhile.</param>
internal sealed class Rhythm(IGrainBase job, TimeSpan period, Func<Task> round, Rounds rounds, ILogger log, bool isLong = false)
{
    private static readonly TimeSpan Survival = TimeSpan.FromMinutes(1);
    private IGrainTimer? timer;

    /// <summary>Sees to it that the shard runs, also after a restart.</summary>
    public async Task Start()
    {
        Resume();
        await job.RegisterOrUpdateReminder("run", Survival, Survival);
    }

    /// <summary>Sees to it that this activation runs; the reminder calls it.</summary>
    public void Resume() =>
        timer ??= job.RegisterGrainTimer(Tick, new GrainTimerCreationOptions(period, period) { KeepAlive = true, Interleave = isLong });

    private async Task Tick(CancellationToken cancellation)
    {
        try
        {
            await rounds.Run(round);
        }
        catch (Exception exception)
        {
            Log.RoundFailed(log, exception, job.GrainContext.GrainId);
        }
    }
}
