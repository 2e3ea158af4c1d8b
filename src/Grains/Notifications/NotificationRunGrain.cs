using Microsoft.Extensions.Logging;
using Ticketing.Grains.Abstractions.Notifications;

namespace Ticketing.Grains.Notifications;

[GrainType("notification-run")]
internal sealed class NotificationRunGrain : INotificationRunGrain, IGrainBase, IRemindable
{
    /// <summary>Few, because all shards of a process share the mailer's few connections, and waiting for one counts as time of the mail.</summary>
    private const int AtOnce = 4;

    private readonly INotificationRecords notifications;
    private readonly IGrainFactory grains;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly Rounds rounds;
    private readonly Rhythm rhythm;

    public NotificationRunGrain(
        INotificationRecords notifications,
        IGrainFactory grains,
        NotificationSettings settings,
        TimeProvider time,
        IGrainContext context,
        ILogger<NotificationRunGrain> log,
        Rounds? rounds = null)
    {
        (this.notifications, this.grains, this.time, this.log, GrainContext) = (notifications, grains, time, log, context);
        this.rounds = rounds ?? new();
        rhythm = new(this, settings.Period, Run, this.rounds, log);
    }

    public IGrainContext GrainContext { get; }

    public Task Start() => rhythm.Start();

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        rhythm.Resume();
        return Task.CompletedTask;
    }

    public Task Run()
    {
        var shard = (int)this.GetPrimaryKeyLong();
        var now = time.GetUtcNow();
        return Round.Pages<NotificationId>(after => notifications.Due(shard, now, after, Round.PageSize), Send, rounds.Ending);
    }

    private Task Send(NotificationId[] page) =>
        Round.Each(page, AtOnce, id => grains.GetGrain<INotificationGrain>(id.ToString()).Send(), log, rounds.Ending);
}
