using Ticketing.Grains.Abstractions.Backups;

namespace Ticketing.Grains.Backups;

/// <summary>What a BackupGrain keeps.</summary>
public sealed record BackupState
{
    /// <summary>The backup, or nothing when there is none.</summary>
    public BackupRecord? Backup { get; init; }

    /// <summary>From when on the job must write it; nothing when it has ended.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>How often writing was begun, not counting what a stop of the silo interrupted.</summary>
    public int Attempts { get; init; }

    /// <summary>Whether it was deleted. The record stays until it is pruned: its slot of the schedule may be made again.</summary>
    public bool IsDeleted { get; init; }
}
