using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;

namespace Ticketing.Grains.Tests.Events;

/// <summary>
/// What a sale should do, written a second time as plainly as possible: lists that are searched, answers that are kept as given. Shares no code
/// with the sale.
/// </summary>
internal sealed class SaleModel(EventKey key)
{
    private readonly List<(Operation Operation, object Answer)> answers = [];
    private readonly List<long> lookedDifferentAt = [];
    private EventRecord? made;

    public List<ModelTicket> Tickets { get; } = [];

    /// <summary>What holders were told since the list was last cleared.</summary>
    public List<(TicketId Ticket, Tidings Tidings)> Letters { get; } = [];

    public EventDetails Details { get; private set; } = null!;

    public bool Deleted { get; private set; }

    public uint Withheld { get; private set; }

    public long Position { get; private set; }

    public uint Taken => (uint)Tickets.Count(ticket => ticket.IsOpen);

    public uint Remaining => Details.Capacity - Taken - Withheld;

    public Answer<EventRecord> Create(Operation operation, Caller caller, EventDetails details, DateTimeOffset now)
    {
        if (Earlier<EventRecord>(operation) is { } earlier) return earlier;
        if (made is not null) return Refusal.OperationIdReused;
        Details = Kept(details);
        made = new(key, Details, details.Capacity, now, caller.UserId, 0);
        Position++;
        Note();
        return Keep(operation, Record());
    }

    public Answer<EventRecord> Update(Operation operation, Caller caller, EventDetails details, uint remaining, long[]? versions)
    {
        if (Earlier<EventRecord>(operation) is { } earlier) return earlier;
        if (made is null || Deleted) return Refusal.NoSuchEvent;
        if (caller.Role != Role.Admin && caller.UserId != made.CreatorId) return Refusal.NotYours;
        if (HasChanged(versions)) return Refusal.EventChanged;
        if (Taken > details.Capacity || Tickets.Any(ticket => ticket.IsOpen && ticket.Seat > details.Capacity)) return Refusal.CapacityBelowSeatsTaken;
        if ((ulong)remaining + Taken > details.Capacity) return Refusal.AllotmentBeyondSeats;
        var before = Details;
        Details = Kept(details);
        if (Details.Date != before.Date || Details.Location != before.Location)
            foreach (var ticket in Tickets.Where(one => one.IsOpen)) ticket.MustHear = true;
        Withheld = details.Capacity - Taken - remaining;
        Position++;
        Note();
        return Keep(operation, Record());
    }

    public Answer<EventRecord> Allot(Operation operation, int delta, long[]? versions)
    {
        if (Earlier<EventRecord>(operation) is { } earlier) return earlier;
        if (made is null || Deleted) return Refusal.NoSuchEvent;
        if (HasChanged(versions)) return Refusal.EventChanged;
        var forSale = (long)Remaining + delta;
        if (forSale < 0 || forSale + Taken > Details.Capacity) return Refusal.AllotmentBeyondSeats;
        Withheld = (uint)(Details.Capacity - Taken - forSale);
        Position++;
        Note();
        return Keep(operation, Record());
    }

    public Answer<EventRecord> Delete(Operation operation, Caller caller, long[]? versions)
    {
        if (Earlier<EventRecord>(operation) is { } earlier) return earlier;
        if (made is null || Deleted) return Refusal.NoSuchEvent;
        if (caller.Role != Role.Admin && caller.UserId != made.CreatorId) return Refusal.NotYours;
        if (HasChanged(versions)) return Refusal.EventChanged;
        Deleted = true;
        foreach (var ticket in Tickets) ticket.MustHear = false;
        Position++;
        Note();
        return Keep(operation, Record());
    }

    /// <summary>What a buyer is told at once, if the answer does not depend on clearing overdue payments away.</summary>
    public Answer<TicketRecord>? Early(Operation operation, uint seat, DateTimeOffset now)
    {
        if (Earlier<TicketRecord>(operation) is { } earlier) return earlier;
        var rule = RuleAgainst(seat, now);
        if (rule == Refusal.SoldOut && FirstPending() is { } oldest && oldest.IsOverdue(now)) return null;
        if (Tickets.Exists(ticket => ticket.Seat == seat && ticket.IsOverdue(now))) return null;
        return rule is { } refusal ? refusal : null;
    }

    public Answer<TicketRecord> Buy(Purchase purchase, TicketId id, PaymentId payment, DateTimeOffset payBy, DateTimeOffset now)
    {
        if (Earlier<TicketRecord>(purchase.Operation) is { } earlier) return earlier;
        Lapse(now, 8);
        LapseSeat(purchase.Seat, now);
        if (RuleAgainst(purchase.Seat, now) is { } rule) return rule;
        var record = new TicketRecord(id, now, purchase.Seat, TicketStatus.Pending, Details.Price, key, purchase.Owner, payment, purchase.Currency);
        Tickets.Add(new ModelTicket(record, payBy));
        Position++;
        Note();
        return Keep(purchase.Operation, record);
    }

