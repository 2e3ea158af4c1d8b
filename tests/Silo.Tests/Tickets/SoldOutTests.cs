using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Tickets;

/// <summary>Those who come too late are refused without asking the event, and nobody is told what is not true any more.</summary>
public sealed class SoldOutTests(SharedServer shared) : ServerTests(shared)
{
    private const int Seats = 25;

    private AvailabilityBoard Board => Server.App.Services.GetRequiredService<AvailabilityBoard>();

    [Fact]
    public async Task Who_comes_too_late_is_refused_by_what_the_event_says_of_itself_and_a_repeat_has_its_answer()
    {
        var (eventId, buyer, tickets) = await SoldOut();
        var refused = 0L;
        using var counting = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "ticketing.refusals" && instrument.Meter.Scope == Server.App.Services.GetRequiredService<IMeterFactory>()) listener.EnableMeasurementEvents(instrument);
            },
        };
        counting.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref refused, count));
        counting.Start();
        var late = await Api.NewPerson();
        for (var i = 0; i < 20; i++) (await Api.Buy(late, eventId, (i % Seats) + 1)).Failed(HttpStatusCode.Conflict, "sold-out");

        Assert.Equal(20, Interlocked.Read(ref refused));
        Assert.Equal(0, await Api.RemainingSeats(eventId));
        Assert.Equal(tickets[2], (await Api.Buy(buyer, eventId, 3, $"{eventId}-3")).Done().Id());
        (await Api.Buy(buyer, eventId, 4, $"{eventId}-3")).Failed(HttpStatusCode.UnprocessableEntity, "operation-id-reused");
        (await Api.Buy(late, eventId, Seats + 1)).Failed(HttpStatusCode.Conflict, "seat-beyond-capacity");
        Assert.True(Says(eventId), "it was asked each time");

        (await Api.Send(HttpMethod.Delete, $"/api/events/{eventId}", Jwt.Admin)).Done();
        (await Api.Buy(late, eventId, 1)).Failed(HttpStatusCode.NotFound, "no-such-event");
        (await Api.Get($"/api/events/{eventId}")).Failed(HttpStatusCode.NotFound, "no-such-event");
    }

    [Fact]
    public async Task What_an_event_says_of_itself_is_what_readers_and_buyers_are_told()
    {
        // No event has this id: whatever is told of it stands on the board.
        var (now, buyer) = (TimeProvider.System.GetUtcNow(), await Api.NewPerson());
        var key = EventKey.New(now);
        var said = new Availability(new(key, new("Said & done", "An evening of music.", "Town Hall", now.AddDays(1), 25, 45), 3, now, UserId.New(now), 7));
        // Who asks the event itself wakes it, and then it is not said any more.
        (await Api.Buy(buyer, $"{key}", 1)).Failed(HttpStatusCode.NotFound, "no-such-event");
        Board.Put(key, said);
        try
        {
            var first = await Api.Get($"/api/events/{key}");
            Assert.Equal(("Said & done", 3, "\"7\""), (first.Done().Text("title"), first.Done().Number("remaining_seats"), $"{first.Headers.ETag}"));
            Assert.Equal(first.Text, (await Api.Get($"/api/events/{key}")).Text);
            using var known = new HttpRequestMessage(HttpMethod.Get, $"/api/events/{key}") { Headers = { { "If-None-Match", "\"7\"" } } };
            Assert.Equal(HttpStatusCode.NotModified, (await Api.Send(known)).Status);

            said.SoldOut = new(25, now.AddDays(1), new(1), () => { });
            (await Api.Buy(buyer, $"{key}", 1)).Failed(HttpStatusCode.Conflict, "sold-out");
            said.SoldOut = new(25, now, new(1), () => { });
            (await Api.Buy(buyer, $"{key}", 1)).Failed(HttpStatusCode.NotFound, "no-such-event");
        }
        finally
        {
            Board.Remove(key);
        }
    }

    [Fact]
    public async Task Once_a_seat_has_come_back_nobody_is_told_that_all_are_sold()
    {
        var (eventId, buyer, tickets) = await SoldOut();
        var crowd = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Api.NewPerson()));
        using var over = new CancellationTokenSource();
        // They ask for a seat that never comes back: what comes back is for one buyer alone, who must get it.
        var asking = crowd.Select(person => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested) Assert.Contains((await Api.Buy(person, eventId, Seats)).Code, (string[])["sold-out", "seat-taken"]);
        })).ToArray();
        try
        {
            for (var (turn, ticket) = (0, tickets[0]); turn < 150; turn++)
            {
                (await (turn % 2 == 0 ? Api.Cancel(buyer, ticket) : Api.Refund(buyer, ticket))).Done();
                Assert.Equal(1, await Api.RemainingSeats(eventId));
                ticket = (await Api.Buy(buyer, eventId, 1)).Done().Id();
                Assert.Equal(0, await Api.RemainingSeats(eventId));
            }
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(asking);
        }
    }

    [Fact]
    public async Task A_seat_that_a_declined_card_had_taken_is_sold_to_who_asks_again()
    {
        var eventId = await Api.NewEvent(Seats);
        var (buyer, late) = (await Api.NewPerson(), await Api.NewPerson());
        for (var seat = 1; seat < Seats; seat++) (await Api.Buy(buyer, eventId, seat)).Done();
        var declined = (await Api.Buy(buyer, eventId, Seats, card: TicketCalls.DeclinedCard)).Done().Id();

        var answers = new List<string?>();
        await Eventually.Sees("the seat sold", async () => await Api.Buy(late, eventId, Seats), reply =>
        {
            answers.Add(reply.Code);
            return reply.Status == HttpStatusCode.OK;
        });
        Assert.All(answers.SkipLast(1), code => Assert.Equal("sold-out", code));
        Assert.Equal("Cancelled", (await Api.Ticket(declined)).Text("status"));
    }

    /// <summary>An event of which every seat is sold, and which says so of itself.</summary>
    private async Task<(string Event, Person Buyer, string[] Tickets)> SoldOut()
    {
        var (eventId, buyer) = (await Api.NewEvent(Seats), await Api.NewPerson());
        var tickets = new List<string>();
        for (var seat = 1; seat <= Seats; seat++) tickets.Add((await Api.Buy(buyer, eventId, seat, $"{eventId}-{seat}")).Done().Id());
        await Eventually.Sees("that it is said", () => Api.Buy(buyer, eventId, 1), reply => reply.Code == "sold-out" && Says(eventId));
        return (eventId, buyer, [.. tickets]);
    }

    private bool Says(string eventId) => Board.Find(EventKey.Parse(eventId))?.SoldOut is not null;
}
