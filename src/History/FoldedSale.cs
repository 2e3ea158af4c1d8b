namespace Ticketing.History;

/// <summary>What the facts of a sale add up to, looked at after each of them.</summary>
public sealed class FoldedSale
{
    private readonly Action<Check, UInt128?, string> violate;
    private readonly Check sale;
    private readonly Check seats;
    private readonly Check capacity;
    private readonly Check standings;
    private readonly Check returns;
    private readonly ToldOnce told;
    private readonly List<FoldedTicket> tickets = [];
    private readonly Dictionary<UInt128, FoldedTicket> byId = [];
    private readonly Dictionary<uint, FoldedTicket> bySeat = [];
    private readonly HashSet<UInt128> payments = [];
    // Each of them is counted by itself, and only compared with the others: free seats are not what is left.
    private long free;
    private long held;
    private long active;
    private long position;

    internal FoldedSale(CheckTable table, Action<Check, UInt128?, string> violate)
    {
        this.violate = violate;
        sale = table.Row("sale", "seats are sold while the event is on sale, at its price");
        seats = table.Row("seats", "no seat has two tickets, no ticket two seats");
        capacity = table.Row("capacity", "free + held + sold + withheld = capacity after every fact");
        standings = table.Row("tickets", "tickets become active once and in time, and end once, for good and without a seat");
        returns = table.Row("returns", "the money of each ended ticket, and of no other, is ordered back once");
        told = new(table, violate);
    }

    /// <summary>What was said last of the event; nothing before it was made.</summary>
    public Details? Event { get; private set; }

    /// <summary>When the event was made, in milliseconds since 1970.</summary>
    public long CreatedAt { get; private set; }

    /// <summary>Whether the event was taken off sale for good.</summary>
    public bool IsOffSale { get; private set; }

    /// <summary>How many seats are for sale.</summary>
    public long Free => free;

    /// <summary>The tickets, in the order in which they were sold.</summary>
    public IReadOnlyList<FoldedTicket> Tickets => tickets;

    /// <summary>The ticket of an id, or nothing.</summary>
    public FoldedTicket? Find(UInt128 ticket) => byId.GetValueOrDefault(ticket);

    internal void Apply(Fact fact, long position, UInt128 eventId)
    {
        this.position = position;
        if (Event is null && fact is not Details) violate(sale, null, "a fact before the event was made");
        switch (fact)
        {
            case Details details: Apply(details); break;
            case OffSale:
                sale.Look();
                if (IsOffSale) violate(sale, null, "the event was taken off sale twice");
                IsOffSale = true;
                told.Stop();
                break;
            case Sold sold: Apply(sold); break;
            case TicketFact about when Find(about.Ticket) is { } ticket: Apply(about, ticket, eventId); break;
            case TicketFact about: violate(standings, about.Ticket, "a fact of a ticket that was never sold"); break;
            default: throw new ArgumentException($"a fact of unknown kind {fact.GetType().Name}", nameof(fact));
        }

        capacity.Look();
        var all = Event?.Capacity ?? 0u;
        var withheld = Event?.Withheld ?? 0u;
        if (free < 0 || free + held + active + withheld != all || held + active != bySeat.Count)
            violate(capacity, null, $"{free} free, {held} held, {active} sold and {withheld} withheld, of {all} seats, {bySeat.Count} of which have a ticket");
    }

    internal void Finish()
    {
        foreach (var ticket in tickets)
        {
            if (ticket.HasEnded && ticket.MoneyBack == MoneyBack.No) violate(returns, ticket.Sold.Ticket, "it ended, and its money was not ordered back");
            if (ticket.MoneyBack == MoneyBack.Ordered) returns.Note("returns still under way");
            if (ticket is { IsWithdrawn: true, HasEnded: false }) violate(standings, ticket.Sold.Ticket, "it was withdrawn and has not ended");
            told.Finish(ticket);
        }
    }

    private void Apply(Details details)
    {
        sale.Look();
        if (Event is null) CreatedAt = details.At;
        else if (Event.Creator != details.Creator) violate(sale, null, "the event has another creator");
        if (IsOffSale) violate(sale, null, "the event was changed after it was taken off sale");
        free += (long)details.Capacity - (Event?.Capacity ?? 0) - ((long)details.Withheld - (Event?.Withheld ?? 0));
        if (details.Capacity < Event?.Capacity && bySeat.Keys.FirstOrDefault(seat => seat > details.Capacity) is var beyond and > 0)
            violate(seats, bySeat[beyond].Sold.Ticket, $"seat {beyond} is none of {details.Capacity} any more, and is taken");
        Event = details;
        if (details.HoldersMustHear) told.Begin();
    }

