using Ticketing.Grains.Events;
using Ticketing.History;
using Ticketing.Storage.Moving;

namespace Ticketing.Storage.Verifying;

/// <summary>
/// The records of an event and of its tickets against what the journal adds up to. A record says at which position of the journal it is true, and is compared with the sale
/// as it was there.
/// </summary>
/// <param name="engine">The database.</param>
/// <param name="checker">The journal.</param>
/// <param name="moment">How far it was.</param>
internal sealed class StoredRecords(IEngine engine, HistoryChecker checker, Moment moment)
{
    private readonly Check check = Row(checker.Table);
    // Records that are newer than the journal was: it comes to them when it is read on.
    private readonly Dictionary<UInt128, TicketChanged> newer = [];
    private EventChanged? newerEvent;

    public Moment Moment => moment;

    public static Check Row(CheckTable table) => table.Row("records", "the records of events and tickets are what the journal adds up to");

    public async Task ReadEvent()
    {
        check.Look();
        var stored = await engine.Find(Tables.Events, moment.Key.Value);
        if (stored?.Event.Version > moment.Position)
        {
            newerEvent = stored;
            return;
        }

        if (stored == Expected.Event(moment.Key, checker.Sale, moment.Position)) return;
        if (moment.Sure < moment.Position && stored == moment.BeforeTail) check.Note("records that follow their batch");
        else checker.Violate(check, null, stored is null ? "the event has no record" : "the event's record is not what its journal adds up to");
    }

    public async Task ReadTickets(CancellationToken cancellation)
    {
        var found = new HashSet<UInt128>();
        await foreach (var row in engine.Rows(Tables.Tickets, new Condition("event_id", Test.Equal, Cell.Of(moment.Key.Value))))
        {
            cancellation.ThrowIfCancellationRequested();
            check.Look();
            var (stored, id) = (Tables.Tickets.Read(row), Expected.Number(row.Key.Id));
            found.Add(id);
            if (stored.Version > moment.Position) newer.Add(id, stored);
            else if (checker.Sale.Find(id) is not { } ticket) checker.Violate(check, id, "a record of a ticket that the journal does not know");
            else Compare(stored, ticket);
        }

        foreach (var ticket in checker.Sale.Tickets)
        {
            if (found.Contains(ticket.Sold.Ticket)) continue;
            if (ticket.SoldPosition > moment.Sure) check.Note("records that follow their batch");
            else checker.Violate(check, ticket.Sold.Ticket, "the ticket has no record");
        }
    }

    /// <summary>A batch was read on.</summary>
    public void Advance()
    {
        if (newerEvent?.Event.Version == checker.Position)
        {
            if (newerEvent != Expected.Event(moment.Key, checker.Sale, checker.Position)) checker.Violate(check, null, "the event's record is not what its journal adds up to");
            newerEvent = null;
        }

        foreach (var (id, stored) in newer)
        {
            if (checker.Sale.Find(id) is not { } ticket || ticket.ChangedAt != stored.Version) continue;
            Compare(stored, ticket);
            newer.Remove(id);
        }
    }

    /// <summary>The journal was read to its end.</summary>
    public void Finish()
    {
        // A version between two batches was seen while its batch was being written, and says nothing that could be compared.
        if (newerEvent?.Event.Version > checker.Position) checker.Violate(check, null, $"the event's record is of position {newerEvent.Event.Version}, which the journal does not have");
        foreach (var (id, stored) in newer)
        {
            if (stored.Version > checker.Position) checker.Violate(check, id, $"its record is of position {stored.Version}, which the journal does not have");
        }
    }

    private void Compare(TicketChanged stored, FoldedTicket ticket)
    {
        if (stored == Expected.Ticket(moment.Key, ticket)) return;
        if (stored.Version < ticket.ChangedAt && ticket.ChangedAt > moment.Sure) check.Note("records that follow their batch");
        else checker.Violate(check, ticket.Sold.Ticket, "its record is not what the journal adds up to");
    }
}
