using Microsoft.Extensions.Logging;

namespace Ticketing.Grains;

/// <summary>
/// What keeps a job's shard going: a timer calls for one round after another, and a reminder wakes the shard again after its silo has died,
/// so that the timer is there again. Rounds of one shard do not overlap: a tick waits for its turn like any call.
/// </summary>
internal sealed class Rhythm(IGrainBase job, TimeSpan period, Func<Task> round, Rounds rounds, ILogger log)
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
        timer ??= job.RegisterGrainTimer(Tick, new GrainTimerCreationOptions(period, period) { KeepAlive = true });

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
