using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;

namespace Ticketing.Grains.Events;

/// <summary>What an entry means for the records of tickets, payments and notifications. Pure, so that records can be made again from the journal.</summary>
internal static class Projection
{
    /// <summary>Adds what an entry that was applied changes.</summary>
    /// <param name="changes">Where to add.</param>
    /// <param name="sale">The sale after the entry.</param>
    /// <param name="key">The event.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="position">The entry's position in the ledger, from 1.</param>
    public static void Add(List<RecordChange> changes, Sale sale, EventKey key, Entry entry, long position)
    {
        switch (entry)
        {
            case Purchased bought:
                changes.Add(Changed(bought.TicketId));
                changes.Add(new PaymentBorn(new PaymentState
                {
                    Payment = new(
                        bought.PaymentId, bought.Price, PaymentStatus.Pending, PaymentReason.None, bought.At, bought.Owner, key, bought.TicketId),
                    CardToken = bought.CardToken,
                    NextAt = bought.At,
                }));
                break;
            case Activated activated: changes.Add(Changed(activated.TicketId)); break;
            case ActivatedByHand activated: changes.Add(Changed(activated.TicketId)); break;
            case SeatMoved moved: changes.Add(Changed(moved.TicketId)); break;
            case TicketEnded ended: changes.Add(Changed(ended.TicketId)); break;
            case TicketDeleted deleted: changes.Add(Changed(deleted.TicketId)); break;
            case Told told: changes.Add(new NotificationBorn(Notification(sale, key, told, position))); break;
            case Opened or DetailsSet or Deleted or ReturnOrdered or ReturnDone: break;
            default: throw new InvalidOperationException($"no projection of {entry.GetType().Name}");
        }

        TicketChanged Changed(TicketId ticket) => new(sale.Ticket(ticket), position, sale.IsTicketDeleted(ticket));
    }

    /// <summary>The id of the notification that is born with an entry.</summary>
    public static NotificationId NotificationKey(EventKey key, Told told, long position) => new(RecordId.Derived(told.At, key.Value, position));

    private static NotificationState Notification(Sale sale, EventKey key, Told told, long position)
    {
        var ticket = sale.Ticket(told.TicketId);
        return new NotificationState
        {
            Notification = new(NotificationKey(key, told, position), Message(sale, ticket, told.Tidings), NotificationType.Email, NotificationStatus.Pending, told.At, ticket.UserId),
            NextAt = told.At,
        };
    }

    private static string Message(Sale sale, TicketRecord ticket, Tidings tidings) => tidings switch
    {
        Tidings.PaymentReceived => Messages.PaymentReceived(new Money(ticket.Price, ticket.Currency)),
        Tidings.TicketActive => Messages.TicketActive(ticket.SeatNumber),
        Tidings.SeatMoved => Messages.TicketChanged(ticket.Status, ticket.SeatNumber),
        Tidings.Cancelled => Messages.Cancelled(ticket.SeatNumber),
        Tidings.RefundComing => Messages.RefundComing(ticket.SeatNumber),
        Tidings.PaymentDeclined => Messages.PaymentDeclined(ticket.SeatNumber),
        Tidings.PaymentTimedOut => Messages.PaymentTimedOut(ticket.SeatNumber),
        Tidings.EventCancelled => Messages.EventCancelled(sale.Details!.Title),
        Tidings.TicketDeleted => Messages.TicketDeleted(ticket.SeatNumber),
        Tidings.EventChanged => Messages.EventChanged(sale.Details!.Title, sale.Details.Date, sale.Details.Location),
        _ => throw new InvalidOperationException($"no message for {tidings}"),
    };
}
