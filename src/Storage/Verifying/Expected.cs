using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Events;
using Ticketing.History;

namespace Ticketing.Storage.Verifying;

/// <summary>The records that a folded sale should have.</summary>
internal static class Expected
{
    /// <summary>The event's record; nothing before the event was made.</summary>
    public static EventChanged? Event(EventKey key, FoldedSale sale, long position) => sale.Event is not { } said ? null : new(
        new EventRecord(
            key, new(said.Texts?.Title ?? "", said.Texts?.Description ?? "", said.Texts?.Location ?? "", Time(said.Date), said.Capacity, said.Price),
            sale.IsOffSale ? 0 : (uint)Math.Clamp(sale.Free, 0, uint.MaxValue), Time(sale.CreatedAt), new UserId(Id(said.Creator)), position),
        sale.IsOffSale);

    /// <summary>A ticket's record.</summary>
    public static TicketChanged Ticket(EventKey key, FoldedTicket ticket) => new(
        new TicketRecord(
            new TicketId(Id(ticket.Sold.Ticket)), Time(ticket.Sold.At), ticket.Seat, Status(ticket.Standing), ticket.Sold.Price, key, new UserId(Id(ticket.Sold.Owner)),
            new PaymentId(Id(ticket.Sold.Payment)), Currency(ticket.Sold.Currency)),
        ticket.ChangedAt, ticket.IsWithdrawn);

    /// <summary>A number as a record's id.</summary>
    public static RecordId Id(UInt128 id) => new((ulong)(id >> 32), (uint)(id & uint.MaxValue));

    /// <summary>A record's id as a number.</summary>
    public static UInt128 Number(RecordId id) => ((UInt128)id.High << 32) | id.Low;

    /// <summary>A time.</summary>
    public static DateTimeOffset Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at);

    /// <summary>A currency by its code.</summary>
    public static Currency Currency(string code) => Enum.Parse<Currency>(code, ignoreCase: true);

    private static TicketStatus Status(Standing standing) => standing switch
    {
        Standing.Pending => TicketStatus.Pending,
        Standing.Active => TicketStatus.Active,
        Standing.Cancelled => TicketStatus.Cancelled,
        Standing.Refunded => TicketStatus.Refunded,
        _ => throw new InvalidOperationException($"no status for {standing}"),
    };
}
