namespace Ticketing.Simulation.Tests.Runtime;

/// <summary>A silo's clock, or the outside world's: it shows what it was set to, and its timers follow the world's time.</summary>
/// <param name="scheduler">The world's.</param>
/// <param name="place">The silo whose clock it is; absent for the outside world.</param>
internal sealed class VirtualTime(Scheduler scheduler, SimulatedSilo? place) : TimeProvider
{
    /// <summary>How far the clock is ahead of the world's time.</summary>
    public TimeSpan Ahead { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Scheduler.Beginning + scheduler.Elapsed + Ahead;

    public override long GetTimestamp() => scheduler.Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(scheduler, place, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}

/// <summary>A timer of the world's time.</summary>
internal sealed class VirtualTimer(Scheduler scheduler, SimulatedSilo? place, TimerCallback callback, object? state) : ITimer
{
    private static readonly TimeSpan Thaw = TimeSpan.FromSeconds(1);
    private TimeSpan period;
    private long due = -1;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        this.period = period;
        if (dueTime == Timeout.InfiniteTimeSpan)
        {
            due = -1;
            return true;
        }

        due = scheduler.Due(dueTime).Ticks;
        scheduler.Arm(this, dueTime);
        return true;
    }

    public void Dispose() => due = -1;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    /// <summary>Whether it still waits for this moment.</summary>
    public bool IsArmedFor(long moment) => due == moment;

    /// <summary>Its time has come.</summary>
    public void Fire()
    {
        due = -1;
        if (place is { IsDead: true }) return;
        if (place is { IsFrozen: true })
        {
            Change(Thaw, period);
            return;
        }

        scheduler.Note("timer");
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            callback(state);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        if (due < 0 && period > TimeSpan.Zero) Change(period, period);
    }
}
