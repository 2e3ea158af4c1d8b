namespace Ticketing.Grains.Backups;

/// <summary>How the backups job works.</summary>
public sealed record BackupSettings
{
    /// <summary>The time between two rounds; by contract a backup waits twenty seconds at most.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A set is made at each multiple of this by the clock; zero for none but those that are asked for.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a backup is kept after it ended. The last of each service and the last complete set are always kept. Not shorter than <see cref="Every"/>.</summary>
    public TimeSpan Kept { get; init; } = TimeSpan.FromHours(24);
}
