using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;

namespace Ticketing.Grains.Tests.Events;

/// <summary>
/// What a sale should do, written a second time as plainly as possible: lists that are searched, answers that are kept as given. Shares no code
/// with the sale.
/// </summary>
internal sealed class SaleModel(EventKey key)
{
    private readonly Dictionary<OperationId, (ulong Fingerprint, object Answer)> answers = [];
    private readonly List<long> lookedDifferentAt = [];
    private EventRecord? made;

    public List<ModelTicket> Tickets { get; } = [];

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
        made = new(key, details, details.Capacity, now, caller.UserId, 0);
        Details = details;
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
        if (details.Date != Details.Date || details.Location != Details.Location)
            foreach (var ticket in Tickets.Where(one => one.IsOpen)) ticket.MustHear = true;
        Details = details;
        Withheld = details.Capacity - Taken - remaining;
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

    public Answer<TicketRecord> Buy(Purchase purchase, TicketId id, PaymentId payment, DateTimeOffset payBy, DateTimeOffset now)
    {
        if (Earlier<TicketRecord>(purchase.Operation) is { } earlier) return earlier;
        Lapse(now, 8);
        LapseSeat(purchase.Seat, now);
        if (made is null || Deleted) return Refusal.NoSuchEvent;
        if (now >= Details.Date) return Refusal.SaleOver;
        if (purchase.Seat < 1 || purchase.Seat > Details.Capacity) return Refusal.SeatBeyondCapacity;
        if (Remaining == 0) return Refusal.SoldOut;
        if (Tickets.Any(ticket => ticket.IsOpen && ticket.Seat == purchase.Seat)) return Refusal.SeatTaken;
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
        Position += 2;
        return Keep(change.Operation, ticket.Record);
    }

    public Answer<TicketRecord> End(EndTicket change)
    {
        if (Earlier<TicketRecord>(change.Operation) is { } earlier) return earlier;
        if (RuleAgainst(change, out var ticket) is { } rule) return rule;
        if (!ticket.IsOpen) return ticket.Status == change.End ? ticket.Record : Refusal.TicketEnded;
        End(ticket, change.End);
        return Keep(change.Operation, ticket.Record);
    }

    public Answer<TicketRecord> Activate(ActivateTicket change, DateTimeOffset now)
    {
        if (Earlier<TicketRecord>(change.Operation) is { } earlier) return earlier;
        if (RuleForServices(change, out var ticket) is { } rule) return rule;
        if (ticket.Status == TicketStatus.Active) return ticket.Record;
        if (ticket.IsOpen && (ticket.IsOverdue(now) || Deleted)) End(ticket, TicketStatus.Cancelled);
        if (!ticket.IsOpen) return Refusal.TicketEnded;
        (ticket.Status, ticket.AwaitsMoney) = (TicketStatus.Active, true);
        Position += 2;
        return Keep(change.Operation, ticket.Record);
    }

    public Answer<TicketRecord> Delete(DeleteTicket change, DateTimeOffset now)
    {
        if (Earlier<TicketRecord>(change.Operation) is { } earlier) return earlier;
        if (RuleForServices(change, out var ticket) is { } rule) return rule;
        if (ticket.IsOverdue(now)) End(ticket, TicketStatus.Cancelled);
        var before = ticket.Record;
        ticket.IsHidden = true;
        Position++;
        if (ticket.IsOpen) End(ticket, ticket.Status == TicketStatus.Active ? TicketStatus.Refunded : TicketStatus.Cancelled);
        return Keep(change.Operation, before);
    }

    public void Settle(SettledPayment payment, DateTimeOffset now)
    {
        var ticket = Tickets.Find(one => one.Record.Id == payment.TicketId && one.Record.PaymentId == payment.PaymentId);
        if (ticket is { Status: TicketStatus.Active, AwaitsMoney: true } && payment.Succeeded)
        {
            ticket.AwaitsMoney = false;
            Position++;
        }

        if (ticket is not { Status: TicketStatus.Pending }) return;
        if (payment.Succeeded && !Deleted && now <= ticket.PayBy)
        {
            ticket.Status = TicketStatus.Active;
            Position += 3;
        }
        else
        {
            End(ticket, payment.Succeeded && Deleted ? TicketStatus.Refunded : TicketStatus.Cancelled);
        }
    }

    public void Tidy(DateTimeOffset now, int limit)
    {
        Lapse(now, limit);
        foreach (var ticket in Tickets.Where(one => one.MustHear).Take(limit).ToArray())
        {
            if (ticket.IsOverdue(now))
            {
                End(ticket, TicketStatus.Cancelled);
                continue;
            }

            ticket.MustHear = false;
            Position++;
        }

        if (!Deleted) return;
        foreach (var ticket in Tickets.Where(one => one.IsOpen).Take(limit).ToArray())
            End(ticket, ticket.Status == TicketStatus.Active ? TicketStatus.Refunded : TicketStatus.Cancelled);
    }

    public void AcknowledgeReturn(TicketId id)
    {
        if (Tickets.Find(one => one.Record.Id == id) is not { IsReturning: true } ticket) return;
        ticket.IsReturning = false;
        Position++;
    }

    public EventRecord Record() => made! with { Details = Details, RemainingSeats = Deleted ? 0 : Remaining, Version = Position };

    private void Lapse(DateTimeOffset now, int limit)
    {
        // Payments are due in the order of purchases here, so the oldest overdue ones are the first.
        foreach (var ticket in Tickets.Where(one => one.IsOverdue(now)).Take(limit).ToArray()) End(ticket, TicketStatus.Cancelled);
    }

    private void LapseSeat(uint seat, DateTimeOffset now)
    {
        if (Tickets.Find(one => one.Seat == seat && one.IsOverdue(now)) is { } ticket) End(ticket, TicketStatus.Cancelled);
    }

    private void End(ModelTicket ticket, TicketStatus end)
    {
        (ticket.Status, ticket.IsReturning, ticket.MustHear, ticket.AwaitsMoney) = (end, true, false, false);
        Position++;
        Note();
        Position += 2;
    }

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

    private Answer<T>? Earlier<T>(Operation operation)
    {
        if (!answers.TryGetValue(operation.Id, out var earlier)) return null;
        return earlier.Fingerprint == operation.Fingerprint && earlier.Answer is T answer ? answer : Refusal.OperationIdReused;
    }

    private T Keep<T>(Operation operation, T answer)
    {
        answers.Add(operation.Id, (operation.Fingerprint, answer!));
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
