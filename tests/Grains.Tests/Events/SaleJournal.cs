using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Events;

namespace Ticketing.Grains.Tests.Events;

/// <summary>The bytes that a sale leaves behind, and the ways in which it wakes from them.</summary>
internal sealed class SaleJournal(EventKey key)
{
    private readonly List<byte[]> batches = [];
    private byte[]? snapshot;
    private int batchesBeforeSnapshot;

    /// <summary>Keeps what was decided as bytes that are read as what was written.</summary>
    public void Append(Entry[] decided)
    {
        if (decided.Length == 0) return;
        var bytes = EntryFormat.Write(decided);
        if (!EntryFormat.Read(bytes).SequenceEqual(decided)) throw new InvalidOperationException($"{decided[0]} was read as {EntryFormat.Read(bytes)[0]}");
        batches.Add(bytes);
    }

    /// <summary>The sale that goes on: as it is (and a snapshot is kept), or read from bytes in one of three ways.</summary>
    public Sale Wake(Sale sale, int way)
    {
        switch (way % 4)
        {
            case 0: return FromSnapshot(sale.ToSnapshot(), sale);
            case 1: return FromAll(sale);
            case 2: return FromTail(sale);
            default:
                (snapshot, batchesBeforeSnapshot) = (sale.ToSnapshot(), batches.Count);
                return sale;
        }
    }

    /// <summary>Whichever way a sale is read, it is the very same.</summary>
    public void ReplayEachWay(Sale sale)
    {
        for (var way = 0; way < 3; way++) Wake(sale, way);
    }

    /// <summary>The checker of histories, which shares no code with the sale, finds no rule broken, and the same sale.</summary>
    public void Check(Sale sale)
    {
        var checker = new History.HistoryChecker(new());
        checker.Add(HistoryOf.Head(key));
        checker.Add(new History.Batch(1, 1));
        checker.Add(new History.Opened(0, 1));
        foreach (var entry in batches.SelectMany(batch => EntryFormat.Read(batch))) checker.Add(HistoryOf.Fact(key, entry, checker.Position + 1));
        var table = checker.Finish();
        if (table.Checks.FirstOrDefault(check => check.Violations > 0) is { } broken) throw new InvalidOperationException($"the checker says {broken.Name}: {broken.First[0]}");
        var tickets = sale.Tickets.Select(ticket => (HistoryOf.Number(ticket.Id.Value), ticket.SeatNumber, ticket.Status.ToString(), ticket.Price));
        var checkedTickets = checker.Sale.Tickets.Select(ticket => (ticket.Sold.Ticket, ticket.Seat, ticket.Standing.ToString(), ticket.Sold.Price));
        if (checker.Position != sale.Position || checker.Sale.Free != sale.Remaining || !tickets.SequenceEqual(checkedTickets)) throw new InvalidOperationException("the checker adds the entries up to another sale");
    }

    private Sale FromSnapshot(byte[] bytes, Sale sale) => Same("a snapshot", Sale.FromSnapshot(key, bytes), sale);

    private Sale FromAll(Sale sale) => Same("all entries", Fold(new Sale(key), 0), sale);

    private Sale FromTail(Sale sale) =>
        snapshot is null ? sale : Same("a snapshot and its tail", Fold(Sale.FromSnapshot(key, snapshot), batchesBeforeSnapshot), sale);

    private Sale Fold(Sale sale, int from)
    {
        for (var i = from; i < batches.Count; i++)
            foreach (var entry in EntryFormat.Read(batches[i])) sale.Apply(entry);
        return sale;
    }

    private static Sale Same(string way, Sale read, Sale expected)
    {
        if (!read.ToSnapshot().AsSpan().SequenceEqual(expected.ToSnapshot())) throw new InvalidOperationException($"{way} gave another sale");
        return read;
    }
}
