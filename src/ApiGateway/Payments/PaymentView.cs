using System.ComponentModel.DataAnnotations;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Payments;

namespace Ticketing.ApiGateway.Payments;

/// <summary>A payment on the wire (contract.md 8.1).</summary>
internal sealed record PaymentView(
    RecordId Id,
    [property: Range(PaymentBody.LeastAmount, uint.MaxValue)] uint Amount,
    Currency Currency,
    PaymentStatus Status,
    DateTimeOffset CreatedAt,
    RecordId UserId,
    RecordId EventId,
    RecordId TicketId)
{
    public static Shape<PaymentRecord, PaymentView> Shape { get; } = new(Of, Json.Default.EnvelopePaymentView, Json.Default.EnvelopePaymentViewArray);

    private static PaymentView Of(PaymentRecord payment) => new(
        payment.Id.Value, payment.Money.Amount, payment.Money.Currency, payment.Status, payment.CreatedAt,
        payment.UserId.Value, payment.EventId.Value, payment.TicketId.Value);
}
