using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Abstractions.Tickets;

/// <summary>Where a ticket stands (contract.md 11.2).</summary>
[GenerateSerializer]
public enum TicketStatus
{
    /// <summary>Bought; the payment is not settled yet. The seat is taken.</summary>
    Pending,

    /// <summary>Paid.</summary>
    Active,

    /// <summary>Ended; the seat was given back. Final.</summary>
    Cancelled,

    /// <summary>Ended with the money returned; the seat was given back. Final.</summary>
    Refunded,
}

/// <summary>A ticket (contract.md 7.1).</summary>
/// <param name="Id">The ticket.</param>
/// <param name="PurchaseDate">When it was bought.</param>
/// <param name="SeatNumber">1 to the event's capacity.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Price">The event's price at purchase, in whole units of the buyer's currency.</param>
/// <param name="EventId">The event.</param>
/// <param name="UserId">The owner.</param>
/// <param name="PaymentId">The payment that pays for it.</param>
/// <param name="Currency">The currency the buyer chose.</param>
[GenerateSerializer, Immutable, Alias("TicketRecord")]
public sealed record TicketRecord(
    [property: Id(0)] TicketId Id,
    [property: Id(1)] DateTimeOffset PurchaseDate,
    [property: Id(2)] uint SeatNumber,
    [property: Id(3)] TicketStatus Status,
    [property: Id(4)] uint Price,
    [property: Id(5)] EventKey EventId,
    [property: Id(6)] UserId UserId,
    [property: Id(7)] Payments.PaymentId PaymentId,
    [property: Id(8)] Currency Currency);

/// <summary>A ticket as a person meets it: reads, and commands that it passes on to its event. Its key is the ticket id.</summary>
[Alias("ITicketGrain")]
public interface ITicketGrain : IGrainWithStringKey
{
    /// <summary>The ticket as it stands.</summary>
    /// <returns>The ticket, <see cref="Refusal.NoSuchTicket"/> or <see cref="Refusal.NotYours"/>.</returns>
    [ReadOnly, Alias("Read")]
    Task<Answer<TicketRecord>> Read(Caller caller);

    /// <summary>Moves the ticket to another seat; the old one is free again.</summary>
    /// <returns>The ticket at its new seat, or the rule that refused it.</returns>
    [Alias("MoveSeat")]
    Task<Answer<TicketRecord>> MoveSeat(Operation operation, Caller caller, uint seat);

    /// <summary>Ends the ticket as <see cref="TicketStatus.Cancelled"/> or <see cref="TicketStatus.Refunded"/> and gives the seat back, once. An ended ticket is answered as it stands.</summary>
    /// <returns>The ticket, or the rule that refused it.</returns>
    [Alias("End")]
    Task<Answer<TicketRecord>> End(Operation operation, Caller caller, TicketStatus end);

    /// <summary>Makes the ticket Active on a service's word and tells its owner; an Active one is answered as it stands.</summary>
    /// <returns>The ticket, or the rule that refused it.</returns>
    [Alias("Activate")]
    Task<Answer<TicketRecord>> Activate(Operation operation, Caller caller);

    /// <summary>
    /// Takes the ticket's record away for good: from then on it is in no list, and reads and commands find none. An open ticket ends with it: its seat is
    /// free, its money goes back, and its owner is told.
    /// </summary>
    /// <returns>The ticket as it was, or the rule that refused it.</returns>
    [Alias("Delete")]
    Task<Answer<TicketRecord>> Delete(Operation operation, Caller caller);
}

/// <summary>Lists of tickets, answered by storage. Key 0.</summary>
[Alias("ITicketListGrain")]
public interface ITicketListGrain : IGrainWithIntegerKey
{
    /// <summary>All tickets that were not deleted, or those of one owner.</summary>
    /// <param name="owner">The owner; absent for everybody's.</param>
    /// <param name="page">Which part of the list.</param>
    [Alias("List")]
    Task<Page<TicketRecord>> List(UserId? owner, PageRequest page);
}
