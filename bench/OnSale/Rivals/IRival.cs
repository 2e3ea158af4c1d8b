using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;

namespace Ticketing.OnSale.Rivals;

/// <summary>Another way to sell tickets. It keeps what a purchase needs and no more: seats, tickets, payments, and under which operation each was bought.</summary>
internal interface IRival : IAsyncDisposable
{
    /// <summary>Puts an event on sale.</summary>
    /// <param name="key">The event.</param>
    /// <param name="seats">The seats that are for sale, from 1.</param>
    Task Create(EventKey key, uint seats);

    /// <summary>Sells a ticket; answers when it is durable. The same operation again is answered alike.</summary>
    Task<Answer<TicketRecord>> Buy(EventKey key, Purchase purchase);

    /// <summary>What is stored of an event's sale.</summary>
    Task<Stock> Count(EventKey key);
}

/// <summary>What became of the seats that were for sale.</summary>
/// <param name="Sold">How many are counted as sold.</param>
/// <param name="Tickets">How many tickets there are.</param>
/// <param name="Seats">How many different seats they have.</param>
/// <param name="Payments">How many payments there are.</param>
[GenerateSerializer, Immutable, Alias("Stock")]
internal sealed record Stock([property: Id(0)] long Sold, [property: Id(1)] long Tickets, [property: Id(2)] long Seats, [property: Id(3)] long Payments);

/// <summary>What all rivals have in common.</summary>
internal static class Selling
{
    /// <summary>What a ticket costs.</summary>
    public const uint Price = 45;

    /// <summary>How long events are still to come.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(30);

    /// <summary>The ticket that a purchase wants.</summary>
    public static TicketRecord Ticket(EventKey key, Purchase purchase, DateTimeOffset now) =>
        new(TicketId.New(now), now, purchase.Seat, TicketStatus.Pending, Price, key, purchase.Owner, PaymentId.New(now), purchase.Currency);

    /// <summary>The time to the millisecond, which is how exactly it is answered.</summary>
    public static DateTimeOffset Now(this TimeProvider time) => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    public static byte[] Bytes(this RecordId id)
    {
        var bytes = new byte[RecordId.Size];
        id.Write(bytes);
        return bytes;
    }

    public static byte[] Bytes(this OperationId id)
    {
        var bytes = new byte[OperationId.Size];
        id.Write(bytes);
        return bytes;
    }
}
