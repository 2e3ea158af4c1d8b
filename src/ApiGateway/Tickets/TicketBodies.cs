using System.ComponentModel.DataAnnotations;
using Ticketing.ApiGateway.Payments;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway.Tickets;

/// <summary>A purchase as the buyer sends it (contract.md 7.2).</summary>
internal sealed class PurchaseBody
{
    [Required, StringLength(Card.LongestNumber, MinimumLength = Card.ShortestNumber)]
    public string? CardNumber { get; set; }

    [Required]
    public DateTimeOffset? ExpirationDate { get; set; }

    [Required, StringLength(Card.LongestCvv, MinimumLength = Card.ShortestCvv)]
    public string? Cvv { get; set; }

    [Required, StringLength(Card.LongestHolder, MinimumLength = Card.ShortestHolder)]
    public string? CardHolder { get; set; }

    [Required]
    public Currency? Currency { get; set; }

    [Required, Range(SeatBody.FirstSeat, uint.MaxValue)]
    public uint? SeatNumber { get; set; }

    [Required]
    public RecordId? EventId { get; set; }

    [Required]
    public RecordId? UserId { get; set; }

    /// <summary>The checked order.</summary>
    /// <exception cref="BadRequest">A rule is broken.</exception>
    public Order Check(DateTimeOffset now)
    {
        var fields = new Fields();
        var card = Card.Check(fields, CardNumber, ExpirationDate, Cvv, CardHolder, now);
        var order = new Order(
            new EventKey(fields.Given("event_id", EventId)),
            new UserId(fields.Given("user_id", UserId)),
            fields.Number("seat_number", SeatNumber, SeatBody.FirstSeat),
            fields.Given("currency", Currency),
            card);
        fields.ThrowIfBad();
        return order;
    }
}

/// <summary>A purchase whose fields keep the rules.</summary>
internal readonly record struct Order(EventKey EventKey, UserId Owner, uint Seat, Currency Currency, CardDetails Card);

/// <summary>Another seat for a ticket.</summary>
internal sealed class SeatBody
{
    public const uint FirstSeat = 1;

    [Required, Range(FirstSeat, uint.MaxValue)]
    public uint? SeatNumber { get; set; }

    /// <summary>The checked seat.</summary>
    /// <exception cref="BadRequest">A rule is broken.</exception>
    public uint Check()
    {
        var fields = new Fields();
        var seat = fields.Number("seat_number", SeatNumber, FirstSeat);
        fields.ThrowIfBad();
        return seat;
    }
}
