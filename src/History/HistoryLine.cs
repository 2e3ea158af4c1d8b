namespace Ticketing.History;

/// <summary>
/// One line of the history of an event's sale: what it is of, the beginning of a batch, or a fact. docs/history.md describes each as it is written.
/// Ids are numbers here: twelve bytes of a record's id, sixteen of an operation's, big-endian.
/// </summary>
public abstract record HistoryLine;

/// <summary>The first line: what the history is of.</summary>
/// <param name="Event">The event's id.</param>
public sealed record Head(UInt128 Event) : HistoryLine;

/// <summary>The facts that follow, up to the next line of this kind, became durable together.</summary>
/// <param name="Number">1, 2, 3 … without gaps.</param>
/// <param name="Writer">Who wrote it; 0 when that is not said, as in journals of before there were writers.</param>
/// <param name="Seal">What ties it to the batches before it; absent in an export, which says instead whether it held.</param>
/// <param name="Fault">What was wrong with it when it was read, in words; nothing when it was what had been written.</param>
public sealed record Batch(long Number, ulong Writer, Seal? Seal = null, string? Fault = null) : HistoryLine;

/// <summary>What a journal has of a batch, so that its chain can be checked.</summary>
/// <param name="Payload">The bytes of its entries.</param>
/// <param name="Chain">SHA-256 of the chain before, the number (eight bytes, big-endian) and the payload.</param>
public sealed record Seal(ReadOnlyMemory<byte> Payload, ReadOnlyMemory<byte> Chain);

/// <summary>Something that became true.</summary>
/// <param name="At">When it was decided, in milliseconds since 1970.</param>
public abstract record Fact(long At) : HistoryLine;

/// <summary>A command that may be repeated without a second effect.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Fingerprint">Sixty-four bits of a hash of what it asks for.</param>
public readonly record struct Command(UInt128 Id, ulong Fingerprint);

/// <summary>An activation began to write; no older one may have written after it. The only fact without a position.</summary>
/// <param name="At">When.</param>
/// <param name="Writer">Its number, never used by another; 0 when that is not said.</param>
public sealed record Opened(long At, ulong Writer) : Fact(At);

/// <summary>The event was made, or its details and its allotment were replaced.</summary>
/// <param name="At">When.</param>
/// <param name="Command">By which command.</param>
/// <param name="Creator">Who made the event.</param>
/// <param name="Date">When it takes place, in milliseconds since 1970.</param>
/// <param name="Capacity">Seats are numbered 1 to this.</param>
/// <param name="Price">Of a seat, in whole units of the buyer's currency.</param>
/// <param name="Withheld">How many free seats are not for sale.</param>
/// <param name="HoldersMustHear">Whether all who have a ticket now are to be told.</param>
/// <param name="Texts">Title, description and location; absent in an export.</param>
public sealed record Details(
    long At, Command Command, UInt128 Creator, long Date, uint Capacity, uint Price, uint Withheld, bool HoldersMustHear, Texts? Texts = null) : Fact(At);

/// <summary>What an organiser says of the event in words.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Description">Its description.</param>
/// <param name="Location">Where it takes place.</param>
public sealed record Texts(string Title, string Description, string Location);

/// <summary>The event was taken off sale for good.</summary>
/// <param name="At">When.</param>
/// <param name="Command">By which command.</param>
public sealed record OffSale(long At, Command Command) : Fact(At);

/// <summary>A seat was sold. The ticket is pending until it is paid.</summary>
/// <param name="At">When.</param>
/// <param name="Command">By which command.</param>
/// <param name="Ticket">The ticket's id.</param>
/// <param name="Payment">The payment's id.</param>
/// <param name="Owner">Who owns the ticket.</param>
/// <param name="Seat">The seat, from 1.</param>
/// <param name="Price">In whole units of the currency.</param>
/// <param name="Currency">The currency's code, in capital letters.</param>
/// <param name="PayBy">Until when it must be paid, in milliseconds since 1970.</param>
public sealed record Sold(
    long At, Command Command, UInt128 Ticket, UInt128 Payment, UInt128 Owner, uint Seat, uint Price, string Currency, long PayBy) : Fact(At);

/// <summary>A fact about one ticket that was sold.</summary>
/// <param name="At">When.</param>
/// <param name="Ticket">The ticket's id.</param>
public abstract record TicketFact(long At, UInt128 Ticket) : Fact(At);

