using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Notifications;

namespace Ticketing.Grains.Notifications;

/// <summary>The notifications' records, answered by storage.</summary>
public interface INotificationRecords
{
    /// <summary>All notifications that were not deleted.</summary>
    ValueTask<Page<NotificationRecord>> List(PageRequest page);

    /// <summary>The notifications of a shard that the job must send by now, in the order of ids.</summary>
    /// <param name="shard">The shard, see <see cref="NotificationState.ShardOf"/>.</param>
    /// <param name="now">Those whose <see cref="NotificationState.NextAt"/> is not after this.</param>
    /// <param name="after">Where the last look ended; absent for the beginning.</param>
    /// <param name="limit">How many at most.</param>
    ValueTask<NotificationId[]> Due(int shard, DateTimeOffset now, NotificationId? after, int limit);
}
