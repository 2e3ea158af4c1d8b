using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Abstractions.Notifications;

/// <summary>How a person is told (contract.md 9.1).</summary>
[GenerateSerializer]
public enum NotificationType
{
    /// <summary>By e-mail. Everything created is this.</summary>
    Email,

    /// <summary>By text message. Named by the contract, never sent.</summary>
    Sms,
}

/// <summary>Where a notification stands (contract.md 9.1).</summary>
[GenerateSerializer]
public enum NotificationStatus
{
    /// <summary>Waiting for the job.</summary>
    Pending,

    /// <summary>Handed to the mail server.</summary>
    Sent,

    /// <summary>Could not be sent, finally.</summary>
    Failed,
}

/// <summary>A message to one person (contract.md 9.1).</summary>
/// <param name="Id">The notification.</param>
/// <param name="Message">10 to 100 characters.</param>
/// <param name="Type">How the person is told.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UserId">The addressee.</param>
[GenerateSerializer, Immutable, Alias("NotificationRecord")]
public sealed record NotificationRecord(
    [property: Id(0)] NotificationId Id,
    [property: Id(1)] string Message,
    [property: Id(2)] NotificationType Type,
    [property: Id(3)] NotificationStatus Status,
    [property: Id(4)] DateTimeOffset CreatedAt,
    [property: Id(5)] UserId UserId);

/// <summary>One message to one person, sent once. Its key is the notification id.</summary>
[Alias("INotificationGrain")]
public interface INotificationGrain : IGrainWithStringKey
{
    /// <summary>Makes the notification, to be sent by the job; repeating it is harmless.</summary>
    /// <returns>The notification as it stands.</returns>
    [Alias("Create")]
    Task<Answer<NotificationRecord>> Create(UserId addressee, string message);

    /// <summary>The notification.</summary>
    /// <returns>The notification, or <see cref="Refusal.NoSuchNotification"/>.</returns>
    [ReadOnly, Alias("Read")]
    ValueTask<Answer<NotificationRecord>> Read();

    /// <summary>Sends it if it is still to be sent and due; the job calls this.</summary>
    [Alias("Send")]
    Task Send();

    /// <summary>Sets where it stands, whatever it was: <see cref="NotificationStatus.Pending"/> has it sent (again) at once, the others end it.</summary>
    /// <returns>The notification, or <see cref="Refusal.NoSuchNotification"/>.</returns>
    [Alias("Mark")]
    Task<Answer<NotificationRecord>> Mark(NotificationStatus status);

    /// <summary>Takes it off every list for good; it is not sent any more.</summary>
    /// <returns>The notification as it was, or <see cref="Refusal.NoSuchNotification"/>.</returns>
    [Alias("Delete")]
    Task<Answer<NotificationRecord>> Delete();
}

/// <summary>The sending job's share of one shard: every few seconds it sends what is pending and due. Its key is the shard's number.</summary>
[Alias("INotificationRunGrain")]
public interface INotificationRunGrain : IGrainWithIntegerKey
{
    /// <summary>Makes sure that the job runs, also after a restart. Answered during a round too: a silo that starts waits for it.</summary>
    [Alias("Start"), AlwaysInterleave]
    Task Start();

    /// <summary>Does one round now.</summary>
    [Alias("Run")]
    Task Run();
}

/// <summary>Lists of notifications, answered by storage. Key 0.</summary>
[Alias("INotificationListGrain")]
public interface INotificationListGrain : IGrainWithIntegerKey
{
    /// <summary>All notifications that were not deleted.</summary>
    [Alias("List")]
    Task<Page<NotificationRecord>> List(PageRequest page);
}
