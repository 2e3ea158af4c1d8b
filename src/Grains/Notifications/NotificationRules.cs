using Ticketing.Grains.Abstractions.Notifications;

namespace Ticketing.Grains.Notifications;

/// <summary>How a notification moves on. Pure: no clock, no mail, no storage.</summary>
internal static class NotificationRules
{
    /// <summary>How often sending is tried: with the waits between, for about an hour.</summary>
    public const int MostAttempts = 8;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>Whether it is time to send it.</summary>
    public static bool MustSend(this NotificationState state, DateTimeOffset now) =>
        state.Notification is { Status: NotificationStatus.Pending } && state.NextAt <= now;

    /// <summary>The notification after an attempt to send it.</summary>
    /// <param name="state">The pending notification.</param>
    /// <param name="result">What became of the mail; not knowing it means <see cref="MailResult.TryLater"/>.</param>
    /// <param name="now">The time.</param>
    public static NotificationState AfterSend(this NotificationState state, MailResult result, DateTimeOffset now)
    {
        var attempts = state.Attempts + 1;
        return result switch
        {
            MailResult.Sent => state.Ended(NotificationStatus.Sent),
            MailResult.Refused => state.Ended(NotificationStatus.Failed),
            MailResult.TryLater when attempts >= MostAttempts => state.Ended(NotificationStatus.Failed) with { Attempts = attempts },
            MailResult.TryLater => state with { Attempts = attempts, NextAt = now + Backoff.After(attempts, FirstWait, LongestWait) },
        };
    }

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
