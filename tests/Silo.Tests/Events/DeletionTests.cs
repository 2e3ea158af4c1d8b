using System.Net;
using System.Text.Json.Nodes;
using Ticketing.Silo.Tests.Notifications;
using Ticketing.Silo.Tests.Payments;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Events;

public sealed class DeletionTests(SharedServer shared) : ServerTests(shared)
{
    [Fact]
    public async Task A_deleted_event_refunds_who_has_paid_tells_every_holder_and_is_gone()
    {
        var title = $"The Last Night {Guid.NewGuid():n}";
        var eventId = await Api.NewEvent(title: title);
        var (ada, grace, alan) = (await Api.NewPerson(), await Api.NewPerson(), await Api.NewPerson());
        var (first, second) = ((await Api.Buy(ada, eventId, 1)).Done(), (await Api.Buy(grace, eventId, 2)).Done());
        var cancelled = (await Api.Buy(alan, eventId, 3)).Done();
        (await Api.Cancel(alan, cancelled.Id())).Done();
        foreach (var ticket in new[] { first, second }) await Api.TicketBecomes(ticket.Id(), "Active");

        var deleted = (await Api.Send(HttpMethod.Delete, $"/api/events/{eventId}", Jwt.Admin)).Done();

        Assert.Equal((eventId, title), (deleted.Id(), deleted.Text("title")));
        await IsGone(eventId, ada);
        foreach (var ticket in new[] { first, second })
        {
            await Api.TicketBecomes(ticket.Id(), "Refunded");
            await Api.PaymentBecomes(ticket, "Refunded");
        }

        Assert.Equal("Cancelled", (await Api.Ticket(cancelled.Id())).Text("status"));
        foreach (var holder in new[] { ada, grace })
        {
            var told = (await Api.Told(holder, 3))[^1];
            Assert.Contains("has been cancelled. Paid tickets are refunded.", told.Text("message"), StringComparison.Ordinal);
            Assert.Equal("Sent", told.Text("status"));
        }

        Assert.Single(await Api.Told(alan, 1));
        // The title is free, and what is made under it is another event.
        var again = await Api.NewEvent(title: title);
        Assert.NotEqual(eventId, again);
        Assert.Equal(50, await Api.RemainingSeats(again));
    }

    [Fact]
    public async Task Tickets_that_wait_for_their_payment_when_the_event_is_deleted_are_cancelled()
    {
        await using var server = await Server.Start(changes: new() { ["Ticketing:SimulatedPaymentDelayMilliseconds"] = "3600000" });
        var api = server.Api;
        var eventId = await api.NewEvent();
        var buyers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => api.NewPerson()));
        var tickets = await Task.WhenAll(buyers.Select(async (buyer, i) => (await api.Buy(buyer, eventId, i + 1)).Done()));

        (await api.Send(HttpMethod.Delete, $"/api/events/{eventId}", Jwt.Admin)).Done();

        foreach (var ticket in tickets)
        {
            await api.TicketBecomes(ticket.Id(), "Cancelled");
            await api.PaymentBecomes(ticket, "Failed");
        }

        foreach (var buyer in buyers) Assert.Single(await api.Told(buyer, 1));
    }

    [Fact]
    public async Task What_a_deletion_began_is_finished_after_a_restart()
    {
        using var directory = new DataDirectory();
        var buyers = new List<(Person Buyer, JsonNode Ticket)>();
        string eventId;
        await using (var server = await Server.Start(directory))
        {
            eventId = await server.Api.NewEvent();
            for (var seat = 1; seat <= 10; seat++)
            {
                var buyer = await server.Api.NewPerson();
                buyers.Add((buyer, (await server.Api.Buy(buyer, eventId, seat)).Done()));
            }

            foreach (var (_, ticket) in buyers) await server.Api.TicketBecomes(ticket.Id(), "Active");
            // Stopped right after the answer: the tickets' ends and their money's return are still to come.
            (await server.Api.Send(HttpMethod.Delete, $"/api/events/{eventId}", Jwt.Admin)).Done();
        }

        await using var again = await Server.Start(directory);
        // Asking anything of the event wakes it; otherwise its reminder does, within two minutes.
        (await again.Api.Buy(buyers[0].Buyer, eventId, 20)).Failed(HttpStatusCode.NotFound, "no-such-event");
        foreach (var (buyer, ticket) in buyers)
        {
            await again.Api.TicketBecomes(ticket.Id(), "Refunded");
            await again.Api.PaymentBecomes(ticket, "Refunded");
            Assert.Single(await again.Api.Told(buyer, 3), told => told.Text("message").Contains("has been cancelled", StringComparison.Ordinal));
        }
    }

    private async Task IsGone(string eventId, Person person)
    {
        (await Api.Get($"/api/events/{eventId}")).Failed(HttpStatusCode.NotFound, "no-such-event");
        Assert.DoesNotContain(await Api.All("/api/events", null), listed => listed.Id() == eventId);
        (await Api.Buy(person, eventId, 20)).Failed(HttpStatusCode.NotFound, "no-such-event");
        (await Api.Send(HttpMethod.Put, $"/api/events/{eventId}", Jwt.Admin, EventCalls.Body(remaining: 5))).Failed(HttpStatusCode.NotFound, "no-such-event");
        (await Api.Send(HttpMethod.Delete, $"/api/events/{eventId}", Jwt.Admin)).Failed(HttpStatusCode.NotFound, "no-such-event");
    }
}
