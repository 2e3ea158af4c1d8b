using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Notifications;

namespace Ticketing.Storage.Notifications;

/// <summary>The notifications' records over an engine.</summary>
internal sealed class NotificationRecords(IEngine engine) : INotificationRecords
{
    public ValueTask<Page<NotificationRecord>> List(PageRequest page) =>
        engine.Page(Tables.Notifications, page, one => one.Notification!, new Condition("deleted", Test.Equal, Cell.Of(0)));

    public ValueTask<NotificationId[]> Due(int shard, DateTimeOffset now, NotificationId? after, int limit) =>
        engine.Due(Tables.Notifications, shard, now, after?.Value, limit, id => new NotificationId(id));
}
