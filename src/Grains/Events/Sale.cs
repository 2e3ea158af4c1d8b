using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Events;

/// <summary>
/// One event's sale: (state, command, now) to (entries, answer). No Orleans, no clock, no I/O. A command looks at the state, and what it decides is
/// an <see cref="Entry"/>, which is applied at once and waits in <see cref="TakeDecided"/> to be made durable. The state is the fold of the
/// entries and of nothing else. Seats are numbered 1 to capacity; free + taken + withheld = capacity, always.
/// </summary>
internal sealed partial class Sale
{
    /// <summary>How many overdue payments a purchase clears away before it looks for its seat.</summary>
    private const int LapsesPerPurchase = 8;

    private readonly List<Entry> decided = [];

    /// <summary>Makes the event. All seats are for sale.</summary>
    public Answer<EventRecord> Create(Operation operation, UserId creator, EventDetails details, DateTimeOffset now)
    {
        if (Answered(operation, out Answer<EventRecord> earlier)) return earlier;
        if (Details is not null) return Refusal.OperationIdReused;
        Decide(new DetailsSet(now, operation, creator, AsKept(details), Withheld: 0));
        return Record();
    }

    /// <summary>
    /// Replaces details and allotment: <paramref name="remaining"/> seats are for sale from now on, the other free ones are withheld. When date or
    /// location change, <see cref="Tidy"/> tells the holders.
    /// </summary>
    public Answer<EventRecord> Update(Operation operation, Caller caller, EventDetails details, uint remaining, long[]? versions, DateTimeOffset now)
    {
        if (Answered(operation, out Answer<EventRecord> earlier)) return earlier;
        if (!Exists) return Refusal.NoSuchEvent;
        if (!caller.MayChange(Creator)) return Refusal.NotYours;
        if (HasChangedSince(versions)) return Refusal.EventChanged;
        if (details.Capacity < Taken || details.Capacity < HighestSeatTaken) return Refusal.CapacityBelowSeatsTaken;
        if (remaining > details.Capacity - Taken) return Refusal.AllotmentBeyondSeats;
        var kept = AsKept(details);
        var mustHear = Taken > 0 && (kept.Date != Details.Date || kept.Location != Details.Location);
        Decide(new DetailsSet(now, operation, Creator, kept, details.Capacity - Taken - remaining, mustHear));
        return Record();
    }

    /// <summary>Moves the allotment: <paramref name="delta"/> more seats are for sale, or fewer when it is negative.</summary>
    public Answer<EventRecord> Allot(Operation operation, int delta, long[]? versions, DateTimeOffset now)
    {
        if (Answered(operation, out Answer<EventRecord> earlier)) return earlier;
        if (!Exists) return Refusal.NoSuchEvent;
        if (HasChangedSince(versions)) return Refusal.EventChanged;
        var withheld = (long)Withheld - delta;
        if (withheld < 0 || withheld > Details.Capacity - Taken) return Refusal.AllotmentBeyondSeats;
        Decide(new DetailsSet(now, operation, Creator, Details, (uint)withheld));
        return Record();
    }

    /// <summary>Takes the event off sale. <see cref="Tidy"/> ends its tickets.</summary>
    public Answer<EventRecord> Delete(Operation operation, Caller caller, long[]? versions, DateTimeOffset now)
    {
        if (Answered(operation, out Answer<EventRecord> earlier)) return earlier;
        if (!Exists) return Refusal.NoSuchEvent;
        if (!caller.MayChange(Creator)) return Refusal.NotYours;
        if (HasChangedSince(versions)) return Refusal.EventChanged;
        Decide(new Deleted(now, operation));
        return Record();
    }

    /// <summary>
    /// Whether the event's record has changed since each of these versions; absent ones do not matter. Many an entry changes no event, so a version is as good
    /// as current when it is not older than the last change.
    /// </summary>
    public bool HasChangedSince(long[]? versions) =>
        versions is not null && !Array.Exists(versions, version => version >= changedAt && version <= Position);

    /// <summary>Whether the operation was carried out before, so that it will be answered as it was then, whatever has changed.</summary>
    public bool Knows(Operation operation) => operations.Contains(operation.Id);

