using System.ComponentModel.DataAnnotations;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway.Payments;

/// <summary>A card's rules (contract.md 7.2). No check digit is asked: clients send numbers without a valid one.</summary>
internal static class Card
{
    public const int ShortestNumber = 12;
    public const int LongestNumber = 19;
    public const int ShortestCvv = 3;
    public const int LongestCvv = 4;
    public const int ShortestHolder = 2;
    public const int LongestHolder = 50;

    /// <summary>The card, with what is wrong noted in <paramref name="fields"/>.</summary>
    public static CardDetails Check(Fields fields, string? number, DateTimeOffset? expires, string? cvv, string? holder, DateTimeOffset now) => new(
        fields.Text("card_number", number, ShortestNumber, LongestNumber),
        fields.Coming("expiration_date", expires, now),
        fields.Text("cvv", cvv, ShortestCvv, LongestCvv),
        fields.Text("card_holder", holder, ShortestHolder, LongestHolder));
}

/// <summary>A payment as a service asks for it (contract.md 8.2).</summary>
internal sealed class PaymentBody
{
    public const uint LeastAmount = 1;

    [Required, Range(LeastAmount, uint.MaxValue)]
    public uint? Amount { get; set; }

    [Required]
    public Currency? Currency { get; set; }

    [Required]
    public RecordId? UserId { get; set; }

    [Required]
    public RecordId? EventId { get; set; }

    [Required]
    public RecordId? TicketId { get; set; }

    [Required, StringLength(Card.LongestNumber, MinimumLength = Card.ShortestNumber)]
    public string? CardNumber { get; set; }

    [Required]
    public DateTimeOffset? ExpirationDate { get; set; }

    [Required, StringLength(Card.LongestCvv, MinimumLength = Card.ShortestCvv)]
    public string? Cvv { get; set; }

    [Required, StringLength(Card.LongestHolder, MinimumLength = Card.ShortestHolder)]
    public string? CardHolder { get; set; }

    /// <summary>The checked payment.</summary>
    /// <exception cref="BadRequest">A rule is broken.</exception>
    public NewPayment Check(DateTimeOffset now)
    {
        var fields = new Fields();
        var payment = new NewPayment(
            new Money(fields.Number("amount", Amount, LeastAmount), fields.Given("currency", Currency)),
            new UserId(fields.Given("user_id", UserId)),
            new EventKey(fields.Given("event_id", EventId)),
            new TicketId(fields.Given("ticket_id", TicketId)),
            Card.Check(fields, CardNumber, ExpirationDate, Cvv, CardHolder, now));
        fields.ThrowIfBad();
        return payment;
    }
}

/// <summary>The statuses a payment can be given: the contract's three. Only a refund makes one Refunded.</summary>
internal enum GivenStatus
{
    Pending = PaymentStatus.Pending,
    Success = PaymentStatus.Success,
    Failed = PaymentStatus.Failed,
}

/// <summary>Where a payment is to stand.</summary>
internal sealed class PaymentStatusBody
{
    [Required]
    public GivenStatus? Status { get; set; }

    /// <summary>The status.</summary>
    /// <exception cref="BadRequest">It is missing.</exception>
    public PaymentStatus Check()
    {
        var fields = new Fields();
        var status = fields.Given("status", Status);
        fields.ThrowIfBad();
        return (PaymentStatus)status;
    }
}
