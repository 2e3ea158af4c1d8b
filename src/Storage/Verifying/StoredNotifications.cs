using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.History;
using Ticketing.Storage.Moving;

namespace Ticketing.Storage.Verifying;

/// <summary>Everything that was told has its notification, under the key that follows from the journal. A table has each key once.</summary>
/// <param name="engine">The database.</param>
/// <param name="checker">The journal.</param>
/// <param name="moment">How far it was.</param>
internal sealed class StoredNotifications(IEngine engine, HistoryChecker checker, Moment moment)
{
    private readonly Check check = checker.Table.Row("notifications", "everything that was told has its notification, to the ticket's owner");

    /// <summary>Compares.</summary>
    /// <param name="told">What was told, with its position.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task Compare((Told Told, long Position)[] told, CancellationToken cancellation)
    {
        await foreach (var ((one, position), row) in engine.FindEach(Tables.Notifications, told, each => Expected.Id(each.Told.Key), cancellation))
        {
            check.Look();
            if (row is null)
            {
                if (position <= moment.Sure) checker.Violate(check, one.Ticket, $"notification {Ids.Record(one.Key)} is not there ({one.Tidings})");
                else check.Note("records that follow their batch");
                continue;
            }

            var notification = Tables.Notifications.Read(row).Notification!;
            if (notification.CreatedAt != Expected.Time(one.At) || Expected.Number(notification.UserId.Value) != checker.Sale.Find(one.Ticket)?.Sold.Owner)
                checker.Violate(check, one.Ticket, $"notification {notification.Id} is of another time or for somebody else ({one.Tidings})");
            else if (notification.Status == NotificationStatus.Pending) check.Note("notifications still under way");
        }
    }
}
