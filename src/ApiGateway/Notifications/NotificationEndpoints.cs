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
        })
        .Post("", Access.Internal, Create, new("Notification creation")
        {
            Body = typeof(NotificationBody),
            Example = """{ "message": "The doors open at seven.", "user_id": "65f0c1d2e3a4b5c6d7e8f902" }""",
            Data = typeof(NotificationView),
        })
        .Patch("/{id:id}", Access.Roles(Role.Admin), Mark, new("Notification change")
        {
            Body = typeof(NotificationStatusBody),
            Example = """{ "status": "Pending" }""",
            Data = typeof(NotificationView),
            Refusals = [Refusal.NoSuchNotification],
        })
        .Delete("/{id:id}", Access.Roles(Role.Admin), Delete, new("Notification deletion")
        {
            Data = typeof(NotificationView),
            Refusals = [Refusal.NoSuchNotification],
        });

    private static async Task List(HttpContext http, Gateway gateway) =>
        await http.List(await gateway.Grains.GetGrain<INotificationListGrain>(0).List(http.PageRequest()), NotificationView.Shape);

    private static async Task Read(HttpContext http, Gateway gateway) =>
        await http.Answer(await Grain(gateway, http.PathId("id")).Read(), NotificationView.Shape);

    private static async Task Create(HttpContext http, Gateway gateway)
    {
        var body = await http.ReadBody(Json.Default.NotificationBody);
        var (addressee, message) = body.Check();
        await http.Answer(await Grain(gateway, NotificationId.New(gateway.Now).Value).Create(addressee, message), NotificationView.Shape);
    }

    private static async Task Mark(HttpContext http, Gateway gateway)
    {
        var body = await http.ReadBody(Json.Default.NotificationStatusBody);
        var status = body.Check();
        await http.Answer(await Grain(gateway, http.PathId("id")).Mark(status), NotificationView.Shape);
    }

    private static async Task Delete(HttpContext http, Gateway gateway) =>
        await http.Answer(await Grain(gateway, http.PathId("id")).Delete(), NotificationView.Shape);

    private static INotificationGrain Grain(Gateway gateway, RecordId id) => gateway.Grains.GetGrain<INotificationGrain>(id.ToString());
}
