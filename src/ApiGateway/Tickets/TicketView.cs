using System.ComponentModel.DataAnnotations;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Tickets;

namespace Ticketing.ApiGateway.Tickets;

/// <summary>A ticket on the wire (contract.md 7.1), with its payment and currency besides.</summary>
internal sealed record TicketView(
    RecordId Id,
    DateTimeOffset PurchaseDate,
    [property: Range(SeatBody.FirstSeat, uint.MaxValue)] uint SeatNumber,
    TicketStatus Status,
    uint Price,
    Currency Currency,
    RecordId EventId,
    RecordId UserId,
    RecordId PaymentId)
{
    public static Shape<TicketRecord, TicketView> Shape { get; } = new(Of, Json.Default.EnvelopeTicketView, Json.Default.EnvelopeTicketViewArray);

    private static TicketView Of(TicketRecord ticket) => new(
        ticket.Id.Value, ticket.PurchaseDate, ticket.SeatNumber, ticket.Status, ticket.Price, ticket.Currency,
        ticket.EventId.Value, ticket.UserId.Value, ticket.PaymentId.Value);
}
