using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Notifications;

namespace Ticketing.Grains.Notifications;

[GrainType("notification-list"), StatelessWorker]
internal sealed class NotificationListGrain(INotificationRecords notifications, IGrainContext context) : INotificationListGrain, IGrainBase
{
    public IGrainContext GrainContext => context;

    public Task<Page<NotificationRecord>> List(PageRequest page) => notifications.List(page).AsTask();
}
