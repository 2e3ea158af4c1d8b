using System.ComponentModel.DataAnnotations;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway.Notifications;

/// <summary>A new notification (contract.md 9.2). The message is taken as it is, white space included.</summary>
internal sealed class NotificationBody
{
    public const int ShortestMessage = 10;
    public const int LongestMessage = 100;

    [Required, StringLength(LongestMessage, MinimumLength = ShortestMessage)]
    public string? Message { get; set; }

    [Required]
    public RecordId? UserId { get; set; }

    /// <summary>Whom to tell what.</summary>
    /// <exception cref="BadRequest">A rule is broken.</exception>
    public (UserId Addressee, string Message) Check()
    {
        var fields = new Fields();
        var message = fields.Text("message", Message, ShortestMessage, LongestMessage);
        var addressee = fields.Given("user_id", UserId);
        fields.ThrowIfBad();
        return (new UserId(addressee), message);
    }
}

/// <summary>Where a notification is to stand.</summary>
internal sealed class NotificationStatusBody
{
    [Required]
    public NotificationStatus? Status { get; set; }

    /// <summary>The status.</summary>
    /// <exception cref="BadRequest">It is missing.</exception>
    public NotificationStatus Check()
    {
        var fields = new Fields();
        var status = fields.Given("status", Status);
        fields.ThrowIfBad();
        return status;
    }
}
