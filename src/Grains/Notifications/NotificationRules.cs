using Ticketing.Grains.Abstractions.Notifications;

namespace Ticketing.Grains.Notifications;

/// <summary>How a notification moves on. Pure: no clock, no mail, no storage.</summary>
internal static class NotificationRules
{
    /// <summary>How often sending is tried: with the waits between, for about a day.</summary>
    public const int MostAttempts = 30;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>Whether it is time to send it.</summary>
    public static bool MustSend(this NotificationState state, DateTimeOffset now) =>
        state.Notification is { Status: NotificationStatus.Pending } && state.NextAt <= now;

    /// <summary>
    /// The notification with an attempt noted before it is made: a mail whose sending cannot be stored afterwards is sent again after the wait, not in
    /// every round; and when nothing can be stored at all, none is sent.
    /// </summary>
    public static NotificationState Attempting(this NotificationState state, DateTimeOffset now) =>
        state with { Attempts = state.Attempts + 1, NextAt = now + Backoff.After(state.Attempts + 1, FirstWait, LongestWait) };

    /// <summary>The notification after an attempt to send it.</summary>
    /// <param name="state">The pending notification, with the attempt noted.</param>
    /// <param name="result">What became of the mail; not knowing it means <see cref="MailResult.TryLater"/>.</param>
    public static NotificationState AfterSend(this NotificationState state, MailResult result) => result switch
    {
        MailResult.Sent => state.Ended(NotificationStatus.Sent),
        MailResult.Refused => state.Ended(NotificationStatus.Failed),
        MailResult.TryLater when state.Attempts >= MostAttempts => state.Ended(NotificationStatus.Failed),
        MailResult.TryLater => state,
    };

    /// <summary>The notification when somebody says where it stands. Pending means to be sent from the beginning.</summary>
    public static NotificationState Marked(this NotificationState state, NotificationStatus status, DateTimeOffset now) => status == NotificationStatus.Pending
        ? state with { Notification = state.Notification! with { Status = status }, NextAt = now, Attempts = 0 }
        : state.Ended(status);

    /// <summary>What is left of the notification when it is deleted.</summary>
    public static NotificationState Deleted(this NotificationState state) =>
        state with { Notification = state.Notification! with { Message = "" }, NextAt = null, IsDeleted = true };

    private static NotificationState Ended(this NotificationState state, NotificationStatus status) =>
        state with { Notification = state.Notification! with { Status = status }, NextAt = null };
}
