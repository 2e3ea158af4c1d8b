using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Events;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;

namespace Ticketing.Storage.Tests;

/// <summary>Ids, batches and records to store.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public static RecordId Id() => RecordId.New(Noon);

    public static JournalBatch Batch(long number, string payload = "") =>
        new(number, Guid.NewGuid(), System.Text.Encoding.UTF8.GetBytes($"batch {number} {payload}"), [.. Enumerable.Range(0, 32).Select(i => unchecked((byte)(i + number)))]);

    public static AppendUnit Append(RecordId key, JournalBatch batch, params RecordWrite[] writes) => new(key, batch, writes);

    public static TicketRecord Ticket(RecordId? id = null, UserId? owner = null, uint seat = 1, TicketStatus status = TicketStatus.Pending) => new(
        new(id ?? Id()), Noon, seat, status, 25, new EventKey(Id()), owner ?? new UserId(Id()), new PaymentId(Id()), Currency.Eur);

    public static PaymentState Payment(RecordId? id = null, DateTimeOffset? nextAt = null) => new()
    {
        Payment = new(
            new(id ?? Id()), new(25, Currency.Usd), PaymentStatus.Pending, PaymentReason.None, Noon, new UserId(Id()), new EventKey(Id()), new TicketId(Id())),
        CardToken = "simulated-1",
        NextAt = nextAt,
    };

    public static NotificationState Notification(RecordId? id = null, DateTimeOffset? nextAt = null) => new()
    {
        Notification = new(new(id ?? Id()), "Your ticket is active.", NotificationType.Email, NotificationStatus.Pending, Noon, new UserId(Id())),
        NextAt = nextAt,
    };

    public static EventRecord Event(RecordId? id = null, long version = 1) => new(
        new(id ?? Id()), new("A concert", "An evening of songs", "Town hall", Noon.AddDays(30), 50, 25), 50, Noon, new UserId(Id()), version);

    /// <summary>The ticket and the payment of a purchase, as its journal batch carries them.</summary>
    public static RecordWrite[] Purchase(long version = 1, uint seat = 1) => [Put(Ticket(seat: seat), version), Born(Payment(nextAt: Noon))];

    public static RecordWrite Put(TicketRecord ticket, long version) =>
        new(Tables.Tickets, WriteRule.IfNewer, 0, Cell.Of(ticket.Id.Value), version, Tables.Tickets.Write(new(ticket, version)));

    public static RecordWrite Born(PaymentState payment, long version = 1) =>
        new(Tables.Payments, WriteRule.IfAbsent, 0, Tables.Payments.Key(payment), version, Tables.Payments.Write(payment));

    /// <summary>A write of a state, which is a record with one member.</summary>
    public static RecordWrite State(string key, WriteRule rule, long expected, long version, string payload) =>
        new(Tables.States, rule, expected, Cell.Of(key), version, [Cell.Of(System.Text.Encoding.UTF8.GetBytes(payload))]);

    public static RecordWrite Removal(string key, long expected) => new(Tables.States, WriteRule.IfExpected, expected, Cell.Of(key), 0, null);
}