/// <summary>The money came; the ticket is active.</summary>
/// <param name="At">When.</param>
/// <param name="Ticket">The ticket's id.</param>
public sealed record Activated(long At, UInt128 Ticket) : TicketFact(At, Ticket);

/// <summary>Somebody said so; the ticket is active, paid or not.</summary>
/// <param name="At">When.</param>
/// <param name="Command">By which command.</param>
/// <param name="Ticket">The ticket's id.</param>
public sealed record ActivatedByHand(long At, Command Command, UInt128 Ticket) : TicketFact(At, Ticket);

/// <summary>The ticket has another seat; the one before is free.</summary>
/// <param name="At">When.</param>
/// <param name="Command">By which command.</param>
/// <param name="Ticket">The ticket's id.</param>
/// <param name="Seat">The seat it has from now on.</param>
public sealed record Moved(long At, Command Command, UInt128 Ticket, uint Seat) : TicketFact(At, Ticket);

/// <summary>How a ticket ended, which is final.</summary>
public enum TicketEnd
{
    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>It was refunded.</summary>
    Refunded,
}

/// <summary>Why a ticket ended.</summary>
public enum EndReason
{
    /// <summary>Its owner or an administrator asked.</summary>
    Asked,

    /// <summary>The payment was declined.</summary>
    PaymentDeclined,

    /// <summary>The payment did not come in time.</summary>
    PaymentTimedOut,

    /// <summary>The event was taken off sale.</summary>
    EventDeleted,

    /// <summary>The ticket was withdrawn.</summary>
    TicketDeleted,
}

/// <summary>The ticket ended, and its seat is free.</summary>
/// <param name="At">When.</param>
/// <param name="Command">By which command; absent when nobody asked.</param>
/// <param name="Ticket">The ticket's id.</param>
/// <param name="End">How.</param>
/// <param name="Reason">Why.</param>
public sealed record Ended(long At, Command? Command, UInt128 Ticket, TicketEnd End, EndReason Reason) : TicketFact(At, Ticket);

/// <summary>The ticket was withdrawn and left every list. If it was open, it ends in the same batch.</summary>
/// <param name="At">When.</param>
/// <param name="Command">By which command.</param>
/// <param name="Ticket">The ticket's id.</param>
public sealed record Withdrawn(long At, Command Command, UInt128 Ticket) : TicketFact(At, Ticket);

/// <summary>The ticket's money must go back, or never be taken.</summary>
/// <param name="At">When.</param>
/// <param name="Ticket">The ticket's id.</param>
public sealed record ReturnOrdered(long At, UInt128 Ticket) : TicketFact(At, Ticket);

/// <summary>The ticket's money went back, or never will be taken.</summary>
/// <param name="At">When.</param>
/// <param name="Ticket">The ticket's id.</param>
public sealed record ReturnDone(long At, UInt128 Ticket) : TicketFact(At, Ticket);

/// <summary>What a holder is told.</summary>
public enum Tidings
{
    /// <summary>The payment came.</summary>
    PaymentReceived,

    /// <summary>The ticket is active.</summary>
    TicketActive,

    /// <summary>The ticket has another seat.</summary>
    SeatMoved,

    /// <summary>The ticket was cancelled.</summary>
    Cancelled,

    /// <summary>The ticket was refunded.</summary>
    RefundComing,

    /// <summary>The payment was declined.</summary>
    PaymentDeclined,

    /// <summary>The payment did not come in time.</summary>
    PaymentTimedOut,

    /// <summary>The event will not take place.</summary>
    EventCancelled,

    /// <summary>The ticket was withdrawn.</summary>
    TicketDeleted,

    /// <summary>The event takes place at another time or elsewhere.</summary>
    EventChanged,
}

/// <summary>The ticket's owner is told something, by a notification that is born with the fact.</summary>
/// <param name="At">When.</param>
/// <param name="Ticket">The ticket's id.</param>
/// <param name="Tidings">What.</param>
/// <param name="Key">The notification's id, under which it is sent; it follows from time, event and position.</param>
public sealed record Told(long At, UInt128 Ticket, Tidings Tidings, UInt128 Key) : TicketFact(At, Ticket);
