using Microsoft.Extensions.Logging;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Users;

namespace Ticketing.Grains.Notifications;

/// <remarks>
/// A mail is sent at least once: when the store's answer is lost after the mail server's, it is sent again later, under the same key.
/// </remarks>
[GrainType("notification")]
internal sealed class NotificationGrain(
    [PersistentState("notification")] IPersistentState<NotificationState> state,
    IMailer mailer,
    IUserRecords users,
    MailMeter meter,
    TimeProvider time,
    IGrainContext context,
    ILogger<NotificationGrain> log) : INotificationGrain, IGrainBase
{
    /// <summary>Below the thirty seconds for which the job waits for this grain.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    private readonly Departure departure = new();

    public IGrainContext GrainContext => context;

    private NotificationId Id => NotificationId.Parse(this.GetPrimaryKeyString());

    public async Task<Answer<NotificationRecord>> Create(UserId addressee, string message)
    {
        if (state.State.Notification is { } existing) return existing;

        var now = time.GetUtcNow();
        var made = new NotificationRecord(Id, message, NotificationType.Email, NotificationStatus.Pending, now, addressee);
        return await Store(new() { Notification = made, NextAt = now }, made);
    }

    public async ValueTask<Answer<NotificationRecord>> Read() => await Find() is { } notification ? notification : Refusal.NoSuchNotification;

    public async Task Send()
    {
        if (await Find() is not { } notification || !state.State.MustSend(time.GetUtcNow())) return;

        if (!await state.TryReplace(state.State.Attempting(time.GetUtcNow()), context, log)) return;

        var next = state.State.AfterSend(await Mail(notification));
        if (next == state.State)
        {
            meter.Postponed();
        }
        else if (await state.TryReplace(next, context, log))
        {
            if (next.Notification!.Status == NotificationStatus.Sent) meter.Sent();
            else Failed(notification.Id);
        }
    }

    public async Task<Answer<NotificationRecord>> Mark(NotificationStatus status)
    {
        if (await Find() is null) return Refusal.NoSuchNotification;
        var next = state.State.Marked(status, time.GetUtcNow());
        return await Store(next, next.Notification!);
    }

    public async Task<Answer<NotificationRecord>> Delete() =>
        await Find() is { } notification ? await Store(state.State.Deleted(), notification) : Refusal.NoSuchNotification;

    private async Task<Answer<NotificationRecord>> Store(NotificationState next, NotificationRecord answer) =>
        await state.TryReplace(next, context, log) ? answer : default(Answer<NotificationRecord>);

    private void Failed(NotificationId id)
    {
        meter.Failed();
        Log.Failed(log, id);
    }

    private async Task<MailResult> Mail(NotificationRecord notification)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            // Read from the records: the user's grain may be waiting for this one, which it asks to welcome the user.
            return await users.Find(notification.UserId) is { } addressee
                ? await mailer.Send(Messages.Mail(notification, addressee.Email), patience.Token).WaitAsync(patience.Token)
                : MailResult.Refused;
        }
        catch (Exception exception)
        {
            Log.NotSent(log, exception, notification.Id);
            return MailResult.TryLater;
        }
    }

    /// <summary>The notification, if there is one by now: its record may be born in another grain's commit, perhaps after somebody guessed the id.</summary>
    private async ValueTask<NotificationRecord?> Find()
    {
        if (state.State.Notification is null) await state.ReadStateAsync();
        if (state.State is { IsDeleted: false, Notification: { } notification }) return notification;
        departure.Begin(this);
        return null;
    }
}

/// <summary>What notifications have to log. Addresses are left out.</summary>
internal static partial class Log
{
    [LoggerMessage(30, LogLevel.Warning, "Notification {NotificationId} could not be sent and is tried again later")]
    public static partial void NotSent(ILogger log, Exception exception, NotificationId notificationId);

    [LoggerMessage(31, LogLevel.Warning, "Notification {NotificationId} failed for good: its addressee is unknown or refused, or it was tried too often")]
    public static partial void Failed(ILogger log, NotificationId notificationId);
}