    public Answer<TicketRecord> Move(MoveSeat change, DateTimeOffset now)
    {
        if (Earlier<TicketRecord>(change.Operation) is { } earlier) return earlier;
        if (RuleAgainst(change, out var ticket) is { } rule) return rule;
        if (!ticket.IsOpen) return Refusal.TicketEnded;
        if (change.Seat < 1 || change.Seat > Details.Capacity) return Refusal.SeatBeyondCapacity;
        LapseSeat(ticket.Seat, now);
        LapseSeat(change.Seat, now);
        if (!ticket.IsOpen) return Refusal.TicketEnded;
        if (Tickets.Any(other => other != ticket && other.IsOpen && other.Seat == change.Seat)) return Refusal.SeatTaken;
        ticket.Seat = change.Seat;
        Position++;
        Tell(ticket, Tidings.SeatMoved);
        return Keep(change.Operation, ticket.Record);
    }

    public Answer<TicketRecord> End(EndTicket change)
    {
        if (Earlier<TicketRecord>(change.Operation) is { } earlier) return earlier;
        if (RuleAgainst(change, out var ticket) is { } rule) return rule;
        if (!ticket.IsOpen) return ticket.Status == change.End ? ticket.Record : Refusal.TicketEnded;
        End(ticket, change.End, change.End == TicketStatus.Refunded ? Tidings.RefundComing : Tidings.Cancelled);
        return Keep(change.Operation, ticket.Record);
    }

    public Answer<TicketRecord> Activate(ActivateTicket change, DateTimeOffset now)
    {
        if (Earlier<TicketRecord>(change.Operation) is { } earlier) return earlier;
        if (RuleForServices(change, out var ticket) is { } rule) return rule;
        if (ticket.Status == TicketStatus.Active) return ticket.Record;
        if (ticket.IsOverdue(now)) End(ticket, TicketStatus.Cancelled, Tidings.PaymentTimedOut);
        if (ticket.IsOpen && Deleted) End(ticket, TicketStatus.Cancelled, Tidings.EventCancelled);
        if (!ticket.IsOpen) return Refusal.TicketEnded;
        (ticket.Status, ticket.AwaitsMoney) = (TicketStatus.Active, true);
        Position++;
        Tell(ticket, Tidings.TicketActive);
        return Keep(change.Operation, ticket.Record);
    }

    public Answer<TicketRecord> Delete(DeleteTicket change, DateTimeOffset now)
    {
        if (Earlier<TicketRecord>(change.Operation) is { } earlier) return earlier;
        if (RuleForServices(change, out var ticket) is { } rule) return rule;
        if (ticket.IsOverdue(now)) End(ticket, TicketStatus.Cancelled, Tidings.PaymentTimedOut);
        var before = ticket.Record;
        ticket.IsHidden = true;
        Position++;
        if (ticket.IsOpen) End(ticket, Undone(ticket), Deleted ? Tidings.EventCancelled : Tidings.TicketDeleted);
        return Keep(change.Operation, before);
    }

    public void Settle(SettledPayment payment, DateTimeOffset now)
    {
        var ticket = Tickets.Find(one => one.Record.Id == payment.TicketId && one.Record.PaymentId == payment.PaymentId);
        if (ticket is { Status: TicketStatus.Active, AwaitsMoney: true, IsHidden: false } && payment.Succeeded)
        {
            ticket.AwaitsMoney = false;
            Tell(ticket, Tidings.PaymentReceived);
        }

        if (ticket is not { Status: TicketStatus.Pending }) return;
        if (!payment.Succeeded) End(ticket, TicketStatus.Cancelled, Tidings.PaymentDeclined);
        else if (Deleted) End(ticket, TicketStatus.Refunded, Tidings.EventCancelled);
        else if (ticket.IsOverdue(now)) End(ticket, TicketStatus.Cancelled, Tidings.PaymentTimedOut);
        else
        {
            ticket.Status = TicketStatus.Active;
            Position++;
            Tell(ticket, Tidings.PaymentReceived);
            Tell(ticket, Tidings.TicketActive);
        }
    }

    public void Tidy(DateTimeOffset now, int limit)
    {
        Lapse(now, limit);
        if (Deleted)
            foreach (var ticket in Tickets.Where(one => one.IsOpen).Take(limit).ToArray()) End(ticket, Undone(ticket), Tidings.EventCancelled);
        foreach (var ticket in Tickets.Where(one => one.MustHear).Take(limit).ToArray())
        {
            ticket.MustHear = false;
            if (ticket.IsOverdue(now)) End(ticket, TicketStatus.Cancelled, Tidings.PaymentTimedOut);
            else Tell(ticket, Tidings.EventChanged);
        }
    }

