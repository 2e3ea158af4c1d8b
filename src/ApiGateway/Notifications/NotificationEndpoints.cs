using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Notifications;

namespace Ticketing.ApiGateway.Notifications;

/// <summary>Notifications (contract.md 9).</summary>
internal static class NotificationEndpoints
{
    public static Routes MapNotifications(this Routes routes) => routes
        .Get("", Access.Roles(Role.Admin), List, new("Listing the notifications") { Data = typeof(NotificationView[]), IsList = true })
        .Get("/{id:id}", Access.Roles(Role.Admin), Read, new("Reading the notification")
        {
            Data = typeof(NotificationView),
            Refusals = [Refusal.NoSuchNotification],
        });

    private static async Task List(HttpContext http, Gateway gateway) =>
        await http.List(await gateway.Grains.GetGrain<INotificationListGrain>(0).List(http.PageRequest()), NotificationView.Shape);

    private static async Task Read(HttpContext http, Gateway gateway) =>
        await http.Answer(await gateway.Grains.GetGrain<INotificationGrain>(http.PathId("id").ToString()).Read(), NotificationView.Shape);
}
