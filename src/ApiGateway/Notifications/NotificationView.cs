using System.ComponentModel.DataAnnotations;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Notifications;

namespace Ticketing.ApiGateway.Notifications;

/// <summary>A notification on the wire (contract.md 9.1).</summary>
internal sealed record NotificationView(
    RecordId Id,
    [property: StringLength(NotificationBody.LongestMessage, MinimumLength = NotificationBody.ShortestMessage)] string Message,
    NotificationType NotifType,
    NotificationStatus Status,
    DateTimeOffset CreatedAt,
    RecordId UserId)
{
    public static Shape<NotificationRecord, NotificationView> Shape { get; } =
        new(Of, Json.Default.EnvelopeNotificationView, Json.Default.EnvelopeNotificationViewArray);

    private static NotificationView Of(NotificationRecord notification) => new(
        notification.Id.Value, notification.Message, notification.Type, notification.Status, notification.CreatedAt, notification.UserId.Value);
}
