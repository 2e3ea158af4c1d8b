using Ticketing.Grains.Abstractions.Notifications;

namespace Ticketing.Grains.Notifications;

/// <summary>What a NotificationGrain keeps. Those about tickets are born in the ledger's own commit.</summary>
public sealed record NotificationState
{
    /// <summary>The number of shards the sending job is divided into. Never changed: it is stored with every notification.</summary>
    public const int Shards = 8;

    /// <summary>The notification, or nothing when there is none.</summary>
    public NotificationRecord? Notification { get; init; }

    /// <summary>When the job must try to send it (again); nothing when it is sent or has failed.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>How often sending was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>
    /// Whether it was deleted. The record stays, without its message: its birth may be repeated by the ledger it comes from, and what is there is left as it is.
    /// </summary>
    public bool IsDeleted { get; init; }

    /// <summary>The shard of a notification, 0 to <see cref="Shards"/> - 1.</summary>
    public static int ShardOf(NotificationId id) => id.Value.Bucket(Shards);
}
