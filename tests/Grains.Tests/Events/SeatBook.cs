using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;

namespace Ticketing.Grains.Tests.Events;

/// <summary>A second opinion on a journal: who has which seat, told by code that shares nothing with the sale's own fold.</summary>
internal sealed class SeatBook
{
    private readonly HashSet<OperationId> operations = [];

    /// <summary>Who has a seat.</summary>
    public Dictionary<uint, TicketId> Seats { get; } = [];

    /// <summary>Every ticket ever sold.</summary>
    public Dictionary<TicketId, Line> Tickets { get; } = [];

    /// <summary>The tickets whose money is to go back.</summary>
    public HashSet<TicketId> Returns { get; } = [];

    /// <summary>The tickets whose records were deleted.</summary>
    public HashSet<TicketId> Hidden { get; } = [];

    /// <summary>How many seats are not for sale.</summary>
    public uint Withheld { get; private set; }

    public static SeatBook Of(IEnumerable<Entry> entries)
    {
        var book = new SeatBook();
        foreach (var entry in entries) book.Add(entry);
        return book;
    }

    public void Add(Entry entry)
    {
        switch (entry)
        {
            case DetailsSet set:
                Once(set.Operation);
                Withheld = set.Withheld;
                break;
            case Deleted deleted: Once(deleted.Operation); break;
            case Purchased bought:
                Once(bought.Operation);
                Assert.True(Seats.TryAdd(bought.Seat, bought.TicketId), $"seat {bought.Seat} was sold twice");
                Tickets.Add(bought.TicketId, new(bought.Operation.Id, bought.PaymentId, bought.Seat, TicketStatus.Pending));
                break;
            case Activated activated:
                Assert.Equal(TicketStatus.Pending, Tickets[activated.TicketId].Status);
                Tickets[activated.TicketId] = Tickets[activated.TicketId] with { Status = TicketStatus.Active };
                break;
            case ActivatedByHand activated:
                Once(activated.Operation);
                Assert.Equal(TicketStatus.Pending, Tickets[activated.TicketId].Status);
                Tickets[activated.TicketId] = Tickets[activated.TicketId] with { Status = TicketStatus.Active };
                break;
            case TicketDeleted deleted:
                Once(deleted.Operation);
                Assert.True(Hidden.Add(deleted.TicketId), "a ticket was deleted twice");
                break;
            case SeatMoved moved:
                Once(moved.Operation);
                GiveBack(moved.TicketId);
                Assert.True(Seats.TryAdd(moved.Seat, moved.TicketId), $"seat {moved.Seat} was given to two");
                Tickets[moved.TicketId] = Tickets[moved.TicketId] with { Seat = moved.Seat };
                break;
            case TicketEnded ended:
                if (ended.Operation is { } operation) Once(operation);
                GiveBack(ended.TicketId);
                Tickets[ended.TicketId] = Tickets[ended.TicketId] with { Status = ended.End };
                break;
            case ReturnOrdered ordered: Assert.True(Returns.Add(ordered.TicketId), "a return was ordered twice"); break;
            case ReturnDone done: Assert.True(Returns.Remove(done.TicketId), "a return was done without an order"); break;
            default: break;
        }
    }

    private void GiveBack(TicketId id)
    {
        var line = Tickets[id];
        Assert.True(line.Status is TicketStatus.Pending or TicketStatus.Active, "an ended ticket gave its seat back again");
        Assert.True(Seats.Remove(line.Seat, out var holder) && holder == id, "a ticket gave back a seat it did not have");
    }

    private void Once(Operation operation) => Assert.True(operations.Add(operation.Id), $"operation {operation.Id} was carried out twice");

    internal sealed record Line(OperationId Operation, PaymentId PaymentId, uint Seat, TicketStatus Status);
}
