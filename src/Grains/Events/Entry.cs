using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Events;

/// <summary>One fact of a sale. The journal is a list of these; the sale is their fold. Facts are never changed, only added.</summary>
internal abstract record Entry(DateTimeOffset At);

/// <summary>
/// An activation began to write. Once this is durable, no older activation can append. The writer is the number under which the ids of all its batches begin; 0 in
/// journals of before there were any.
/// </summary>
internal sealed record Opened(DateTimeOffset At, ulong Writer = 0) : Entry(At);

/// <summary>The event was made, or its details and its allotment were replaced. When holders must hear of it, those with a ticket now are told by the entries that follow.</summary>
internal sealed record DetailsSet(
    DateTimeOffset At, Operation Operation, UserId Creator, EventDetails Details, uint Withheld, bool HoldersMustHear = false) : Entry(At);

/// <summary>The event was taken off sale for good. Its open tickets are ended by the entries that follow.</summary>
internal sealed record Deleted(DateTimeOffset At, Operation Operation) : Entry(At);

/// <summary>A seat was sold: ticket, price and payment in one.</summary>
internal sealed record Purchased(
    DateTimeOffset At, Operation Operation, TicketId TicketId, PaymentId PaymentId, UserId Owner, uint Seat, Money Price, DateTimeOffset PayBy, string CardToken)
    : Entry(At);

/// <summary>The money came; the ticket is Active.</summary>
internal sealed record Activated(DateTimeOffset At, TicketId TicketId) : Entry(At);

/// <summary>A service said so; the ticket is Active, whatever becomes of its payment.</summary>
internal sealed record ActivatedByHand(DateTimeOffset At, Operation Operation, TicketId TicketId) : Entry(At);

/// <summary>The ticket has another seat; the one before is free.</summary>
internal sealed record SeatMoved(DateTimeOffset At, Operation Operation, TicketId TicketId, uint Seat) : Entry(At);

/// <summary>Why a ticket ended.</summary>
internal enum EndReason
{
    Asked = 1,
    PaymentDeclined = 2,
    PaymentTimedOut = 3,
    EventDeleted = 4,
    TicketDeleted = 5,
}

/// <summary>The ticket is Cancelled or Refunded, and its seat is free. The operation is absent when nobody asked.</summary>
internal sealed record TicketEnded(DateTimeOffset At, Operation? Operation, TicketId TicketId, TicketStatus End, EndReason Reason) : Entry(At);

/// <summary>The ticket's record is hidden for good. If it was open, the entries that follow end it.</summary>
internal sealed record TicketDeleted(DateTimeOffset At, Operation Operation, TicketId TicketId) : Entry(At);

/// <summary>The ticket's money must go back, or never be taken. Stays in the outbox until <see cref="ReturnDone"/>.</summary>
internal sealed record ReturnOrdered(DateTimeOffset At, TicketId TicketId) : Entry(At);

/// <summary>The payment has taken the order.</summary>
internal sealed record ReturnDone(DateTimeOffset At, TicketId TicketId) : Entry(At);

/// <summary>What a holder is told.</summary>
internal enum Tidings
{
    PaymentReceived = 1,
    TicketActive = 2,
    SeatMoved = 3,
    Cancelled = 4,
    RefundComing = 5,
    PaymentDeclined = 6,
    PaymentTimedOut = 7,
    EventCancelled = 8,
    TicketDeleted = 9,
    EventChanged = 10,
}

/// <summary>The ticket's owner must be told. The notification is born in the same commit.</summary>
internal sealed record Told(DateTimeOffset At, TicketId TicketId, Tidings Tidings) : Entry(At);
