using System.Diagnostics.CodeAnalysis;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Events;

/// <summary>The state of a sale: what the entries add up to.</summary>
internal sealed partial class Sale
{
    private static readonly Comparer<TicketId> InOrder = Comparer<TicketId>.Create((a, b) => a.Value.CompareTo(b.Value));
    // Most events have no order, and many are awake: they share the empty dictionary, which nobody adds to.
    private static readonly SortedDictionary<TicketId, PaymentId> NoReturns = new(InOrder);

    private readonly EventKey key;
    private readonly Chunks<SoldTicket> tickets = new();
    private readonly List<Command> commands = [];
    private readonly ById byId;
    private readonly BySeat seats;
    // What an operation id was answered: an index into tickets, or the complement of one into commands.
    private readonly ByOperation operations;
    private SortedDictionary<TicketId, PaymentId> returns = NoReturns;
    // No ticket before these is Pending, or open: they only ever move forward.
    private int firstPending;
    private int firstOpen;
    // Whom a change of the event was and must be told: the tickets before the first number know, those before the second must hear. Both 0 when all know.
    private int toldBefore;
    private int toTell;
    // The position of the last entry that changed the event's record.
    private long changedAt;

    /// <summary>No event yet; <see cref="Create"/> makes it, or its entries do.</summary>
    public Sale(EventKey key)
    {
        this.key = key;
        (byId, seats, operations) = (new ById(this), new BySeat(this), new ByOperation(this));
    }

    /// <summary>A ticket as the sale keeps it, small because there are many. Times are in milliseconds since 1970, as the journal keeps them.</summary>
    internal struct SoldTicket
    {
        public TicketId Id;
        public UserId Owner;
        public PaymentId PaymentId;
        public long BoughtAt;
        public long PayBy;
        public ulong Fingerprint;
        public OperationId Operation;
        public uint BoughtSeat;
        public uint Seat;
        public Money Price;
        public TicketStatus Status;
        // Activated by hand, and no payment has come yet.
        public bool Unpaid;
        public bool IsDeleted;

        public readonly bool Ended => Status is TicketStatus.Cancelled or TicketStatus.Refunded;

        public readonly bool Lapsed(DateTimeOffset now) => Status == TicketStatus.Pending && now.ToUnixTimeMilliseconds() > PayBy;
    }

    /// <summary>A command other than a purchase, and what it was answered.</summary>
    internal sealed record Command(Operation Operation, int Ticket, uint Seat, TicketStatus Status, EventRecord? Event);

    /// <summary>The event.</summary>
    public EventKey Key => key;

    /// <summary>What the organiser says of the event, or nothing when there is no event.</summary>
    public EventDetails? Details { get; private set; }

    /// <summary>Whether the event was taken off sale for good.</summary>
    public bool IsDeleted { get; private set; }

    /// <summary>Who made the event.</summary>
    public UserId Creator { get; private set; }

    /// <summary>When the event was made.</summary>
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Free seats that are not for sale.</summary>
    public uint Withheld { get; private set; }

    /// <summary>Seats that a Pending or Active ticket has.</summary>
    public uint Taken => (uint)seats.Count;

    /// <summary>Seats that are for sale.</summary>
    public uint Remaining => Details is null ? 0 : Details.Capacity - Taken - Withheld;

    /// <summary>How many entries the state is the fold of, fences not counted.</summary>
    public long Position { get; private set; }

    /// <summary>Whether there is an event, and it was not deleted.</summary>
    [MemberNotNullWhen(true, nameof(Details))]
    public bool Exists => Details is not null && !IsDeleted;

    /// <summary>Whether something is to be done without being asked: a payment awaited, money to return, tickets of a deleted event to end, holders of a changed one to tell.</summary>
    public bool HasOpenWork => firstPending < tickets.Count || HasWorkAtOnce;

    /// <summary>From when on open work can be done; for ever when there is none.</summary>
    public DateTimeOffset OpenWorkDue => HasWorkAtOnce ? DateTimeOffset.MinValue
        : firstPending < tickets.Count ? DateTimeOffset.FromUnixTimeMilliseconds(tickets[firstPending].PayBy + 1)
        : DateTimeOffset.MaxValue;

    private bool HasWorkAtOnce => returns.Count > 0 || HasToEndOrTell;

    /// <summary>The payments whose money is to be returned, in the order of ids.</summary>
    public IReadOnlyDictionary<TicketId, PaymentId> Returns => returns;

    /// <summary>Whether <see cref="Tidy"/> has tickets to end or holders to tell right now.</summary>
    public bool HasWorkDue(DateTimeOffset now) => HasToEndOrTell || HasOverdue(now);

    private bool HasToEndOrTell => (IsDeleted && firstOpen < tickets.Count) || toldBefore < toTell;

    private bool HasOverdue(DateTimeOffset now) => firstPending < tickets.Count && tickets[firstPending].Lapsed(now);

