using Ticketing.Grains.Abstractions.Backups;

namespace Ticketing.Grains.Backups;

/// <summary>Which file holds a backup.</summary>
/// <param name="Id">The backup.</param>
/// <param name="Service">What it is of.</param>
/// <param name="CreatedAt">When it was asked for. Backups of one moment are one set, and their files lie in one directory.</param>
public sealed record BackupFile(BackupId Id, BackupService Service, DateTimeOffset CreatedAt);

/// <summary>What a complete file holds, so that it can be compared later.</summary>
/// <param name="Records">How many records the list of its service showed.</param>
/// <param name="Bytes">The length of the file.</param>
/// <param name="Checksum">SHA-256 of the file, 64 lower-case hexadecimal characters.</param>
public sealed record BackupSeal(long Records, long Bytes, string Checksum);

/// <summary>
/// The backups' contents: one file each, written and read as streams, so that memory is bounded however much there is. A file appears whole or not at all.
/// </summary>
public interface IBackupFiles
{
    /// <summary>
    /// Writes all that a service has, in place of what an interrupted attempt left. Answers when it is flushed to the disk. A file that is complete is never
    /// replaced: when it is this backup's, whoever made it was interrupted before it could be noted, and its seal is the answer.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written, or a complete one of another make is in its place.</exception>
    Task<BackupSeal> Write(BackupFile file, CancellationToken cancellation);

    /// <summary>The records as the service's list showed them, some at once.</summary>
    /// <exception cref="InvalidDataException">The file is missing, damaged or of an unknown format.</exception>
    IAsyncEnumerable<BackupPage> Read(BackupFile file, CancellationToken cancellation);

    /// <summary>Reads the whole file again and compares it with its seal; of events, every ledger is replayed.</summary>
    /// <returns>What is wrong, in a sentence, or nothing.</returns>
    Task<string?> Verify(BackupFile file, BackupSeal seal, CancellationToken cancellation);

    /// <summary>Removes the file, if it is there.</summary>
    Task Delete(BackupFile file);
}