    private void Apply(Sold sold)
    {
        sale.Look();
        if (IsOffSale || sold.At >= Event?.Date) violate(sale, sold.Ticket, "it was sold after the sale was over");
        if (sold.Price != Event?.Price) violate(sale, sold.Ticket, $"it was sold for {sold.Price}, and the price is {Event?.Price ?? 0}");
        if (!payments.Add(sold.Payment)) violate(sale, sold.Ticket, $"payment {Ids.Record(sold.Payment)} is of another ticket");
        // Changes that were made before it was sold are none for its owner.
        var ticket = new FoldedTicket(sold, position) { ChangeTold = told.Change };
        if (!byId.TryAdd(sold.Ticket, ticket))
        {
            violate(seats, sold.Ticket, $"it was sold twice: seat {byId[sold.Ticket].Seat}, and now seat {sold.Seat}");
            return;
        }

        tickets.Add(ticket);
        Seat(ticket, sold.Seat);
        (free, held) = (free - 1, held + 1);
    }

    private void Apply(TicketFact fact, FoldedTicket ticket, UInt128 eventId)
    {
        switch (fact)
        {
            case Activated: Activate(fact, ticket); break;
            case ActivatedByHand:
                Activate(fact, ticket);
                ticket.IsByHand = true;
                break;
            case Moved moved:
                Unseat(ticket);
                Seat(ticket, moved.Seat);
                if (ticket.HasEnded) violate(standings, fact.Ticket, "it was moved after it had ended");
                (ticket.ChangedAt, ticket.Moves) = (position, ticket.Moves + 1);
                break;
            case Ended ended: End(ended, ticket); break;
            case Withdrawn:
                standings.Look();
                if (ticket.IsWithdrawn) violate(standings, fact.Ticket, "it was withdrawn twice");
                (ticket.IsWithdrawn, ticket.ChangedAt) = (true, position);
                break;
            case ReturnOrdered:
                returns.Look();
                if (ticket.MoneyBack != MoneyBack.No) violate(returns, fact.Ticket, "its money was ordered back twice");
                if (!ticket.HasEnded) violate(returns, fact.Ticket, "its money was ordered back though it had not ended");
                ticket.MoneyBack = MoneyBack.Ordered;
                break;
            case ReturnDone:
                returns.Look();
                if (ticket.MoneyBack != MoneyBack.Ordered) violate(returns, fact.Ticket, ticket.MoneyBack == MoneyBack.No ? "its money went back and was not ordered" : "its money went back twice");
                ticket.MoneyBack = MoneyBack.Done;
                break;
            case Told one: told.Apply(one, ticket, position, eventId); break;
            default: throw new ArgumentException($"a fact of unknown kind {fact.GetType().Name}", nameof(fact));
        }
    }

    private void Activate(TicketFact fact, FoldedTicket ticket)
    {
        standings.Look();
        if (ticket.Standing != Standing.Pending) violate(standings, fact.Ticket, $"it became active and was {ticket.Standing}");
        if (fact.At > ticket.Sold.PayBy) violate(standings, fact.Ticket, "it became active after the time to pay was over");
        if (ticket.Standing == Standing.Pending) (held, active) = (held - 1, active + 1);
        if (!ticket.HasEnded) ticket.Standing = Standing.Active;
        ticket.ChangedAt = position;
    }

    private void End(Ended ended, FoldedTicket ticket)
    {
        standings.Look();
        ticket.ChangedAt = position;
        if (ticket.HasEnded)
        {
            violate(standings, ended.Ticket, "it ended twice");
            return;
        }

        if (ended.Reason == EndReason.PaymentTimedOut && ended.At < ticket.Sold.PayBy) violate(standings, ended.Ticket, "its payment timed out before its time");
        if (ended.Reason is EndReason.PaymentTimedOut or EndReason.PaymentDeclined && ticket.Standing != Standing.Pending)
            violate(standings, ended.Ticket, "it ended for want of money after it was active");
        Unseat(ticket);
        free++;
        if (ticket.Standing == Standing.Active) active--;
        else held--;
        ticket.Standing = ended.End == TicketEnd.Refunded ? Standing.Refunded : Standing.Cancelled;
    }

    private void Seat(FoldedTicket ticket, uint seat)
    {
        seats.Look();
        ticket.Seat = seat;
        if (seat == 0 || seat > Event?.Capacity) violate(seats, ticket.Sold.Ticket, $"it got seat {seat}, which is none of {Event?.Capacity}");
        if (!bySeat.TryAdd(seat, ticket)) violate(seats, ticket.Sold.Ticket, $"it got seat {seat}, which ticket {Ids.Record(bySeat[seat].Sold.Ticket)} has");
    }

    private void Unseat(FoldedTicket ticket)
    {
        // Whoever holds a seat that was given twice keeps it.
        if (bySeat.TryGetValue(ticket.Seat, out var holder) && holder == ticket) bySeat.Remove(ticket.Seat);
    }
}
