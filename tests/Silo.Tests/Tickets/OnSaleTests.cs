using System.Net;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Payments;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Tickets;

public sealed class OnSaleTests(SharedServer shared) : ServerTests(shared)
{
    private const int Seats = 50;
    private const int Buyers = 200;

    [Fact]
    public async Task Two_hundred_buyers_of_fifty_seats_get_exactly_fifty()
    {
        var eventId = await Api.NewEvent(Seats);
        var buyers = await Task.WhenAll(Enumerable.Range(0, Buyers).Select(_ => Api.NewPerson()));

        // Four buyers want each seat.
        var replies = await Task.WhenAll(buyers.Select((buyer, i) => Api.Buy(buyer, eventId, (i % Seats) + 1)));

        var sold = replies.Where(reply => reply.Status == HttpStatusCode.OK).Select(reply => reply.Done()).ToArray();
        var refused = replies.Where(reply => reply.Status != HttpStatusCode.OK).ToArray();
        Assert.Equal(Seats, sold.Length);
        Assert.Equal(Buyers - Seats, refused.Length);
        Assert.All(refused, reply => reply.Failed(HttpStatusCode.Conflict, reply.Code == "sold-out" ? "sold-out" : "seat-taken"));
        Assert.Equal(Enumerable.Range(1, Seats), sold.Select(ticket => ticket.Number("seat_number")).Order());
        Assert.Equal(0, await Api.RemainingSeats(eventId));
        await TheListsAgree(eventId, sold.ToDictionary(ticket => ticket.Id(), ticket => (ticket.Number("seat_number"), ticket.Text("user_id"))));
        Assert.All(await Task.WhenAll(buyers.Select((buyer, i) => Api.All("/api/tickets", buyer.Token))), own => Assert.InRange(own.Count, 0, 1));
    }

    [Fact]
    public async Task Buyers_who_try_on_until_they_are_told_that_it_is_sold_out_get_every_seat_once()
    {
        var eventId = await Api.NewEvent(Seats);
        var buyers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Api.NewPerson()));

        var outcomes = await Task.WhenAll(buyers.Select(async (buyer, i) =>
        {
            var luck = new Random(i);
            while (true)
            {
                var reply = await Api.Buy(buyer, eventId, luck.Next(1, Seats + 1));
                if (reply.Status == HttpStatusCode.OK) return reply.Done();
                if (reply.Code == "sold-out") return null;
                reply.Failed(HttpStatusCode.Conflict, "seat-taken");
            }
        }));

        var sold = outcomes.Where(ticket => ticket is not null).Select(ticket => ticket!).ToArray();
        Assert.Equal(Enumerable.Range(1, Seats), sold.Select(ticket => ticket.Number("seat_number")).Order());
        Assert.Equal(0, await Api.RemainingSeats(eventId));
    }

    private async Task TheListsAgree(string eventId, Dictionary<string, (int Seat, string Owner)> sold)
    {
        var tickets = await Api.TicketsOf(eventId);
        Assert.Equal(sold, tickets.ToDictionary(ticket => ticket.Id(), ticket => (ticket.Number("seat_number"), ticket.Text("user_id"))));
        var payments = await Api.PaymentsOf(eventId);
        Assert.Equal(sold.Keys.Order(), payments.Select(payment => payment.Text("ticket_id")).Order());
        Assert.All(payments, payment => Assert.Equal(45, payment.Number("amount")));
    }
}