    /// <summary>
    /// Whether a purchase is a repeat or refused, without deciding anything. If neither, <see cref="Buy"/> may sell: it also clears overdue
    /// payments away.
    /// </summary>
    public bool CanAnswer(Operation operation, uint seat, DateTimeOffset now, out Answer<TicketRecord> answer)
    {
        if (Answered(operation, out answer)) return true;
        if (RuleAgainst(seat, now) is not { } rule || HasLapsed(seat, now, out _) || (rule == Refusal.SoldOut && HasOverdue(now))) return false;
        answer = rule;
        return true;
    }

    /// <summary>Sells a seat. The ticket is Pending until <see cref="Settle"/>, and its seat taken.</summary>
    /// <param name="purchase">What the buyer wants.</param>
    /// <param name="ticket">The id that the ticket gets.</param>
    /// <param name="payment">The id that the payment gets.</param>
    /// <param name="cardToken">What the provider made of the card.</param>
    /// <param name="payBy">Until when the payment must have come.</param>
    /// <param name="now">The time of the purchase.</param>
    public Answer<TicketRecord> Buy(Purchase purchase, TicketId ticket, PaymentId payment, string cardToken, DateTimeOffset payBy, DateTimeOffset now)
    {
        if (Answered(purchase.Operation, out Answer<TicketRecord> earlier)) return earlier;
        Lapse(now, LapsesPerPurchase);
        LapseSeat(purchase.Seat, now);
        if (RuleAgainst(purchase.Seat, now) is { } rule) return rule;
        var price = new Money(Details!.Price, purchase.Currency);
        Decide(new Purchased(now, purchase.Operation, ticket, payment, purchase.Owner, purchase.Seat, price, payBy, cardToken));
        return Ticket(ticket);
    }

    /// <summary>Carries out a change of a ticket.</summary>
    public Answer<TicketRecord> Change(TicketChange change, DateTimeOffset now) => change switch
    {
        MoveSeat move => Move(move, now),
        EndTicket end => End(end, now),
        ActivateTicket activation => Activate(activation, now),
        DeleteTicket deletion => Delete(deletion, now),
        _ => throw new ArgumentOutOfRangeException(nameof(change)),
    };

    /// <summary>Moves a ticket to another seat and tells its owner.</summary>
    public Answer<TicketRecord> Move(MoveSeat change, DateTimeOffset now)
    {
        if (Answered(change.Operation, out Answer<TicketRecord> earlier)) return earlier;
        if (!TryFind(change.TicketId, out var ticket)) return Refusal.NoSuchTicket;
        if (!change.Caller.MayChange(ticket.Owner)) return Refusal.NotYours;
        if (ticket.Ended) return Refusal.TicketEnded;
        if (change.Seat == 0 || change.Seat > Details!.Capacity) return Refusal.SeatBeyondCapacity;
        LapseSeat(ticket.Seat, now);
        LapseSeat(change.Seat, now);
        if (At(change.TicketId).Ended) return Refusal.TicketEnded;
        if (seats.TryFind(change.Seat, out var holder) && tickets[holder].Id != change.TicketId) return Refusal.SeatTaken;
        Decide(new SeatMoved(now, change.Operation, change.TicketId, change.Seat));
        Decide(new Told(now, change.TicketId, Tidings.SeatMoved));
        return Ticket(change.TicketId);
    }

    /// <summary>Ends a ticket, gives its seat back and its money, and tells its owner. The same end again is answered as it stands.</summary>
    public Answer<TicketRecord> End(EndTicket change, DateTimeOffset now)
    {
        if (Answered(change.Operation, out Answer<TicketRecord> earlier)) return earlier;
        if (!TryFind(change.TicketId, out var ticket)) return Refusal.NoSuchTicket;
        if (!change.Caller.MayChange(ticket.Owner)) return Refusal.NotYours;
        if (ticket.Status == change.End) return Ticket(change.TicketId);
        if (ticket.Ended) return Refusal.TicketEnded;
        Decide(new TicketEnded(now, change.Operation, change.TicketId, change.End, EndReason.Asked));
        Decide(new ReturnOrdered(now, change.TicketId));
        Decide(new Told(now, change.TicketId, change.End == TicketStatus.Refunded ? Tidings.RefundComing : Tidings.Cancelled));
        return Ticket(change.TicketId);
    }