    public void AcknowledgeReturn(TicketId id)
    {
        if (Tickets.Find(one => one.Record.Id == id) is not { IsReturning: true } ticket) return;
        ticket.IsReturning = false;
        Position++;
    }

    public EventRecord Record() => made! with { Details = Details, RemainingSeats = Deleted ? 0 : Remaining, Version = Position };

    private ModelTicket? FirstPending() => Tickets.Find(ticket => ticket.Status == TicketStatus.Pending);

    /// <summary>In the order of purchases, as far as they are overdue: where a clock went back, one that is not holds those behind it up.</summary>
    private void Lapse(DateTimeOffset now, int limit)
    {
        for (; limit > 0 && FirstPending() is { } oldest && oldest.IsOverdue(now); limit--) End(oldest, TicketStatus.Cancelled, Tidings.PaymentTimedOut);
    }

    private void LapseSeat(uint seat, DateTimeOffset now)
    {
        if (Tickets.Find(one => one.Seat == seat && one.IsOverdue(now)) is { } ticket) End(ticket, TicketStatus.Cancelled, Tidings.PaymentTimedOut);
    }

    private void End(ModelTicket ticket, TicketStatus end, Tidings tidings)
    {
        (ticket.Status, ticket.IsReturning, ticket.MustHear, ticket.AwaitsMoney) = (end, true, false, false);
        Position++;
        Note();
        Position++;
        Tell(ticket, tidings);
    }

    private void Tell(ModelTicket ticket, Tidings tidings)
    {
        Letters.Add((ticket.Record.Id, tidings));
        Position++;
    }

    /// <summary>How a ticket ends that nobody asked to end.</summary>
    private static TicketStatus Undone(ModelTicket ticket) => ticket.Status == TicketStatus.Active ? TicketStatus.Refunded : TicketStatus.Cancelled;

    /// <summary>Times are kept to the millisecond.</summary>
    private static EventDetails Kept(EventDetails details) => details with { Date = details.Date.AddTicks(-(details.Date.Ticks % TimeSpan.TicksPerMillisecond)) };

    /// <summary>Notes that the event's record looks different since the last step.</summary>
    private void Note() => lookedDifferentAt.Add(Position);

    private bool HasChanged(long[]? versions) => versions is not null && versions.All(version => version > Position || lookedDifferentAt.Any(at => at > version));

    private Refusal? RuleForServices(TicketChange change, out ModelTicket ticket)
    {
        var rule = RuleAgainst(change, out ticket);
        if (rule == Refusal.NoSuchTicket) return rule;
        return change.Caller.Role == Role.Admin ? null : Refusal.NotYours;
    }

    private Refusal? RuleAgainst(TicketChange change, out ModelTicket ticket)
    {
        ticket = Tickets.Find(one => one.Record.Id == change.TicketId && !one.IsHidden)!;
        if (ticket is null) return Refusal.NoSuchTicket;
        return change.Caller.Role != Role.Admin && change.Caller.UserId != ticket.Record.UserId ? Refusal.NotYours : null;
    }

    private Refusal? RuleAgainst(uint seat, DateTimeOffset now)
    {
        if (made is null || Deleted) return Refusal.NoSuchEvent;
        if (now >= Details.Date) return Refusal.SaleOver;
        if (seat < 1 || seat > Details.Capacity) return Refusal.SeatBeyondCapacity;
        if (Remaining == 0) return Refusal.SoldOut;
        return Tickets.Exists(ticket => ticket.IsOpen && ticket.Seat == seat) ? Refusal.SeatTaken : null;
    }

    private Answer<T>? Earlier<T>(Operation operation)
    {
        foreach (var (used, answer) in answers)
        {
            if (used.Id == operation.Id) return used.Fingerprint == operation.Fingerprint && answer is T same ? same : Refusal.OperationIdReused;
        }

        return null;
    }

    private T Keep<T>(Operation operation, T answer)
    {
        answers.Add((operation, answer!));
        return answer;
    }

    internal sealed class ModelTicket(TicketRecord record, DateTimeOffset payBy)
    {
        public TicketRecord Record { get; private set; } = record;

        public DateTimeOffset PayBy => payBy;

        public bool IsReturning { get; set; }

        public bool IsHidden { get; set; }

        public bool MustHear { get; set; }

        public bool AwaitsMoney { get; set; }

        public uint Seat
        {
            get => Record.SeatNumber;
            set => Record = Record with { SeatNumber = value };
        }

        public TicketStatus Status
        {
            get => Record.Status;
            set => Record = Record with { Status = value };
        }

        public bool IsOpen => Status is TicketStatus.Pending or TicketStatus.Active;

        public bool IsOverdue(DateTimeOffset now) => Status == TicketStatus.Pending && now > payBy;
    }
}
