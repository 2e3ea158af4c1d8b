using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Backups;

namespace Ticketing.Grains.Backups;

/// <summary>A backup that the job must make.</summary>
/// <param name="Id">The backup.</param>
/// <param name="CreatedAt">The moment it bears, which is its set's.</param>
public readonly record struct DueBackup(BackupId Id, DateTimeOffset CreatedAt);

/// <summary>The backups' records, answered by storage.</summary>
public interface IBackupRecords
{
    /// <summary>All backups that were not deleted.</summary>
    ValueTask<Page<BackupRecord>> List(PageRequest page);

    /// <summary>A backup, or nothing when there is none or it was deleted.</summary>
    ValueTask<BackupRecord?> Find(BackupId id);

    /// <summary>The newest completed backup of a service or, when none is, the newest; nothing when there is none at all.</summary>
    ValueTask<BackupRecord?> Last(BackupService service);

    /// <summary>The newest set that is complete, which is what a restore would take; nothing when there is none.</summary>
    ValueTask<BackupId[]> LastSet();

    /// <summary>The backups that the job must make by now, in the order of ids.</summary>
    /// <param name="now">Those whose <see cref="BackupState.NextAt"/> is not after this.</param>
    /// <param name="after">Where the last look ended; absent for the beginning.</param>
    /// <param name="limit">How many at most.</param>
    ValueTask<DueBackup[]> Due(DateTimeOffset now, BackupId? after, int limit);

    /// <summary>The backups that ended by a time, deleted ones included, in the order of ids.</summary>
    /// <param name="by">Those that ended not after this.</param>
    /// <param name="after">Where the last look ended; absent for the beginning.</param>
    /// <param name="limit">How many at most.</param>
    ValueTask<BackupId[]> Ended(DateTimeOffset by, BackupId? after, int limit);
}