    /// <summary>Makes a pending ticket Active without its payment, and tells its owner. An Active one is answered as it stands.</summary>
    public Answer<TicketRecord> Activate(ActivateTicket change, DateTimeOffset now)
    {
        if (Answered(change.Operation, out Answer<TicketRecord> earlier)) return earlier;
        if (!TryFind(change.TicketId, out var ticket)) return Refusal.NoSuchTicket;
        if (change.Caller.Role != Role.Admin) return Refusal.NotYours;
        if (ticket.Status == TicketStatus.Active) return Ticket(change.TicketId);
        if (ticket.Ended) return Refusal.TicketEnded;
        if (ticket.Lapsed(now)) EndUnasked(ticket.Id, TicketStatus.Cancelled, EndReason.PaymentTimedOut, Tidings.PaymentTimedOut, now);
        else if (IsDeleted) EndUnasked(ticket.Id, TicketStatus.Cancelled, EndReason.EventDeleted, Tidings.EventCancelled, now);
        if (At(ticket.Id).Ended) return Refusal.TicketEnded;
        Decide(new ActivatedByHand(now, change.Operation, ticket.Id));
        Decide(new Told(now, ticket.Id, Tidings.TicketActive));
        return Ticket(ticket.Id);
    }

    /// <summary>
    /// Hides a ticket's record for good, and answers with the ticket as it was. An open ticket ends with it: seat and money go back, and its owner is told.
    /// </summary>
    public Answer<TicketRecord> Delete(DeleteTicket change, DateTimeOffset now)
    {
        if (Answered(change.Operation, out Answer<TicketRecord> earlier)) return earlier;
        if (!TryFind(change.TicketId, out var ticket)) return Refusal.NoSuchTicket;
        if (change.Caller.Role != Role.Admin) return Refusal.NotYours;
        if (ticket.Lapsed(now)) EndUnasked(ticket.Id, TicketStatus.Cancelled, EndReason.PaymentTimedOut, Tidings.PaymentTimedOut, now);
        var before = Ticket(ticket.Id);
        Decide(new TicketDeleted(now, change.Operation, ticket.Id));
        var end = before.Status == TicketStatus.Active ? TicketStatus.Refunded : TicketStatus.Cancelled;
        if (At(ticket.Id).Ended) return before;
        if (IsDeleted) EndUnasked(ticket.Id, end, EndReason.EventDeleted, Tidings.EventCancelled, now);
        else EndUnasked(ticket.Id, end, EndReason.TicketDeleted, Tidings.TicketDeleted, now);
        return before;
    }

    /// <summary>
    /// Learns how a payment ended. Money that comes for a ticket that has ended needs nothing more: its end ordered the return, which the payment
    /// carries out after whatever it was doing. For a ticket that was activated by hand it is told once, and changes nothing.
    /// </summary>
    public void Settle(SettledPayment payment, DateTimeOffset now)
    {
        if (!TryFind(payment.TicketId, out var ticket) || ticket.PaymentId != payment.PaymentId) return;
        if (ticket is { Status: TicketStatus.Active, Unpaid: true } && payment.Succeeded) Decide(new Told(now, ticket.Id, Tidings.PaymentReceived));
        if (ticket.Status != TicketStatus.Pending) return;
        if (!payment.Succeeded) EndUnasked(ticket.Id, TicketStatus.Cancelled, EndReason.PaymentDeclined, Tidings.PaymentDeclined, now);
        else if (IsDeleted) EndUnasked(ticket.Id, TicketStatus.Refunded, EndReason.EventDeleted, Tidings.EventCancelled, now);
        else if (ticket.Lapsed(now)) EndUnasked(ticket.Id, TicketStatus.Cancelled, EndReason.PaymentTimedOut, Tidings.PaymentTimedOut, now);
        else
        {
            Decide(new Activated(now, ticket.Id));
            Decide(new Told(now, ticket.Id, Tidings.PaymentReceived));
            Decide(new Told(now, ticket.Id, Tidings.TicketActive));
        }
    }

