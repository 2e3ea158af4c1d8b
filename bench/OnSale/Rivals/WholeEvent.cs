using System.Text.Json.Serialization;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.OnSale.Rivals;

/// <summary>An event with all its tickets and their payments as one state.</summary>
public sealed class WholeEvent
{
    /// <summary>The seats.</summary>
    public uint Capacity { get; set; }

    /// <summary>The seats that are free.</summary>
    public uint Remaining { get; set; }

    /// <summary>What one costs.</summary>
    public uint Price { get; set; }

    /// <summary>When it takes place.</summary>
    public DateTimeOffset Date { get; set; }

    /// <summary>The tickets.</summary>
    public List<WholeTicket> Tickets { get; init; } = [];
}

/// <summary>A ticket and its payment. The names are short because every purchase writes those of all tickets again.</summary>
public sealed class WholeTicket
{
    /// <summary>The ticket.</summary>
    [JsonPropertyName("i")]
    public required string Id { get; init; }

    /// <summary>The seat.</summary>
    [JsonPropertyName("s")]
    public required uint Seat { get; init; }

    /// <summary>The owner.</summary>
    [JsonPropertyName("u")]
    public required string User { get; init; }

    /// <summary>When it was bought, in milliseconds since 1970.</summary>
    [JsonPropertyName("t")]
    public required long BoughtAt { get; init; }

    /// <summary>Where it stands.</summary>
    [JsonPropertyName("w")]
    public required TicketStatus Status { get; init; }

    /// <summary>The buyer's choice.</summary>
    [JsonPropertyName("c")]
    public required Currency Currency { get; init; }

    /// <summary>The payment.</summary>
    [JsonPropertyName("p")]
    public required string Payment { get; init; }

    /// <summary>What the provider made of the card.</summary>
    [JsonPropertyName("k")]
    public required string Card { get; init; }

    /// <summary>The operation that bought it.</summary>
    [JsonPropertyName("o")]
    public required string Operation { get; init; }

    /// <summary>The content of that operation.</summary>
    [JsonPropertyName("f")]
    public required ulong Fingerprint { get; init; }

    /// <summary>The ticket of a purchase.</summary>
    internal static WholeTicket Of(TicketRecord ticket, Operation operation, string card) => new()
    {
        Id = ticket.Id.ToString(),
        Seat = ticket.SeatNumber,
        User = ticket.UserId.ToString(),
        BoughtAt = ticket.PurchaseDate.ToUnixTimeMilliseconds(),
        Status = ticket.Status,
        Currency = ticket.Currency,
        Payment = ticket.PaymentId.ToString(),
        Card = card,
        Operation = operation.Id.ToString(),
        Fingerprint = operation.Fingerprint,
    };

    /// <summary>The ticket as it is answered.</summary>
    internal TicketRecord Record(EventKey key, uint price) => new(
        TicketId.Parse(Id), DateTimeOffset.FromUnixTimeMilliseconds(BoughtAt), Seat, Status, price, key, UserId.Parse(User), PaymentId.Parse(Payment), Currency);
}
