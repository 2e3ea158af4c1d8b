using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Abstractions.Events;

/// <summary>An event (contract.md 6.1).</summary>
/// <param name="Id">The event.</param>
/// <param name="Details">What its organiser says of it.</param>
/// <param name="RemainingSeats">How many seats are still for sale.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatorId">Who made it.</param>
/// <param name="Version">Grows with every change of the record; the base of its ETag.</param>
[GenerateSerializer, Immutable, Alias("EventRecord")]
public sealed record EventRecord(
    [property: Id(0)] EventKey Id,
    [property: Id(1)] EventDetails Details,
    [property: Id(2)] uint RemainingSeats,
    [property: Id(3)] DateTimeOffset CreatedAt,
    [property: Id(4)] UserId CreatorId,
    [property: Id(5)] long Version);

/// <summary>What an organiser says of an event: checked and trimmed by the gateway (contract.md 6.2).</summary>
/// <param name="Title">2 to 100 characters, unique.</param>
/// <param name="Description">10 to 500 characters.</param>
/// <param name="Location">2 to 500 characters.</param>
/// <param name="Date">When the event takes place.</param>
/// <param name="Capacity">Seats are numbered 1 to this; at least 25.</param>
/// <param name="Price">Whole units of the currency the buyer names; at least 1.</param>
[GenerateSerializer, Immutable, Alias("EventDetails")]
public sealed record EventDetails(
    [property: Id(0)] string Title,
    [property: Id(1)] string Description,
    [property: Id(2)] string Location,
    [property: Id(3)] DateTimeOffset Date,
    [property: Id(4)] uint Capacity,
    [property: Id(5)] uint Price);

/// <summary>A purchase (contract.md 7.2).</summary>
/// <param name="Operation">Under which it may be repeated.</param>
/// <param name="Owner">Who will own the ticket.</param>
/// <param name="Seat">The seat, from 1.</param>
/// <param name="Currency">The buyer's choice.</param>
/// <param name="Card">The card, which is passed to the provider and forgotten.</param>
[GenerateSerializer, Immutable, Alias("Purchase")]
public sealed record Purchase(
    [property: Id(0)] Operation Operation,
    [property: Id(1)] UserId Owner,
    [property: Id(2)] uint Seat,
    [property: Id(3)] Currency Currency,
    [property: Id(4)] CardDetails Card);

/// <summary>What is done to a ticket that exists.</summary>
/// <param name="Operation">Under which it may be repeated.</param>
/// <param name="TicketId">The ticket.</param>
/// <param name="Caller">Who asks.</param>
[GenerateSerializer, Immutable, Alias("TicketChange")]
public abstract record TicketChange([property: Id(0)] Operation Operation, [property: Id(1)] TicketId TicketId, [property: Id(2)] Caller Caller);

/// <summary>Moves a ticket to another seat.</summary>
/// <param name="Operation">Under which it may be repeated.</param>
/// <param name="TicketId">The ticket.</param>
/// <param name="Caller">Who asks.</param>
/// <param name="Seat">The new seat.</param>
[GenerateSerializer, Immutable, Alias("MoveSeat")]
public sealed record MoveSeat(Operation Operation, TicketId TicketId, Caller Caller, [property: Id(0)] uint Seat) : TicketChange(Operation, TicketId, Caller);

/// <summary>Ends a ticket and gives its seat back.</summary>
/// <param name="Operation">Under which it may be repeated.</param>
/// <param name="TicketId">The ticket.</param>
/// <param name="Caller">Who asks.</param>
/// <param name="End"><see cref="TicketStatus.Cancelled"/> or <see cref="TicketStatus.Refunded"/>.</param>
[GenerateSerializer, Immutable, Alias("EndTicket")]
public sealed record EndTicket(Operation Operation, TicketId TicketId, Caller Caller, [property: Id(0)] TicketStatus End) : TicketChange(Operation, TicketId, Caller);

/// <summary>Makes a pending ticket Active on a service's word. Its payment goes on, and what comes of it changes the ticket no more.</summary>
/// <param name="Operation">Under which it may be repeated.</param>
/// <param name="TicketId">The ticket.</param>
/// <param name="Caller">Who asks: a service, which counts as an Admin.</param>
[GenerateSerializer, Immutable, Alias("ActivateTicket")]
public sealed record ActivateTicket(Operation Operation, TicketId TicketId, Caller Caller) : TicketChange(Operation, TicketId, Caller);

/// <summary>Takes a ticket's record away for good, and ends the ticket if it is open.</summary>
/// <param name="Operation">Under which it may be repeated.</param>
/// <param name="TicketId">The ticket.</param>
/// <param name="Caller">Who asks: an Admin.</param>
[GenerateSerializer, Immutable, Alias("DeleteTicket")]
public sealed record DeleteTicket(Operation Operation, TicketId TicketId, Caller Caller) : TicketChange(Operation, TicketId, Caller);

