using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Backups;

namespace Ticketing.Grains.Backups;

/// <summary>How a backup moves on, and what a set is. Pure: no clock, no files, no storage.</summary>
internal static class BackupRules
{
    /// <summary>How often writing is begun, one round of the job after the other. Later members of a set wait for it.</summary>
    public const int MostAttempts = 3;

    /// <summary>
    /// What a set consists of, in the order in which it is made: what refers comes before what it refers to. So whatever a set's payment or ticket names is in the
    /// set, and what happened in between is in the ledgers, which come last and from which tickets, payments and notifications can be made again.
    /// </summary>
    public static IReadOnlyList<BackupService> Set { get; } =
    [
        BackupService.Notifications, BackupService.Payments, BackupService.Tickets, BackupService.Events, BackupService.Users, BackupService.Auth,
    ];

    /// <summary>The slot of the schedule that a time belongs to: the last multiple of the period.</summary>
    public static DateTimeOffset Slot(DateTimeOffset now, TimeSpan every) => new(now.UtcTicks - (now.UtcTicks % every.Ticks), TimeSpan.Zero);

    /// <summary>The id of a slot's backup, whoever makes it. Those of one slot sort in the order of <see cref="Set"/>, which the job follows.</summary>
    public static BackupId IdOf(DateTimeOffset slot, int position) => new(RecordId.Derived(slot, default, position));

    /// <summary>A backup that was asked for.</summary>
    public static BackupState Asked(BackupId id, BackupService service, DateTimeOffset createdAt, DateTimeOffset now) => new()
    {
        Backup = new(id, service, BackupStatus.Pending, createdAt, null, null, null, null),
        NextAt = now,
    };

    /// <summary>Whether it is time to write it.</summary>
    public static bool MustWrite(this BackupState state, DateTimeOffset now) => !state.IsDeleted && state.Backup is not null && state.NextAt <= now;

    /// <summary>Whether writing was begun as often as it may be; then it has failed, though nobody was left to say so.</summary>
    public static bool IsSpent(this BackupState state) => state.Attempts >= MostAttempts;

    /// <summary>The backup while it is written. It stays due: if its writer is interrupted, the next round begins anew.</summary>
    public static BackupState Claimed(this BackupState state) =>
        state with { Backup = state.Backup! with { Status = BackupStatus.InProgress }, Attempts = state.Attempts + 1 };

    /// <summary>The backup when the silo stops while it is written, which is nobody's failure.</summary>
    public static BackupState Interrupted(this BackupState state) => state with { Attempts = state.Attempts - 1 };

    /// <summary>The backup when it was written.</summary>
    public static BackupState Written(this BackupState state, BackupSeal seal, DateTimeOffset now)
    {
        var ended = state.Ended(BackupStatus.Completed, now);
        return ended with { Backup = ended.Backup! with { Records = seal.Records, Bytes = seal.Bytes, Checksum = seal.Checksum } };
    }

    /// <summary>The backup when it could not be written for the last time.</summary>
    public static BackupState Failed(this BackupState state, DateTimeOffset now) => state.Ended(BackupStatus.Failed, now);

    /// <summary>What is left of it when it is deleted. It ends here if it had not, so that it is pruned some day.</summary>
    public static BackupState Deleted(this BackupState state, DateTimeOffset now) =>
        state with { Backup = state.Backup! with { FinishedAt = state.Backup.FinishedAt ?? now }, NextAt = null, IsDeleted = true };

    /// <summary>Whether nothing more happens to it, so that it may be pruned.</summary>
    public static bool HasEnded(this BackupState state) => state.IsDeleted || state.Backup is { Status: BackupStatus.Completed or BackupStatus.Failed };

    /// <summary>The backup's file.</summary>
    public static BackupFile File(this BackupRecord backup) => new(backup.Id, backup.Service, backup.CreatedAt);

    /// <summary>What the file of a completed backup held when it was written.</summary>
    public static BackupSeal Seal(this BackupRecord backup) => new(backup.Records!.Value, backup.Bytes!.Value, backup.Checksum!);

    private static BackupState Ended(this BackupState state, BackupStatus status, DateTimeOffset now) =>
        state with { Backup = state.Backup! with { Status = status, FinishedAt = now }, NextAt = null };
}
