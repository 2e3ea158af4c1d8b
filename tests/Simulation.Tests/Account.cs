using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Events;

namespace Ticketing.Simulation.Tests;

/// <summary>One event's journal, added up batch by batch by code that is not the sale's.</summary>
internal sealed class Account(RecordId key, Func<long> step, Action<string> violate)
{
    private readonly Dictionary<uint, TicketId> seats = [];
    private readonly Dictionary<uint, long> freedAt = [];
    private readonly HashSet<TicketId> mustHear = [];
    private byte[] chain = [];
    private long number;
    private long position;
    private uint withheld;
    private long fullAt = -1;

    /// <summary>The event.</summary>
    public RecordId Key => key;

    /// <summary>Its tickets.</summary>
    public SortedDictionary<TicketId, Ticket> Tickets { get; } = new(Comparer<TicketId>.Create((a, b) => a.Value.CompareTo(b.Value)));

    /// <summary>The notifications that its ledger gave birth to.</summary>
    public List<RecordId> Told { get; } = [];

    public uint Capacity { get; private set; }

    public bool IsDeleted { get; private set; }

    /// <summary>How many seats its record must show.</summary>
    public uint Remaining => IsDeleted ? 0 : Capacity - (uint)seats.Count - withheld;

    /// <summary>Its title.</summary>
    public string? Title { get; private set; }

    /// <summary>Whether a ticket had the seat at some time since a step.</summary>
    public bool WasTakenSince(uint seat, long since) => seats.ContainsKey(seat) || (freedAt.TryGetValue(seat, out var freed) && freed >= since);

    /// <summary>Whether no seat was for sale at some time since a step.</summary>
    public bool WasFullSince(long since) => Remaining == 0 || fullAt >= since;

    /// <summary>Adds a batch.</summary>
    public List<Entry> Add(JournalBatch batch)
    {
        if (batch.Number != number + 1) violate($"event {key}: batch {batch.Number} follows batch {number}");
        if (!Ledger.Chain(chain, batch.Number, batch.Payload).AsSpan().SequenceEqual(batch.Chain)) violate($"event {key}: batch {batch.Number} does not continue the chain");
        (number, chain) = (batch.Number, batch.Chain);
        var entries = EntryFormat.Read(batch.Payload);
        foreach (var entry in entries) Add(entry);
        return entries;
    }

    /// <summary>What is still to be done, or nothing.</summary>
    public string? Unsettled()
    {
        foreach (var ticket in Tickets.Values)
        {
            if (ticket.Status == TicketStatus.Pending) return $"ticket {ticket.Id} is Pending";
            if (ticket.ReturnOrdered && !ticket.ReturnDone) return $"the money of ticket {ticket.Id} is to be returned";
            if (IsDeleted && ticket.HasSeat) return $"ticket {ticket.Id} of the deleted event is {ticket.Status}";
        }

        return mustHear.Count > 0 ? $"{mustHear.Count} holders must hear of a change" : null;
    }

    /// <summary>What must be so when all is at rest.</summary>
    public void CheckEnd()
    {
        foreach (var ticket in Tickets.Values)
        {
            if (!ticket.HasSeat && !ticket.ReturnDone) violate($"ticket {ticket.Id} is {ticket.Status}, and its money was not returned");
        }
    }

    private void Add(Entry entry)
    {
        if (entry is not Opened) position++;
        if (Remaining == 0) fullAt = step();
        switch (entry)
        {
            case Opened: break;
            case DetailsSet set:
                (Title, Capacity, withheld) = (set.Details.Title, set.Details.Capacity, set.Withheld);
                if (set.HoldersMustHear) mustHear.UnionWith(seats.Values);
                break;
            case Deleted:
                IsDeleted = true;
                mustHear.Clear();
                break;
            case Purchased bought:
                if (IsDeleted) violate($"event {key}: seat {bought.Seat} was sold after the event was deleted");
                if (!Tickets.TryAdd(bought.TicketId, new(bought) { Seat = bought.Seat })) violate($"ticket {bought.TicketId} was made twice");
                Take(bought.Seat, bought.TicketId);
                break;
            case Activated activated: Activate(activated.TicketId, byHand: false); break;
            case ActivatedByHand activated: Activate(activated.TicketId, byHand: true); break;
            case SeatMoved moved: Move(moved); break;
            case TicketEnded ended: End(ended); break;
            case TicketDeleted deleted: Tickets[deleted.TicketId].IsDeleted = true; break;
            case ReturnOrdered ordered:
                if (Tickets[ordered.TicketId].ReturnOrdered) violate($"the money of ticket {ordered.TicketId} was ordered back twice");
                Tickets[ordered.TicketId].ReturnOrdered = true;
                break;
            case ReturnDone done:
                if (!Tickets[done.TicketId].ReturnOrdered || Tickets[done.TicketId].ReturnDone) violate($"the money of ticket {done.TicketId} came back unasked, or twice");
                Tickets[done.TicketId].ReturnDone = true;
                break;
            case Told told:
                Told.Add(RecordId.Derived(told.At, key, position));
                if (told.Tidings == Tidings.EventChanged) mustHear.Remove(told.TicketId);
                break;
            default:
                violate($"an entry of unknown kind {entry.GetType().Name}");
                break;
        }

        if (Capacity < (ulong)seats.Count + withheld) violate($"event {key}, position {position}: {seats.Count} taken and {withheld} withheld of {Capacity}");
    }

    private void Take(uint seat, TicketId ticket)
    {
        if (seat == 0 || seat > Capacity) violate($"event {key}: seat {seat} is none of its {Capacity}");
        if (!seats.TryAdd(seat, ticket)) violate($"event {key}, position {position}: seat {seat} was sold to ticket {seats[seat]} and to {ticket}");
    }

    private void Activate(TicketId id, bool byHand)
    {
        var ticket = Tickets[id];
        if (ticket.Status != TicketStatus.Pending) violate($"ticket {id} became Active, and was {ticket.Status}");
        (ticket.Status, ticket.ByHand) = (TicketStatus.Active, byHand);
    }

    private void Move(SeatMoved moved)
    {
        var ticket = Tickets[moved.TicketId];
        if (!ticket.HasSeat || !seats.Remove(ticket.Seat)) violate($"ticket {moved.TicketId} was moved, and had no seat");
        freedAt[ticket.Seat] = step();
        Take(moved.Seat, moved.TicketId);
        ticket.Seat = moved.Seat;
    }

    private void End(TicketEnded ended)
    {
        var ticket = Tickets[ended.TicketId];
        if (!ticket.HasSeat || !seats.Remove(ticket.Seat)) violate($"ticket {ended.TicketId} ended twice");
        freedAt[ticket.Seat] = step();
        ticket.Status = ended.End;
        mustHear.Remove(ended.TicketId);
    }

    /// <summary>A ticket, as its journal says.</summary>
    internal sealed class Ticket(Purchased bought)
    {
        public TicketId Id => bought.TicketId;

        public PaymentId Payment => bought.PaymentId;

        public UserId Owner => bought.Owner;

        public Money Price => bought.Price;

        public uint Seat { get; set; }

        public TicketStatus Status { get; set; } = TicketStatus.Pending;

        public bool ByHand { get; set; }

        public bool IsDeleted { get; set; }

        public bool ReturnOrdered { get; set; }

        public bool ReturnDone { get; set; }

        public bool HasSeat => Status is TicketStatus.Pending or TicketStatus.Active;
    }
}
