using System.Net;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Notifications;
using Ticketing.Silo.Tests.Payments;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Tickets;

/// <summary>Tickets that a service activates.</summary>
public sealed class ActivationTests(IdleServer shared) : ServerTests<IdleServer>(shared)
{
    [Fact]
    public async Task A_ticket_activated_by_hand_is_told_once_and_its_payment_once_when_it_comes()
    {
        var eventId = await Api.NewEvent();
        var owner = await Api.NewPerson();
        var ticket = (await Api.Buy(owner, eventId, 7)).Done();

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => Api.Activate(ticket.Id(), i % 2 == 0 ? "by-hand" : null)));

        foreach (var answer in answers) Assert.Equal(("Active", ticket.Id()), (answer.Done().Text("status"), answer.Done().Id()));
        Assert.Equal(["Your ticket for seat 7 is now active. Enjoy the event!"], await Messages(owner));
        for (var round = 0; round < 2; round++)
        {
            await Server.SettlePayments();
            await Api.PaymentBecomes(ticket, "Success");
            Assert.Equal("Active", (await Api.Ticket(ticket.Id())).Text("status"));
            Assert.Equal(
                ["Your ticket for seat 7 is now active. Enjoy the event!", "We have received your payment of 45 Eur. Thank you!"], await Messages(owner));
        }
    }

    [Fact]
    public async Task A_declined_card_leaves_a_ticket_activated_by_hand_active()
    {
        var eventId = await Api.NewEvent();
        var owner = await Api.NewPerson();
        var ticket = (await Api.Buy(owner, eventId, 7, card: TicketCalls.DeclinedCard)).Done();
        (await Api.Activate(ticket.Id())).Done();

        await Server.SettlePayments();

        await Api.PaymentBecomes(ticket, "Failed");
        Assert.Equal("Active", (await Api.Ticket(ticket.Id())).Text("status"));
        Assert.Equal(49, await Api.RemainingSeats(eventId));
        Assert.Single(await Messages(owner));
    }

    [Fact]
    public async Task A_paid_ticket_stays_as_it_is_and_an_ended_or_unknown_one_is_refused()
    {
        var eventId = await Api.NewEvent();
        var owner = await Api.NewPerson();
        var (paid, cancelled, refunded) = ((await Api.Buy(owner, eventId, 1)).Done(), (await Api.Buy(owner, eventId, 2)).Done(), (await Api.Buy(owner, eventId, 3)).Done());
        (await Api.Cancel(owner, cancelled.Id())).Done();
        (await Api.Refund(owner, refunded.Id())).Done();
        await Server.SettlePayments();
        await Api.TicketBecomes(paid.Id(), "Active");
        var told = (await Messages(owner)).Length;

        Assert.Equal("Active", (await Api.Activate(paid.Id())).Done().Text("status"));
        (await Api.Activate(cancelled.Id())).Failed(HttpStatusCode.Conflict, "ticket-ended");
        (await Api.Activate(refunded.Id())).Failed(HttpStatusCode.Conflict, "ticket-ended");
        (await Api.Activate(Jwt.NewId())).Failed(HttpStatusCode.NotFound, "no-such-ticket");
        (await Api.Activate("no-id")).Failed(HttpStatusCode.NotFound);

        Assert.Equal(told, (await Messages(owner)).Length);
        Assert.Equal("Cancelled", (await Api.Ticket(cancelled.Id())).Text("status"));
    }

    private async Task<string[]> Messages(Person person) => [.. (await Api.NotificationsOf(person)).Select(notification => notification.Text("message"))];
}
