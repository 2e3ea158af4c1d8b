using System.Net;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Notifications;
using Ticketing.Silo.Tests.Payments;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Tickets;

/// <summary>Cancelling and refunding.</summary>
public sealed class EndTests(SharedServer shared) : ServerTests(shared)
{
    /// <summary>A provider that has not decided yet voids the charge; one that has gives the money back.</summary>
    [Theory]
    [InlineData(3_600_000, "Failed")]
    [InlineData(0, "Refunded")]
    public async Task A_ticket_cancelled_before_its_payment_stays_cancelled_and_its_seat_is_sold_again(int delayMilliseconds, string end)
    {
        await using var server = await Server.Start(changes: new() { ["Ticketing:SimulatedPaymentDelayMilliseconds"] = $"{delayMilliseconds}" });
        var api = server.Api;
        var eventId = await api.NewEvent();
        var (ada, grace) = (await api.NewPerson(), await api.NewPerson());
        var ticket = (await api.Buy(ada, eventId, 7)).Done();

        Assert.Equal("Cancelled", (await api.Cancel(ada, ticket.Id())).Done().Text("status"));
        Assert.Equal(50, await api.RemainingSeats(eventId));
        var second = (await api.Buy(grace, eventId, 7)).Done();

        await api.PaymentBecomes(ticket, end);
        if (end == "Refunded") await api.TicketBecomes(second.Id(), "Active");
        Assert.Equal("Cancelled", (await api.Ticket(ticket.Id())).Text("status"));
        Assert.Equal(49, await api.RemainingSeats(eventId));
        Assert.Equal("Your ticket for seat 7 has been cancelled.", Assert.Single(await api.Told(ada, 1)).Text("message"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_and_refund_in_any_order_and_in_parallel_give_the_seat_back_once(bool waitUntilPaid)
    {
        var eventId = await Api.NewEvent();
        var owner = await Api.NewPerson();
        await Api.Buy(owner, eventId, 1);
        var ticket = (await Api.Buy(owner, eventId, 7)).Done();
        if (waitUntilPaid) await Api.TicketBecomes(ticket.Id(), "Active");

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? Api.Cancel(owner, ticket.Id()) : Api.Refund(owner, ticket.Id())));

        var done = replies.Where(reply => reply.Status == HttpStatusCode.OK).Select(reply => reply.Done().Text("status")).Distinct().ToArray();
        var end = Assert.Single(done);
        Assert.All(replies.Where(reply => reply.Status != HttpStatusCode.OK), reply => reply.Failed(HttpStatusCode.Conflict, "ticket-ended"));
        Assert.Equal(10, replies.Count(reply => reply.Status == HttpStatusCode.OK));
        Assert.Equal(end, (await Api.Ticket(ticket.Id())).Text("status"));
        Assert.Equal(49, await Api.RemainingSeats(eventId));
        var payment = await Api.PaymentBecomes(ticket, "Failed", "Refunded");
        if (waitUntilPaid) Assert.Equal("Refunded", payment.Text("status"));

        // And again, when the money has gone back.
        var (same, other) = end == "Refunded" ? (Api.Refund(owner, ticket.Id()), Api.Cancel(owner, ticket.Id())) : (Api.Cancel(owner, ticket.Id()), Api.Refund(owner, ticket.Id()));
        Assert.Equal(end, (await same).Done().Text("status"));
        (await other).Failed(HttpStatusCode.Conflict, "ticket-ended");
        Assert.Equal(49, await Api.RemainingSeats(eventId));
    }

    [Fact]
    public async Task Refund_then_cancel_and_cancel_then_refund_end_as_the_first_said()
    {
        var eventId = await Api.NewEvent();
        var owner = await Api.NewPerson();
        var (first, second) = ((await Api.Buy(owner, eventId, 1)).Done(), (await Api.Buy(owner, eventId, 2)).Done());

        Assert.Equal("Refunded", (await Api.Refund(owner, first.Id())).Done().Text("status"));
        (await Api.Cancel(owner, first.Id())).Failed(HttpStatusCode.Conflict, "ticket-ended");
        Assert.Equal("Refunded", (await Api.Refund(owner, first.Id())).Done().Text("status"));
        Assert.Equal("Cancelled", (await Api.Cancel(owner, second.Id())).Done().Text("status"));
        (await Api.Refund(owner, second.Id())).Failed(HttpStatusCode.Conflict, "ticket-ended");
        (await Api.Move(owner, second.Id(), 3)).Failed(HttpStatusCode.Conflict, "ticket-ended");

        Assert.Equal(50, await Api.RemainingSeats(eventId));
    }

    [Fact]
    public async Task An_active_ticket_that_is_cancelled_gets_its_money_back()
    {
        var eventId = await Api.NewEvent();
        var owner = await Api.NewPerson();
        var ticket = (await Api.Buy(owner, eventId, 7)).Done();
        await Api.TicketBecomes(ticket.Id(), "Active");
        await Api.PaymentBecomes(ticket, "Success");

        (await Api.Cancel(owner, ticket.Id())).Done();

        await Api.PaymentBecomes(ticket, "Refunded");
        Assert.Equal(50, await Api.RemainingSeats(eventId));
        Assert.Equal("Cancelled", (await Api.Ticket(ticket.Id())).Text("status"));
    }

    [Fact]
    public async Task A_declined_card_cancels_the_ticket_frees_the_seat_and_tells_the_buyer()
    {
        var eventId = await Api.NewEvent();
        var buyer = await Api.NewPerson();

        var ticket = (await Api.Buy(buyer, eventId, 7, card: TicketCalls.DeclinedCard)).Done();

        Assert.Equal("Pending", ticket.Text("status"));
        await Api.TicketBecomes(ticket.Id(), "Cancelled");
        await Api.PaymentBecomes(ticket, "Failed");
        Assert.Equal(50, await Api.RemainingSeats(eventId));
        var told = Assert.Single(await Api.Told(buyer, 1));
        Assert.Equal(("Your card was declined. Your ticket for seat 7 has been cancelled.", "Sent"), (told.Text("message"), told.Text("status")));
        Assert.Contains("Your card was declined.", await File.ReadAllTextAsync(Path.Combine(Server.Mail, $"{told.Id()}.eml")), StringComparison.Ordinal);
    }
}
