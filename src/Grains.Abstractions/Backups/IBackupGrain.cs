namespace Ticketing.Grains.Abstractions.Backups;

/// <summary>Where a backup stands (contract.md 11.2). Each state follows the one before; none is left by hand.</summary>
[GenerateSerializer]
public enum BackupStatus
{
    /// <summary>Waiting for the job.</summary>
    Pending,

    /// <summary>Being written, or interrupted while it was and waiting to be begun anew.</summary>
    InProgress,

    /// <summary>Written whole and flushed.</summary>
    Completed,

    /// <summary>Could not be written, finally.</summary>
    Failed,
}

/// <summary>What is known of a backup (contract.md 10.1); its contents are a file.</summary>
/// <param name="Id">The backup.</param>
/// <param name="Service">What it is of.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="CreatedAt">When it was asked for. The backups of one scheduled set have the same moment.</param>
/// <param name="FinishedAt">When it was completed or failed; absent until then.</param>
/// <param name="Records">How many records it has; absent until it is completed, like what follows.</param>
/// <param name="Bytes">The length of its file.</param>
/// <param name="Checksum">SHA-256 of its file, 64 lower-case hexadecimal characters.</param>
[GenerateSerializer, Immutable, Alias("BackupRecord")]
public sealed record BackupRecord(
    [property: Id(0)] BackupId Id,
    [property: Id(1)] BackupService Service,
    [property: Id(2)] BackupStatus Status,
    [property: Id(3)] DateTimeOffset CreatedAt,
    [property: Id(4)] DateTimeOffset? FinishedAt,
    [property: Id(5)] long? Records,
    [property: Id(6)] long? Bytes,
    [property: Id(7)] string? Checksum);

/// <summary>One backup of one service. Its key is the backup id.</summary>
[Alias("IBackupGrain")]
public interface IBackupGrain : IGrainWithStringKey
{
    /// <summary>Asks for the backup, which the job then makes; repeating it is harmless, also after the backup was deleted.</summary>
    /// <param name="service">What it is of.</param>
    /// <param name="createdAt">The moment it bears.</param>
    /// <returns>The backup as it stands, or <see cref="Refusal.NoSuchBackup"/> when it was deleted.</returns>
    [Alias("Create")]
    Task<Answer<BackupRecord>> Create(BackupService service, DateTimeOffset createdAt);

    /// <summary>The backup, as storage has it: it is answered also while the backup is being written.</summary>
    /// <returns>The backup, or <see cref="Refusal.NoSuchBackup"/>.</returns>
    [AlwaysInterleave, Alias("Read")]
    ValueTask<Answer<BackupRecord>> Read();

    /// <summary>
    /// Writes the backup if it is due, whether nobody began before or somebody was interrupted. A second call waits for the first and finds nothing
    /// to do. Takes as long as the service is large.
    /// </summary>
    /// <returns>Whether it has ended; otherwise it stays due.</returns>
    [Alias("Process"), ResponseTimeout("01:00:00")]
    Task<bool> Process();

    /// <summary>The records of a completed backup, page by page.</summary>
    /// <exception cref="InvalidDataException">The contents are missing or damaged, from here on.</exception>
    [Alias("Pages")]
    IAsyncEnumerable<BackupPage> Pages(CancellationToken cancellation = default);

    /// <summary>Reads the contents again and compares them with what was written. Takes as long as the service is large.</summary>
    /// <returns>
    /// The backup, <see cref="Refusal.NoSuchBackup"/>, <see cref="Refusal.BackupNotCompleted"/>, or <see cref="Refusal.BackupDamaged"/>, whose cause is logged.
    /// </returns>
    [Alias("Verify"), ResponseTimeout("01:00:00")]
    Task<Answer<BackupRecord>> Verify();

    /// <summary>Takes it off every list and removes its contents. One that is being written is deleted when it ends.</summary>
    /// <returns>The backup as it was, or <see cref="Refusal.NoSuchBackup"/>.</returns>
    [Alias("Delete")]
    Task<Answer<BackupRecord>> Delete();

    /// <summary>Removes the contents and every trace of a backup that has ended or was deleted; the job calls it when the backup is old. Safe to repeat.</summary>
    [Alias("Prune")]
    Task Prune();
}

/// <summary>The backups job: makes a set when it is time, works through what is due, and prunes what is old. Its key is 0: sets are made in order, one backup after another.</summary>
[Alias("IBackupRunGrain")]
public interface IBackupRunGrain : IGrainWithIntegerKey
{
    /// <summary>Makes sure that the job runs, also after a restart.</summary>
    [AlwaysInterleave, Alias("Start")]
    Task Start();

    /// <summary>Does one round now, or waits for the one that is under way.</summary>
    [AlwaysInterleave, Alias("Run"), ResponseTimeout("01:00:00")]
    Task Run();
}

/// <summary>Lists of backups, answered by storage. Key 0.</summary>
[Alias("IBackupListGrain")]
public interface IBackupListGrain : IGrainWithIntegerKey
{
    /// <summary>All backups that were not deleted.</summary>
    [Alias("List")]
    Task<Page<BackupRecord>> List(PageRequest page);

    /// <summary>The newest completed backup of a service or, when none is, the newest.</summary>
    /// <returns>The backup, or <see cref="Refusal.NoSuchBackup"/> when there is none at all.</returns>
    [Alias("Last")]
    Task<Answer<BackupRecord>> Last(BackupService service);
}
