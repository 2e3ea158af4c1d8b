using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Verifying;

/// <summary>Two events with something of everything that can happen to a ticket.</summary>
internal sealed record LivelySale(string Event, string DeletedEvent, string Title, Person Buyer, string[] Tickets)
{
    public const int Bought = 12;

    public static async Task<LivelySale> Play(Api api)
    {
        var (buyer, title) = (await api.NewPerson(), $"Fidelio {Guid.NewGuid():n}");
        var (eventId, other) = (await api.NewEvent(title: title), await api.NewEvent());
        var tickets = new List<string>();
        for (var seat = 1; seat <= Bought; seat++) tickets.Add((await api.Buy(buyer, eventId, seat, $"{eventId}-{seat}")).Done().Id());
        foreach (var ticket in tickets) await api.TicketBecomes(ticket, "Active");
        var declined = (await api.Buy(buyer, eventId, 20, card: TicketCalls.DeclinedCard)).Done().Id();
        await api.TicketBecomes(declined, "Cancelled");
        (await api.Move(buyer, tickets[0], 30)).Done();
        (await api.Refund(buyer, tickets[1])).Done();
        (await api.Cancel(buyer, tickets[2])).Done();
        (await api.Buy(buyer, eventId, 2)).Done();
        (await api.DeleteTicket(tickets[3])).Done();
        var byHand = (await api.Buy(buyer, eventId, 40)).Done();
        await api.Activate(byHand.Id());
        var body = EventCalls.Body(title, remaining: 20);
        body["location"] = "Open air";
        (await api.Send(HttpMethod.Put, $"/api/events/{eventId}", Jwt.Admin, body)).Done();
        (await api.Buy(buyer, other, 5)).Done();
        (await api.Send(HttpMethod.Delete, $"/api/events/{other}", Jwt.Admin)).Done();
        return new(eventId, other, title, buyer, [.. tickets]);
    }

    /// <summary>Waits until nothing is under way any more: payments settled, money returned, everybody told.</summary>
    public static Task Rest(Func<Task<Verdict>> verify) =>
        Eventually.Sees("a sale at rest", verify, verdict => !verdict.Holds().Output.Contains("under way", StringComparison.Ordinal));
}
