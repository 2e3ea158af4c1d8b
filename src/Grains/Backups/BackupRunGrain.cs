using Microsoft.Extensions.Logging;
using Ticketing.Grains.Abstractions.Backups;

namespace Ticketing.Grains.Backups;

/// <remarks>A round can take longer than a call may wait, so it does not take the grain's turn; there is one at a time nevertheless.</remarks>
[GrainType("backup-run")]
internal sealed class BackupRunGrain : IBackupRunGrain, IGrainBase, IRemindable
{
    private readonly IBackupRecords backups;
    private readonly IGrainFactory grains;
    private readonly BackupSettings settings;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly Rounds rounds;
    private readonly Rhythm rhythm;
    private DateTimeOffset madeFor;
    private Task underWay = Task.CompletedTask;

    public BackupRunGrain(
        IBackupRecords backups,
        IGrainFactory grains,
        BackupSettings settings,
        TimeProvider time,
        IGrainContext context,
        ILogger<BackupRunGrain> log,
        Rounds? rounds = null)
    {
        (this.backups, this.grains, this.settings, this.time, this.log, GrainContext) = (backups, grains, settings, time, log, context);
        this.rounds = rounds ?? new();
        rhythm = new(this, settings.Period, Run, this.rounds, log, isLong: true);
    }

    public IGrainContext GrainContext { get; }

    public Task Start() => rhythm.Start();

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        rhythm.Resume();
        return Task.CompletedTask;
    }

    public Task Run() => underWay.IsCompleted ? underWay = Work() : underWay;

    private async Task Work()
    {
        await MakeSet();
        var now = time.GetUtcNow();
        // A member of a set waits until those before it have ended: the order is what makes the set fit together.
        var held = new HashSet<DateTimeOffset>();
        await Round.Pages<DueBackup>(after => backups.Due(now, after?.Id, Round.PageSize), page => Write(page, held), rounds.Ending);
        var old = now - settings.Kept;
        await Round.Pages<BackupId>(after => backups.Ended(old, after, Round.PageSize), Prune, rounds.Ending);
    }

    /// <summary>Makes the set of the schedule's present slot, if nobody did. Slots that went by while no silo ran are not made up for.</summary>
    private async Task MakeSet()
    {
        if (settings.Every == TimeSpan.Zero || BackupRules.Slot(time.GetUtcNow(), settings.Every) is var slot && slot == madeFor) return;
        var isMade = true;
        for (var position = 0; position < BackupRules.Set.Count; position++)
        {
            var answer = await Backup(BackupRules.IdOf(slot, position)).Create(BackupRules.Set[position], slot);
            isMade &= answer.Outcome != Abstractions.Outcome.Unknown;
        }

        if (isMade) madeFor = slot;
    }

    private Task Write(DueBackup[] page, HashSet<DateTimeOffset> held) => Round.Each(page, 1, async due =>
    {
        if (!held.Add(due.CreatedAt)) return;
        if (await Backup(due.Id).Process()) held.Remove(due.CreatedAt);
    }, log, rounds.Ending);

    /// <summary>The last of each service stays, and so does the last whole set: the newest of each need not fit together, and only a set can be restored.</summary>
    private async Task Prune(BackupId[] page)
    {
        var last = new HashSet<BackupId>(await backups.LastSet());
        foreach (var service in BackupRules.Set)
        {
            if (await backups.Last(service) is { } backup) last.Add(backup.Id);
        }

        await Round.Each([.. page.Except(last)], 1, id => Backup(id).Prune(), log, rounds.Ending);
    }

    private IBackupGrain Backup(BackupId id) => grains.GetGrain<IBackupGrain>(id.ToString());
}