/// <summary>
/// One event's sale, and the only writer of its ledger. Its key is the event id. A command is answered after its entries are durable; an
/// answer of unknown is asked again with the same operation id. Where a command takes versions (<see cref="EventRecord.Version"/>), it is refused
/// as <see cref="Refusal.EventChanged"/> when the record has changed since each of them; absent, it is carried out in any case.
/// </summary>
[Alias("IEventGrain")]
public interface IEventGrain : IGrainWithStringKey
{
    /// <summary>Makes the event: claims the title, then opens the ledger.</summary>
    /// <returns>The event, or <see cref="Refusal.TitleTaken"/>.</returns>
    [Alias("Create")]
    Task<Answer<EventRecord>> Create(Operation operation, Caller caller, EventDetails details);

    /// <summary>Replaces the details and the allotment. When date or location change, the holders of open tickets are told.</summary>
    /// <param name="operation">Under which it may be repeated.</param>
    /// <param name="caller">Who asks: an Admin or the creator.</param>
    /// <param name="details">The new details.</param>
    /// <param name="remainingSeats">How many seats are to be for sale from now on; the rest of the free ones is withheld.</param>
    /// <param name="versions">The versions that the caller has seen, if that matters.</param>
    /// <returns>The event, or the rule that refused it.</returns>
    [Alias("Update")]
    Task<Answer<EventRecord>> Update(Operation operation, Caller caller, EventDetails details, uint remainingSeats, long[]? versions);

    /// <summary>Puts that many more seats up for sale, or withholds them when negative.</summary>
    /// <returns>The event, or the rule that refused it.</returns>
    [Alias("Allot")]
    Task<Answer<EventRecord>> Allot(Operation operation, int delta, long[]? versions);

    /// <summary>Ends the sale for good: the event leaves every list, its tickets are cancelled or refunded and their holders told. The ledger stays.</summary>
    /// <returns>The event as it was, or the rule that refused it.</returns>
    [Alias("Delete")]
    Task<Answer<EventRecord>> Delete(Operation operation, Caller caller, long[]? versions);

    /// <summary>
    /// Sells seats: one durable append makes seats, tickets and payments true together. Each purchase is decided for itself, in this order, and sold, repeated or refused whatever
    /// becomes of the others. The cards go to the provider at the same time; the one that it is slowest with, ten seconds at most, keeps all of this call waiting, and one of which it
    /// makes nothing is answered unknown alone.
    /// </summary>
    /// <param name="purchases">At most <see cref="Purchases.MostAtOnce"/>.</param>
    /// <returns>For each purchase, in their order, the pending ticket or the rule that refused it.</returns>
    [AlwaysInterleave, Alias("BuyAll")]
    Task<Answer<TicketRecord>[]> BuyAll(Purchase[] purchases);

    /// <summary>Changes a ticket of this event.</summary>
    /// <returns>The ticket, or the rule that refused it.</returns>
    [AlwaysInterleave, Alias("Change")]
    Task<Answer<TicketRecord>> Change(TicketChange change);

    /// <summary>Learns how payments ended: a paid ticket becomes Active, a declined one is cancelled and its seat is free. Harmless when repeated.</summary>
    /// <returns>Whether it is durable; if not, tell it again.</returns>
    [AlwaysInterleave, Alias("Settle")]
    Task<bool> Settle(SettledPayment[] payments);
}

/// <summary>Purchases, by one and by many.</summary>
public static class Purchases
{
    /// <summary>How many purchases one call takes: with the overdue tickets that each may end, they fit into one batch of the ledger.</summary>
    public const int MostAtOnce = 128;

    /// <summary>Sells a seat.</summary>
    /// <returns>The pending ticket, or the rule that refused it.</returns>
    public static async Task<Answer<TicketRecord>> Buy(this IEventGrain sale, Purchase purchase) => (await sale.BuyAll([purchase]))[0];
}

/// <summary>Who has a title: the uniqueness of a title is the grain whose key it is. Its key is the trimmed title.</summary>
[Alias("ITitleGrain")]
public interface ITitleGrain : IGrainWithStringKey
{
    /// <summary>Takes the title for an event; repeating it is harmless.</summary>
    /// <returns>Done, <see cref="Refusal.TitleTaken"/>, or unknown while another event of that title is being made.</returns>
    [Alias("Claim")]
    Task<Answer<bool>> Claim(EventKey owner);

    /// <summary>Gives the title up, if that event has it.</summary>
    [Alias("Release")]
    Task Release(EventKey owner);
}

/// <summary>Reads of events, answered by storage. Key 0.</summary>
[Alias("IEventListGrain")]
public interface IEventListGrain : IGrainWithIntegerKey
{
    /// <summary>All events that were not deleted, past ones included.</summary>
    [Alias("List")]
    Task<Page<EventRecord>> List(PageRequest page);

    /// <summary>One event, or nothing when there is none or it was deleted.</summary>
    [Alias("Find")]
    Task<EventRecord?> Find(EventKey key);
}
