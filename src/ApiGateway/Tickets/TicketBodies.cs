using System.ComponentModel.DataAnnotations;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway.Tickets;

/// <summary>A purchase as the buyer sends it (contract.md 7.2). No check digit is asked of the card: clients send numbers without a valid one.</summary>
internal sealed class PurchaseBody
{
    private const int ShortestNumber = 12;
    private const int LongestNumber = 19;
    private const int ShortestCvv = 3;
    private const int LongestCvv = 4;
    private const int ShortestHolder = 2;
    private const int LongestHolder = 50;

    [Required, StringLength(LongestNumber, MinimumLength = ShortestNumber)]
    public string? CardNumber { get; set; }

    [Required]
    public DateTimeOffset? ExpirationDate { get; set; }

    [Required, StringLength(LongestCvv, MinimumLength = ShortestCvv)]
    public string? Cvv { get; set; }

    [Required, StringLength(LongestHolder, MinimumLength = ShortestHolder)]
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
        var card = new CardDetails(
            fields.Text("card_number", CardNumber, ShortestNumber, LongestNumber),
            fields.Coming("expiration_date", ExpirationDate, now),
            fields.Text("cvv", Cvv, ShortestCvv, LongestCvv),
            fields.Text("card_holder", CardHolder, ShortestHolder, LongestHolder));
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
