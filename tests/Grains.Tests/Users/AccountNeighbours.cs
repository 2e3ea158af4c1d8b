using System.Collections.Concurrent;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Tests.Users;

/// <summary>
/// Answers for the grains that accounts and tickets call but that have tests of their own, and notes what they were asked: the calls
/// end before they leave the silo.
/// </summary>
internal sealed class AccountNeighbours : IOutgoingGrainCallFilter
{
    /// <summary>The messages people were sent, by notification.</summary>
    public ConcurrentDictionary<string, (UserId Addressee, string Message)> Notifications { get; } = new();

    /// <summary>The changes that events were asked for.</summary>
    public ConcurrentQueue<(string EventId, TicketChange Change)> Changes { get; } = new();

    /// <summary>What events answer.</summary>
    public Answer<TicketRecord> EventAnswer { get; set; }

    public Task Invoke(IOutgoingGrainCallContext context)
    {
        var key = context.TargetId.Key.ToString()!;
        switch (context.InterfaceMethod.DeclaringType, context.MethodName)
        {
            case ({ } type, nameof(INotificationGrain.Create)) when type == typeof(INotificationGrain):
                var addressee = (UserId)context.Request.GetArgument(0)!;
                var message = (string)context.Request.GetArgument(1)!;
                Notifications[key] = (addressee, message);
                context.Result = (Answer<NotificationRecord>)new NotificationRecord(NotificationId.Parse(key), message, NotificationType.Email, NotificationStatus.Pending, default, addressee);
                return Task.CompletedTask;
            case ({ } type, nameof(IEventGrain.Change)) when type == typeof(IEventGrain):
                Changes.Enqueue((key, (TicketChange)context.Request.GetArgument(0)!));
                context.Result = EventAnswer;
                return Task.CompletedTask;
            default:
                return context.Invoke();
        }
    }
}