    private uint HighestSeatTaken
    {
        get
        {
            var highest = 0U;
            for (var i = 0; i < tickets.Count; i++)
            {
                if (!tickets[i].Ended) highest = Math.Max(highest, tickets[i].Seat);
            }

            return highest;
        }
    }

    /// <summary>The event's record as it stands.</summary>
    public EventRecord Record() => new(key, Details!, IsDeleted ? 0 : Remaining, CreatedAt, Creator, Position);

    /// <summary>A ticket's record as it stands, also when it was deleted.</summary>
    public TicketRecord Ticket(TicketId id) => Describe(At(id));

    /// <summary>Whether a ticket is Active and its payment has not come.</summary>
    public bool IsTicketUnpaid(TicketId id) => At(id).Unpaid;

    /// <summary>Whether a ticket's record was deleted.</summary>
    public bool IsTicketDeleted(TicketId id) => At(id).IsDeleted;

    /// <summary>All tickets as they stand, in the order in which they were bought.</summary>
    public IEnumerable<TicketRecord> Tickets => Enumerable.Range(0, tickets.Count).Select(index => Describe(tickets[index]));

    /// <summary>Adds a fact to the state. Facts are not judged here; that was done when they were decided.</summary>
    /// <exception cref="InvalidOperationException">The fact contradicts the state: the journal is damaged, or the code that wrote it wrong.</exception>
    public void Apply(Entry entry)
    {
        // Who writes is no fact of the sale: a fence may come before or after what was decided meanwhile.
        if (entry is Opened) return;
        Position++;
        if (entry is DetailsSet or Deleted or Purchased or TicketEnded) changedAt = Position;
        switch (entry)
        {
            case DetailsSet set: ApplyDetails(set); break;
            case Deleted deleted:
                IsDeleted = true;
                (toldBefore, toTell) = (0, 0);
                Remember(new(deleted.Operation, -1, 0, default, Record()));
                break;
            case Purchased purchased: ApplyPurchase(purchased); break;
            case Activated activated: At(activated.TicketId).Status = TicketStatus.Active; Advance(); break;
            case ActivatedByHand activated: ApplyActivation(activated); break;
            case SeatMoved moved: ApplyMove(moved); break;
            case TicketEnded ended: ApplyEnd(ended); break;
            case TicketDeleted deleted: ApplyDeletion(deleted); break;
            case ReturnOrdered ordered: ApplyOrder(ordered.TicketId); break;
            case ReturnDone done: returns.Remove(done.TicketId); break;
            case Told told: ApplyTold(told); break;
            default: throw new InvalidOperationException($"an entry of unknown kind {entry.GetType().Name}");
        }
    }

    private void ApplyDetails(DetailsSet set)
    {
        if (Details is null) (Creator, CreatedAt) = (set.Creator, set.At);
        (Details, Withheld) = (set.Details, set.Withheld);
        Assert((ulong)Taken + Withheld <= Details.Capacity, "more seats taken and withheld than there are");
        if (set.HoldersMustHear) (toldBefore, toTell) = (0, tickets.Count);
        Advance();
        Remember(new(set.Operation, -1, 0, default, Record()));
    }

    private void ApplyPurchase(Purchased bought)
    {
        var index = tickets.Count;
        Assert(Exists && Remaining > 0, "a seat sold when none was for sale");
        Assert(seats.TryAdd(bought.Seat, index), "a seat sold twice");
        Assert(byId.TryAdd(bought.TicketId, index), "a ticket made twice");
        Assert(operations.TryAdd(bought.Operation.Id, index), "an operation carried out twice");
        tickets.Add(new SoldTicket
        {
            Id = bought.TicketId,
            Owner = bought.Owner,
            PaymentId = bought.PaymentId,
            BoughtAt = bought.At.ToUnixTimeMilliseconds(),
            PayBy = bought.PayBy.ToUnixTimeMilliseconds(),
            Fingerprint = bought.Operation.Fingerprint,
            Operation = bought.Operation.Id,
            BoughtSeat = bought.Seat,
            Seat = bought.Seat,
            Price = bought.Price,
            Status = TicketStatus.Pending,
        });
    }

    private void ApplyActivation(ActivatedByHand activated)
    {
        ref var ticket = ref At(activated.TicketId);
        Assert(ticket.Status == TicketStatus.Pending, "a ticket activated that was not pending");
        (ticket.Status, ticket.Unpaid) = (TicketStatus.Active, true);
        Advance();
        Remember(new(activated.Operation, IndexOf(activated.TicketId), ticket.Seat, ticket.Status, null));
    }

    private void ApplyMove(SeatMoved moved)
    {
        ref var ticket = ref At(moved.TicketId);
        var index = IndexOf(moved.TicketId);
        Assert(!ticket.Ended, "an ended ticket moved");
        Assert(seats.Remove(ticket.Seat, out var holder) && holder == index, "a ticket without its seat");
        Assert(seats.TryAdd(moved.Seat, index), "a ticket moved to a taken seat");
        ticket.Seat = moved.Seat;
        Remember(new(moved.Operation, index, moved.Seat, ticket.Status, null));
    }

