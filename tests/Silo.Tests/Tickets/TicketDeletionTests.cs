using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Notifications;
using Ticketing.Silo.Tests.Payments;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Tickets;

/// <summary>Tickets that an administrator takes away.</summary>
public sealed class TicketDeletionTests(IdleServer shared) : ServerTests<IdleServer>(shared)
{
    [Fact]
    public async Task A_deleted_ticket_is_gone_for_good_its_seat_free_its_money_returned_and_its_owner_told()
    {
        var eventId = await Api.NewEvent();
        var owner = await Api.NewPerson();
        var (ticket, other) = ((await Api.Buy(owner, eventId, 7)).Done(), (await Api.Buy(owner, eventId, 8)).Done());
        await Server.SettlePayments();
        var active = await Api.TicketBecomes(ticket.Id(), "Active");

        var deleted = await Api.DeleteTicket(ticket.Id(), "take-away");

        Assert.Equal(active.ToJsonString(), deleted.Done().ToJsonString());
        await IsGone(ticket, owner);
        Assert.Equal([other.Id()], (await Api.All("/api/tickets", owner.Token)).Select(one => one.Id()));
        await Api.PaymentBecomes(ticket, "Refunded");
        Assert.Equal(49, await Api.RemainingSeats(eventId));
        Assert.Contains("Your ticket for seat 7 has been withdrawn.", (await Api.NotificationsOf(owner))[^1].Text("message"), StringComparison.Ordinal);
        var told = (await Api.NotificationsOf(owner)).Count;

        // Somebody else has the seat now, from whom no repeat may take it.
        var next = (await Api.Buy(await Api.NewPerson(), eventId, 7)).Done();
        Assert.Equal(deleted.Text, (await Api.DeleteTicket(ticket.Id(), "take-away")).Text);
        (await Api.DeleteTicket(other.Id(), "take-away")).Failed(HttpStatusCode.UnprocessableEntity, "operation-id-reused");
        Assert.Equal(48, await Api.RemainingSeats(eventId));
        Assert.Equal("Pending", (await Api.Ticket(next.Id())).Text("status"));
        Assert.Equal(told, (await Api.NotificationsOf(owner)).Count);
    }

    [Fact]
    public async Task An_ended_ticket_that_is_deleted_gives_nothing_back_a_second_time()
    {
        var eventId = await Api.NewEvent();
        var owner = await Api.NewPerson();
        var ticket = (await Api.Buy(owner, eventId, 7)).Done();
        (await Api.Cancel(owner, ticket.Id())).Done();
        var told = (await Api.NotificationsOf(owner)).Count;

        Assert.Equal("Cancelled", (await Api.DeleteTicket(ticket.Id())).Done().Text("status"));

        await IsGone(ticket, owner);
        Assert.Equal(50, await Api.RemainingSeats(eventId));
        Assert.Equal(told, (await Api.NotificationsOf(owner)).Count);
        (await Api.DeleteTicket(Jwt.NewId())).Failed(HttpStatusCode.NotFound, "no-such-ticket");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deletions_cancellations_and_refunds_in_parallel_give_seat_and_money_back_once(bool paid)
    {
        var eventId = await Api.NewEvent();
        var owner = await Api.NewPerson();
        var ticket = (await Api.Buy(owner, eventId, 7)).Done();
        if (paid)
        {
            await Server.SettlePayments();
            await Api.TicketBecomes(ticket.Id(), "Active");
        }

        var told = (await Api.NotificationsOf(owner)).Count;
        var replies = await Task.WhenAll(Enumerable.Range(0, 30).Select(async i => (Kind: i % 3, Reply: await End(i % 3))));
        Task<Reply> End(int kind) => kind switch
        {
            0 => Api.DeleteTicket(ticket.Id()),
            1 => Api.Cancel(owner, ticket.Id()),
            _ => Api.Refund(owner, ticket.Id()),
        };

        Assert.Single(replies, one => one.Kind == 0 && one.Reply.Status == HttpStatusCode.OK);
        Assert.All(replies, one => Assert.Contains(one.Reply.Status, new[] { HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.NotFound }));
        Assert.Equal(50, await Api.RemainingSeats(eventId));
        await Api.PaymentBecomes(ticket, "Refunded");
        await IsGone(ticket, owner);
        Assert.Equal(told + 1, (await Api.NotificationsOf(owner)).Count);
        Assert.True((await Api.Buy(owner, eventId, 7)).Status == HttpStatusCode.OK);
        Assert.Equal(49, await Api.RemainingSeats(eventId));
    }

    [Fact]
    public async Task Money_that_was_taken_just_before_the_ticket_was_deleted_goes_back_and_the_ticket_stays_away()
    {
        var eventId = await Api.NewEvent();
        var owner = await Api.NewPerson();
        var ticket = (await Api.Buy(owner, eventId, 7)).Done();
        // The provider has taken the money, and the event does not know yet.
        var grains = Server.App.Services.GetRequiredService<IGrainFactory>();
        Assert.True((await grains.GetGrain<IPaymentGrain>(ticket.Text("payment_id")).Settle())!.Succeeded);

        Assert.Equal("Pending", (await Api.DeleteTicket(ticket.Id())).Done().Text("status"));
        await Server.SettlePayments();

        await Api.PaymentBecomes(ticket, "Refunded");
        await IsGone(ticket, owner);
        Assert.Equal(50, await Api.RemainingSeats(eventId));
        Assert.Contains("has been withdrawn", Assert.Single(await Api.NotificationsOf(owner)).Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ticket_stays_deleted_after_a_restart_and_its_deletion_is_answered_alike()
    {
        using var directory = new DataDirectory();
        JsonNode ticket;
        Person owner;
        Reply deleted;
        string eventId;
        await using (var server = await Server.Start(directory))
        {
            (eventId, owner) = (await server.Api.NewEvent(), await server.Api.NewPerson());
            ticket = (await server.Api.Buy(owner, eventId, 7)).Done();
            deleted = await server.Api.DeleteTicket(ticket.Id(), "before");
            deleted.Done();
        }

        await using var again = await Server.Start(directory);
        Assert.Equal(deleted.Text, (await again.Api.DeleteTicket(ticket.Id(), "before")).Text);
        (await again.Api.Get($"/api/tickets/{ticket.Id()}", owner.Token)).Failed(HttpStatusCode.NotFound, "no-such-ticket");
        Assert.Empty(await again.Api.All("/api/tickets", Jwt.Admin));
        await again.Api.PaymentBecomes(ticket, "Failed", "Refunded");
        Assert.Equal(50, await again.Api.RemainingSeats(eventId));
    }

    private async Task IsGone(JsonNode ticket, Person owner)
    {
        Reply[] replies =
        [
            await Api.Get($"/api/tickets/{ticket.Id()}", owner.Token), await Api.Get($"/api/tickets/{ticket.Id()}", Jwt.Admin), await Api.Move(owner, ticket.Id(), 9),
            await Api.Cancel(owner, ticket.Id()), await Api.Refund(owner, ticket.Id()), await Api.Activate(ticket.Id()), await Api.DeleteTicket(ticket.Id()),
        ];
        foreach (var reply in replies) reply.Failed(HttpStatusCode.NotFound, "no-such-ticket");
        Assert.DoesNotContain(await Api.All("/api/tickets", Jwt.Admin), one => one.Id() == ticket.Id());
        Assert.DoesNotContain(await Api.All("/api/tickets", owner.Token), one => one.Id() == ticket.Id());
    }
}
