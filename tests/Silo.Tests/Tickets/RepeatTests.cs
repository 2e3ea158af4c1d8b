using System.Net;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Payments;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Tickets;

public sealed class RepeatTests(SharedServer shared) : ServerTests(shared)
{
    [Fact]
    public async Task The_same_key_twenty_times_at_once_is_one_ticket_one_payment_and_one_answer()
    {
        var eventId = await Api.NewEvent();
        var buyer = await Api.NewPerson();

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Api.Buy(buyer, eventId, 7, "the-key")));

        Assert.All(replies, reply => reply.Done());
        Assert.Single(replies.Select(reply => reply.Text).Distinct());
        var ticket = Assert.Single(await Api.TicketsOf(eventId));
        Assert.Equal(replies[0].Done().Id(), ticket.Id());
        Assert.Equal(ticket.Id(), Assert.Single(await Api.PaymentsOf(eventId)).Text("ticket_id"));
        Assert.Equal(49, await Api.RemainingSeats(eventId));
    }

    [Fact]
    public async Task The_same_key_after_a_restart_is_still_the_same_answer_and_with_another_body_refused()
    {
        using var directory = new DataDirectory();
        string eventId;
        Person buyer;
        Reply first;
        await using (var server = await Server.Start(directory))
        {
            eventId = await server.Api.NewEvent();
            buyer = await server.Api.NewPerson();
            first = await server.Api.Buy(buyer, eventId, 7, "the-key");
            await server.Api.TicketBecomes(first.Done().Id(), "Active");
        }

        await using var again = await Server.Start(directory);
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => again.Api.Buy(buyer, eventId, 7, "the-key")));

        Assert.All(replies, reply => Assert.Equal(first.Text, reply.Text));
        Assert.Single(await again.Api.TicketsOf(eventId));
        Assert.Single(await again.Api.PaymentsOf(eventId));
        (await again.Api.Buy(buyer, eventId, 8, "the-key")).Failed(HttpStatusCode.UnprocessableEntity, "operation-id-reused");
        Assert.Equal(49, await again.Api.RemainingSeats(eventId));
    }

    [Fact]
    public async Task The_same_key_with_another_seat_card_or_verb_is_refused_and_changes_nothing()
    {
        var eventId = await Api.NewEvent();
        var buyer = await Api.NewPerson();
        var ticket = (await Api.Buy(buyer, eventId, 7, "the-key")).Done();

        (await Api.Buy(buyer, eventId, 8, "the-key")).Failed(HttpStatusCode.UnprocessableEntity, "operation-id-reused");
        (await Api.Buy(buyer, eventId, 7, "the-key", TicketCalls.DeclinedCard)).Failed(HttpStatusCode.UnprocessableEntity, "operation-id-reused");
        (await Api.Cancel(buyer, ticket.Id(), "the-key")).Failed(HttpStatusCode.UnprocessableEntity, "operation-id-reused");
        (await Api.Move(buyer, ticket.Id(), 9, "the-key")).Failed(HttpStatusCode.UnprocessableEntity, "operation-id-reused");

        var kept = Assert.Single(await Api.TicketsOf(eventId));
        Assert.Equal(7, kept.Number("seat_number"));
        Assert.Equal(49, await Api.RemainingSeats(eventId));
    }

    [Fact]
    public async Task Two_buyers_who_choose_the_same_key_do_not_meet()
    {
        var eventId = await Api.NewEvent();
        var (ada, grace) = (await Api.NewPerson(), await Api.NewPerson());

        var first = (await Api.Buy(ada, eventId, 1, "one")).Done();
        var second = (await Api.Buy(grace, eventId, 2, "one")).Done();

        Assert.NotEqual(first.Id(), second.Id());
        Assert.Equal(grace.Id, second.Text("user_id"));
        (await Api.Buy(grace, eventId, 1, "two")).Failed(HttpStatusCode.Conflict, "seat-taken");
    }

    [Fact]
    public async Task A_purchase_is_answered_as_it_was_also_after_its_ticket_has_moved_and_ended()
    {
        var eventId = await Api.NewEvent();
        var buyer = await Api.NewPerson();
        var first = await Api.Buy(buyer, eventId, 7, "buy");
        var id = first.Done().Id();
        var moved = await Api.Move(buyer, id, 9, "move");
        var cancelled = await Api.Cancel(buyer, id, "cancel");

        Assert.Equal(9, moved.Done().Number("seat_number"));
        Assert.Equal("Cancelled", cancelled.Done().Text("status"));
        Assert.Equal(first.Text, (await Api.Buy(buyer, eventId, 7, "buy")).Text);
        Assert.Equal(moved.Text, (await Api.Move(buyer, id, 9, "move")).Text);
        Assert.Equal(cancelled.Text, (await Api.Cancel(buyer, id, "cancel")).Text);
        Assert.Equal(50, await Api.RemainingSeats(eventId));
    }

    [Fact]
    public async Task A_refused_purchase_leaves_its_key_free()
    {
        var eventId = await Api.NewEvent();
        var (ada, grace) = (await Api.NewPerson(), await Api.NewPerson());
        var taken = (await Api.Buy(ada, eventId, 1)).Done();
        (await Api.Buy(grace, eventId, 1, "mine")).Failed(HttpStatusCode.Conflict, "seat-taken");
        (await Api.Cancel(ada, taken.Id())).Done();

        Assert.Equal(1, (await Api.Buy(grace, eventId, 1, "mine")).Done().Number("seat_number"));
    }

    [Fact]
    public async Task An_event_made_twice_under_one_key_is_one_event()
    {
        var creator = await Api.NewPerson("EventCreator");
        var body = EventCalls.Body();

        var replies = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Api.Send(HttpMethod.Post, "/api/events", creator.Token, body, "event")));

        Assert.Single(replies.Where(reply => reply.Status == HttpStatusCode.OK).Select(reply => reply.Text).Distinct());
        Assert.Single(await Api.All("/api/events", null), known => known.Text("title") == (string)body["title"]!);
        (await Api.Send(HttpMethod.Post, "/api/events", creator.Token, EventCalls.Body(), "event"))
            .Failed(HttpStatusCode.UnprocessableEntity, "operation-id-reused");
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("schlüssel")]
    [InlineData(256)]
    public async Task A_key_that_is_none_is_refused_before_anything_happens(object key)
    {
        var eventId = await Api.NewEvent();
        var buyer = await Api.NewPerson();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/tickets") { Headers = { { "Authorization", $"Bearer {buyer.Token}" } } };
        request.Content = new StringContent(TicketCalls.Body(eventId, buyer.Id, 1).ToJsonString(), new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key as string ?? new string('k', 256));

        (await Api.Send(request)).Failed(HttpStatusCode.BadRequest);
        Assert.Equal(50, await Api.RemainingSeats(eventId));
    }
}
