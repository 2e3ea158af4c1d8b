using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Notifications;

namespace Ticketing.Grains.Tests.Notifications;

public sealed class MessagesTests
{
    public static TheoryData<string> All =>
    [
        Messages.Welcome,
        .. Enum.GetValues<Currency>().SelectMany(currency => new[] { Messages.PaymentReceived(new(0, currency)), Messages.PaymentReceived(new(uint.MaxValue, currency)) }),
        .. Enum.GetValues<TicketStatus>().SelectMany(status => new[] { Messages.TicketChanged(status, 1), Messages.TicketChanged(status, uint.MaxValue) }),
        .. new[] { 1u, uint.MaxValue }.SelectMany(seat => new[]
        {
            Messages.TicketActive(seat), Messages.Cancelled(seat), Messages.RefundComing(seat), Messages.PaymentDeclined(seat), Messages.PaymentTimedOut(seat),
            Messages.TicketDeleted(seat),
        }),
        .. new[] { "Ox", new('x', 100), string.Concat(Enumerable.Repeat("🎟", 100)) }.SelectMany(title => new[] { "Ox", new string('y', 500), string.Concat(Enumerable.Repeat("🎟", 500)) },
            (title, location) => Messages.EventChanged(title, DateTimeOffset.MaxValue, location)),
        Messages.EventCancelled("Ox"),
        Messages.EventCancelled(new('x', 100)),
        Messages.EventCancelled(string.Concat(Enumerable.Repeat("🎟", 100))),
    ];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_message_has_10_to_100_characters(string message)
    {
        Assert.InRange(message.EnumerateRunes().Count(), 10, 100);
        Assert.DoesNotContain('\uFFFD', message);
    }

    [Fact]
    public void Messages_name_what_the_contract_asks_for()
    {
        Assert.Contains("Ticketing", Messages.Welcome, StringComparison.Ordinal);
        Assert.Contains("25 Eur", Messages.PaymentReceived(new(25, Currency.Eur)), StringComparison.Ordinal);
        Assert.Contains("Active", Messages.TicketChanged(TicketStatus.Active, 42), StringComparison.Ordinal);
        Assert.Contains("42", Messages.TicketChanged(TicketStatus.Active, 42), StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_event_is_told_with_its_new_time_and_place_and_what_does_not_fit_is_shortened()
    {
        var date = new DateTimeOffset(2030, 5, 15, 21, 5, 59, TimeSpan.FromHours(2));
        Assert.Equal("Changed: Carmen is now on 2030-05-15 19:05 UTC at Town Hall.", Messages.EventChanged("Carmen", date, "Town Hall"));
        Assert.Equal(100, Messages.EventChanged(new('x', 100), date, "Town Hall").Length);
        Assert.EndsWith("at Town Hall.", Messages.EventChanged(new('x', 100), date, "Town Hall"), StringComparison.Ordinal);
        Assert.StartsWith("Changed: Carmen is", Messages.EventChanged("Carmen", date, new('y', 500)), StringComparison.Ordinal);
        Assert.Contains("x… is now on 2030-05-15 19:05 UTC at y", Messages.EventChanged(new('x', 100), date, new('y', 500)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_title_is_shortened_only_when_it_must_be_and_never_within_a_character()
    {
        Assert.Contains("The event Ox has", Messages.EventCancelled("Ox"), StringComparison.Ordinal);
        Assert.Contains("🎟… has", Messages.EventCancelled(string.Concat(Enumerable.Repeat("🎟", 100))), StringComparison.Ordinal);
        var fits = new string('x', 43);
        Assert.Contains($" {fits} ", Messages.EventCancelled(fits), StringComparison.Ordinal);
        Assert.Equal(100, Messages.EventCancelled(new('x', 44)).EnumerateRunes().Count());
    }
}