    /// <summary>
    /// Does what time, a deletion or a change made due, a bounded piece of it: ends tickets whose payment is overdue, and all tickets of a deleted event; tells
    /// the holders of a changed one.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="limit">How many tickets at most.</param>
    public void Tidy(DateTimeOffset now, int limit)
    {
        Lapse(now, limit);
        for (; IsDeleted && limit > 0 && firstOpen < tickets.Count; limit--)
        {
            ref readonly var ticket = ref tickets[firstOpen];
            var end = ticket.Status == TicketStatus.Active ? TicketStatus.Refunded : TicketStatus.Cancelled;
            EndUnasked(ticket.Id, end, EndReason.EventDeleted, Tidings.EventCancelled, now);
        }

        for (; limit > 0 && toldBefore < toTell; limit--)
        {
            ref readonly var ticket = ref tickets[toldBefore];
            if (ticket.Lapsed(now)) EndUnasked(ticket.Id, TicketStatus.Cancelled, EndReason.PaymentTimedOut, Tidings.PaymentTimedOut, now);
            else Decide(new Told(now, ticket.Id, Tidings.EventChanged));
        }
    }

    /// <summary>The payment has taken the order to return the money.</summary>
    public void AcknowledgeReturn(TicketId ticket, DateTimeOffset now)
    {
        if (returns.ContainsKey(ticket)) Decide(new ReturnDone(now, ticket));
    }

    /// <summary>Whether entries were decided that <see cref="TakeDecided"/> has not handed out.</summary>
    public bool HasDecided => decided.Count > 0;

    /// <summary>The entries decided since the last call, which now wait to be made durable by the caller.</summary>
    public Entry[] TakeDecided()
    {
        if (decided.Count == 0) return [];
        var entries = decided.ToArray();
        decided.Clear();
        return entries;
    }

    // The journal keeps milliseconds: what is answered now must be what a replay answers.
    private static EventDetails AsKept(EventDetails details) =>
        details with { Date = DateTimeOffset.FromUnixTimeMilliseconds(details.Date.ToUnixTimeMilliseconds()) };

    private Refusal? RuleAgainst(uint seat, DateTimeOffset now)
    {
        if (!Exists) return Refusal.NoSuchEvent;
        if (now >= Details.Date) return Refusal.SaleOver;
        if (seat == 0 || seat > Details.Capacity) return Refusal.SeatBeyondCapacity;
        if (Remaining == 0) return Refusal.SoldOut;
        return seats.Contains(seat) ? Refusal.SeatTaken : null;
    }

    /// <summary>Ends tickets whose payment is overdue, oldest first.</summary>
    private void Lapse(DateTimeOffset now, int limit)
    {
        for (; limit > 0 && firstPending < tickets.Count; limit--)
        {
            ref readonly var oldest = ref tickets[firstPending];
            if (!oldest.Lapsed(now)) return;
            EndUnasked(oldest.Id, TicketStatus.Cancelled, EndReason.PaymentTimedOut, Tidings.PaymentTimedOut, now);
        }
    }

    private void LapseSeat(uint seat, DateTimeOffset now)
    {
        if (HasLapsed(seat, now, out var holder)) EndUnasked(tickets[holder].Id, TicketStatus.Cancelled, EndReason.PaymentTimedOut, Tidings.PaymentTimedOut, now);
    }

    private bool HasLapsed(uint seat, DateTimeOffset now, out int holder) => seats.TryFind(seat, out holder) && tickets[holder].Lapsed(now);

    private void EndUnasked(TicketId ticket, TicketStatus end, EndReason reason, Tidings tidings, DateTimeOffset now)
    {
        Decide(new TicketEnded(now, null, ticket, end, reason));
        Decide(new ReturnOrdered(now, ticket));
        Decide(new Told(now, ticket, tidings));
    }

    private void Decide(Entry entry)
    {
        Apply(entry);
        decided.Add(entry);
    }
}
