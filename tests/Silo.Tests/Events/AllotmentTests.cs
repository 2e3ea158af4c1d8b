using System.Net;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Events;

/// <summary>What an organiser may change, and what it does to the seats.</summary>
public sealed class AllotmentTests(IdleServer shared) : ServerTests<IdleServer>(shared)
{
    [Fact]
    public async Task Remaining_seats_withholds_the_rest_until_it_is_raised_again()
    {
        var (eventId, title) = await New(capacity: 30);
        var buyer = await Api.NewPerson();
        await Buy(buyer, eventId, 1, 2, 3);

        Assert.Equal(2, (await Put(eventId, title, 30, remaining: 2)).Done().Number("remaining_seats"));
        await Buy(buyer, eventId, 4, 5);
        Assert.Equal(0, await Api.RemainingSeats(eventId));
        (await Api.Buy(buyer, eventId, 6)).Failed(HttpStatusCode.Conflict, "sold-out");

        Assert.Equal(25, (await Put(eventId, title, 30, remaining: 25)).Done().Number("remaining_seats"));
        await Buy(buyer, eventId, 6);
        Assert.Equal(24, await Api.RemainingSeats(eventId));
    }

    [Fact]
    public async Task A_seat_that_comes_back_while_seats_are_withheld_is_for_sale()
    {
        var (eventId, title) = await New(capacity: 30);
        var buyer = await Api.NewPerson();
        var ticket = (await Api.Buy(buyer, eventId, 1)).Done();
        (await Put(eventId, title, 30, remaining: 0)).Done();
        (await Api.Buy(buyer, eventId, 2)).Failed(HttpStatusCode.Conflict, "sold-out");

        (await Api.Cancel(buyer, ticket.Id())).Done();

        Assert.Equal(1, await Api.RemainingSeats(eventId));
        await Buy(buyer, eventId, 2);
        Assert.Equal(0, await Api.RemainingSeats(eventId));
    }

    [Fact]
    public async Task More_than_the_free_seats_cannot_be_for_sale_and_capacity_cannot_fall_below_what_is_taken()
    {
        var (eventId, title) = await New(capacity: 30);
        var buyer = await Api.NewPerson();
        await Buy(buyer, eventId, 1, 2, 28);
        var before = (await Api.Event(eventId)).ToJsonString();

        (await Put(eventId, title, 30, remaining: 28)).Failed(HttpStatusCode.Conflict, "allotment-beyond-seats");
        (await Put(eventId, title, 27, remaining: 1)).Failed(HttpStatusCode.Conflict, "capacity-below-seats-taken");
        (await Put(eventId, title, 28, remaining: 26)).Failed(HttpStatusCode.Conflict, "allotment-beyond-seats");
        (await Put(eventId, title, 28, remaining: 29)).Failed(HttpStatusCode.BadRequest);
        Assert.Equal(before, (await Api.Event(eventId)).ToJsonString());

        Assert.Equal(25, (await Put(eventId, title, 28, remaining: 25)).Done().Number("remaining_seats"));
        (await Api.Buy(buyer, eventId, 29)).Failed(HttpStatusCode.Conflict, "seat-beyond-capacity");
    }

    [Fact]
    public async Task A_ticket_keeps_the_price_it_was_bought_at()
    {
        var (eventId, title) = await New(capacity: 30);
        var (before, after) = (await Api.NewPerson(), await Api.NewPerson());
        var cheap = (await Api.Buy(before, eventId, 1, "cheap")).Done();

        var body = EventCalls.Body(title, 30, price: 99, remaining: 29);
        (await Api.Send(HttpMethod.Put, $"/api/events/{eventId}", Jwt.Admin, body)).Done();
        var dear = (await Api.Buy(after, eventId, 2)).Done();

        Assert.Equal((45, 99), (cheap.Number("price"), dear.Number("price")));
        Assert.Equal(45, (await Api.Ticket(cheap.Id())).Number("price"));
        Assert.Equal(45, (await Api.Move(before, cheap.Id(), 3)).Done().Number("price"));
        Assert.Equal(45, (await Api.Buy(before, eventId, 1, "cheap")).Done().Number("price"));
        var payment = (await Api.Get($"/api/payments/{cheap.Text("payment_id")}", Jwt.Admin)).Done();
        Assert.Equal(45, payment.Number("amount"));
    }

    [Fact]
    public async Task A_title_is_taken_until_its_event_gives_it_up()
    {
        var (first, title) = await New(capacity: 30);
        var (second, _) = await New(capacity: 30);
        (await Put(second, title, 30, remaining: 30)).Failed(HttpStatusCode.Conflict, "title-taken");

        (await Put(first, $"{title} again", 30, remaining: 30)).Done();

        Assert.Equal(title, (await Put(second, title, 30, remaining: 30)).Done().Text("title"));
        (await Put(first, title, 30, remaining: 30)).Failed(HttpStatusCode.Conflict, "title-taken");
    }

    [Fact]
    public async Task Of_many_events_of_one_title_made_at_once_one_is_made()
    {
        var title = $"Everybody wants it {Guid.NewGuid():n}";
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Api.Send(HttpMethod.Post, "/api/events", Jwt.Admin, EventCalls.Body(title))));

        Assert.Single(replies, reply => reply.Status == HttpStatusCode.OK);
        Assert.All(
            replies.Where(reply => reply.Status != HttpStatusCode.OK),
            reply => Assert.True(reply.Code == "title-taken" || reply.Status == HttpStatusCode.ServiceUnavailable, reply.ToString()));
        Assert.Single(await Api.All("/api/events", null), known => known.Text("title") == title);
    }

    [Fact]
    public async Task An_event_that_is_over_sells_nothing()
    {
        var body = EventCalls.Body();
        body["date"] = TimeProvider.System.GetUtcNow().AddSeconds(1).ToString("yyyy-MM-ddTHH:mm:ss.fffZ");
        var eventId = (await Api.Send(HttpMethod.Post, "/api/events", Jwt.Admin, body)).Done().Id();
        var buyer = await Api.NewPerson();

        var refused = await Eventually.Sees("the sale over", () => Api.Buy(buyer, eventId, Random.Shared.Next(1, 51)), reply => reply.Code == "sale-over");

        refused.Failed(HttpStatusCode.Conflict, "sale-over");
        Assert.Contains(await Api.All("/api/events", null), known => known.Id() == eventId);
    }

    private async Task<(string Id, string Title)> New(int capacity)
    {
        var title = $"Concert {Guid.NewGuid():n}";
        return (await Api.NewEvent(capacity, title: title), title);
    }

    private Task<Reply> Put(string eventId, string title, int capacity, int remaining) =>
        Api.Send(HttpMethod.Put, $"/api/events/{eventId}", Jwt.Admin, EventCalls.Body(title, capacity, remaining: remaining));

    private async Task Buy(Person buyer, string eventId, params int[] seats)
    {
        foreach (var seat in seats) (await Api.Buy(buyer, eventId, seat)).Done();
    }
}
