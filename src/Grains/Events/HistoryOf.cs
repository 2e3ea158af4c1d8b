using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;

namespace Ticketing.Grains.Events;

/// <summary>A journal's batches and entries as lines of a history, which anybody can check. Pure; says nothing that is not in the journal.</summary>
internal static class HistoryOf
{
    /// <summary>The line that begins a history.</summary>
    public static History.Head Head(EventKey key) => new(Number(key.Value));

    /// <summary>The line that begins a batch, with its seal.</summary>
    public static History.Batch Batch(JournalBatch batch) => new(batch.Number, Writer(batch), new(batch.Payload, batch.Chain));

    /// <summary>The line of an entry.</summary>
    /// <param name="key">The event.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="position">How many entries there are up to this one, fences not counted.</param>
    public static History.Fact Fact(EventKey key, Entry entry, long position)
    {
        var at = entry.At.ToUnixTimeMilliseconds();
        return entry switch
        {
            Opened opened => new History.Opened(at, opened.Writer),
            DetailsSet set => new History.Details(
                at, Command(set.Operation), Number(set.Creator.Value), set.Details.Date.ToUnixTimeMilliseconds(), set.Details.Capacity, set.Details.Price, set.Withheld, set.HoldersMustHear,
                new(set.Details.Title, set.Details.Description, set.Details.Location)),
            Deleted deleted => new History.OffSale(at, Command(deleted.Operation)),
            Purchased bought => new History.Sold(
                at, Command(bought.Operation), Number(bought.TicketId.Value), Number(bought.PaymentId.Value), Number(bought.Owner.Value), bought.Seat, bought.Price.Amount,
                Code(bought.Price.Currency), bought.PayBy.ToUnixTimeMilliseconds()),
            Activated activated => new History.Activated(at, Number(activated.TicketId.Value)),
            ActivatedByHand activated => new History.ActivatedByHand(at, Command(activated.Operation), Number(activated.TicketId.Value)),
            SeatMoved moved => new History.Moved(at, Command(moved.Operation), Number(moved.TicketId.Value), moved.Seat),
            TicketEnded ended => new History.Ended(
                at, ended.Operation is { } operation ? Command(operation) : null, Number(ended.TicketId.Value),
                ended.End == TicketStatus.Refunded ? History.TicketEnd.Refunded : History.TicketEnd.Cancelled, Reason(ended.Reason)),
            TicketDeleted deleted => new History.Withdrawn(at, Command(deleted.Operation), Number(deleted.TicketId.Value)),
            ReturnOrdered ordered => new History.ReturnOrdered(at, Number(ordered.TicketId.Value)),
            ReturnDone done => new History.ReturnDone(at, Number(done.TicketId.Value)),
            Told told => new History.Told(
                at, Number(told.TicketId.Value), Tidings(told.Tidings), Number(Projection.NotificationKey(key, told, position).Value)),
            _ => throw new InvalidOperationException($"no line for {entry.GetType().Name}"),
        };
    }

    /// <summary>A record's id as a number.</summary>
    public static UInt128 Number(RecordId id) => ((UInt128)id.High << 32) | id.Low;

    /// <summary>A number as a record's id.</summary>
    public static RecordId Id(UInt128 number) => new((ulong)(number >> 32), (uint)(number & uint.MaxValue));

    /// <summary>A currency's code.</summary>
    public static string Code(Currency currency) => currency.ToString().ToUpperInvariant();

    private static ulong Writer(JournalBatch batch) =>
        EntryFormat.SaysWriter(batch.Payload) ? Ledger.WriterOf(batch.Id) : 0;

    private static History.Command Command(Operation operation) => new(((UInt128)operation.Id.High << 64) | operation.Id.Low, operation.Fingerprint);

    private static History.EndReason Reason(EndReason reason) => reason switch
    {
        EndReason.Asked => History.EndReason.Asked,
        EndReason.PaymentDeclined => History.EndReason.PaymentDeclined,
        EndReason.PaymentTimedOut => History.EndReason.PaymentTimedOut,
        EndReason.EventDeleted => History.EndReason.EventDeleted,
        EndReason.TicketDeleted => History.EndReason.TicketDeleted,
        _ => throw new InvalidDataException($"an end for no known reason, {(int)reason}"),
    };

    private static History.Tidings Tidings(Tidings tidings) => tidings switch
    {
        Events.Tidings.PaymentReceived => History.Tidings.PaymentReceived,
        Events.Tidings.TicketActive => History.Tidings.TicketActive,
        Events.Tidings.SeatMoved => History.Tidings.SeatMoved,
        Events.Tidings.Cancelled => History.Tidings.Cancelled,
        Events.Tidings.RefundComing => History.Tidings.RefundComing,
        Events.Tidings.PaymentDeclined => History.Tidings.PaymentDeclined,
        Events.Tidings.PaymentTimedOut => History.Tidings.PaymentTimedOut,
        Events.Tidings.EventCancelled => History.Tidings.EventCancelled,
        Events.Tidings.TicketDeleted => History.Tidings.TicketDeleted,
        Events.Tidings.EventChanged => History.Tidings.EventChanged,
        _ => throw new InvalidDataException($"unknown tidings, {(int)tidings}"),
    };
}