    private void ApplyEnd(TicketEnded ended)
    {
        ref var ticket = ref At(ended.TicketId);
        var index = IndexOf(ended.TicketId);
        Assert(!ticket.Ended, "a ticket ended twice");
        Assert(seats.Remove(ticket.Seat, out var holder) && holder == index, "a ticket without its seat");
        (ticket.Status, ticket.Unpaid) = (ended.End, false);
        Advance();
        if (ended.Operation is { } operation) Remember(new(operation, index, ticket.Seat, ended.End, null));
    }

    private void ApplyDeletion(TicketDeleted deleted)
    {
        ref var ticket = ref At(deleted.TicketId);
        Assert(!ticket.IsDeleted, "a ticket deleted twice");
        ticket.IsDeleted = true;
        Remember(new(deleted.Operation, IndexOf(deleted.TicketId), ticket.Seat, ticket.Status, null));
    }

    private void ApplyOrder(TicketId ticket)
    {
        if (returns == NoReturns) returns = new(InOrder);
        returns.Add(ticket, At(ticket).PaymentId);
    }

    private void ApplyTold(Told told)
    {
        if (told.Tidings == Tidings.PaymentReceived) At(told.TicketId).Unpaid = false;
        if (told.Tidings != Tidings.EventChanged) return;
        Assert(toldBefore < toTell && IndexOf(told.TicketId) == toldBefore, "a holder told of a change out of turn");
        toldBefore++;
        Advance();
    }

    private void Advance()
    {
        while (firstPending < tickets.Count && tickets[firstPending].Status != TicketStatus.Pending) firstPending++;
        while (firstOpen < tickets.Count && tickets[firstOpen].Ended) firstOpen++;
        while (toldBefore < toTell && tickets[toldBefore].Ended) toldBefore++;
        if (toldBefore == toTell) (toldBefore, toTell) = (0, 0);
    }

    private void Remember(Command command)
    {
        Assert(operations.TryAdd(command.Operation.Id, ~commands.Count), "an operation carried out twice");
        commands.Add(command);
    }

    /// <summary>Whether the operation was answered before; then with the same answer, or refused if it asks for something else.</summary>
    private bool Answered(Operation operation, out Answer<TicketRecord> answer)
    {
        answer = Refusal.OperationIdReused;
        if (!operations.TryFind(operation.Id, out var index)) return false;
        if (index >= 0)
        {
            ref readonly var bought = ref tickets[index];
            if (bought.Fingerprint == operation.Fingerprint)
                answer = Describe(bought) with { SeatNumber = bought.BoughtSeat, Status = TicketStatus.Pending };
        }
        else if (commands[~index] is { Ticket: >= 0 } command && command.Operation.Fingerprint == operation.Fingerprint)
        {
            answer = Describe(tickets[command.Ticket]) with { SeatNumber = command.Seat, Status = command.Status };
        }

        return true;
    }

    private bool Answered(Operation operation, out Answer<EventRecord> answer)
    {
        answer = Refusal.OperationIdReused;
        if (!operations.TryFind(operation.Id, out var index)) return false;
        if (index < 0 && commands[~index] is { Event: { } record } command && command.Operation.Fingerprint == operation.Fingerprint) answer = record;
        return true;
    }

    /// <summary>Finds a ticket, unless it was deleted.</summary>
    private bool TryFind(TicketId id, out SoldTicket ticket)
    {
        var found = byId.TryFind(id, out var index);
        ticket = found ? tickets[index] : default;
        return found && !ticket.IsDeleted;
    }

    private ref SoldTicket At(TicketId id) => ref tickets[IndexOf(id)];

    private int IndexOf(TicketId id)
    {
        Assert(byId.TryFind(id, out var index), "a ticket that was never sold");
        return index;
    }

    private TicketRecord Describe(in SoldTicket ticket) =>
        new(ticket.Id, DateTimeOffset.FromUnixTimeMilliseconds(ticket.BoughtAt), ticket.Seat, ticket.Status, ticket.Price.Amount, key, ticket.Owner, ticket.PaymentId, ticket.Price.Currency);

    private static void Assert(bool holds, string contradiction)
    {
        if (!holds) throw new InvalidOperationException($"the ledger contradicts itself: {contradiction}");
    }

    private sealed class ById(Sale sale) : PositionIndex<TicketId>
    {
        protected override TicketId KeyAt(int position) => sale.tickets[position].Id;
    }

    private sealed class BySeat(Sale sale) : PositionIndex<uint>
    {
        protected override uint KeyAt(int position) => sale.tickets[position].Seat;
    }

    private sealed class ByOperation(Sale sale) : PositionIndex<OperationId>
    {
        // Callers choose these: a hash without a seed of both halves would be half chosen before the seed comes in.
        protected override int HashOf(OperationId key) => HashCode.Combine(key.High, key.Low);

        protected override OperationId KeyAt(int position) => position < 0 ? sale.commands[~position].Operation.Id : sale.tickets[position].Operation;
    }
}
