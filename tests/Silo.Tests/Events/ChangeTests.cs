using System.Text.Json.Nodes;
using Ticketing.Silo.Tests.Notifications;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Events;

/// <summary>What holders hear when an event changes.</summary>
public sealed class ChangeTests(SharedServer shared) : ServerTests(shared)
{
    [Fact]
    public async Task Another_date_and_place_are_told_to_every_holder_once_and_another_price_to_nobody()
    {
        var eventId = await Api.NewEvent(title: $"Fidelio {Guid.NewGuid():n}");
        var (ada, grace, alan) = (await Api.NewPerson(), await Api.NewPerson(), await Api.NewPerson());
        foreach (var (buyer, seat) in new[] { (ada, 1), (grace, 2) }) await Api.TicketBecomes((await Api.Buy(buyer, eventId, seat)).Done().Id(), "Active");
        (await Api.Cancel(alan, (await Api.Buy(alan, eventId, 3)).Done().Id())).Done();

        await Change(Api, eventId, body => body["price"] = 60);
        await Change(Api, eventId, body => (body["location"], body["date"]) = ("Open Air Stage", "2099-07-01T18:30:00Z"));
        await Change(Api, eventId, body => body["description"] = "An evening of other music.");

        foreach (var holder in new[] { ada, grace })
        {
            var told = Assert.Single(await Api.Told(holder, 3), one => one.Text("message").StartsWith("Changed: ", StringComparison.Ordinal));
            Assert.EndsWith(" is now on 2099-07-01 18:30 UTC at Open Air Stage.", told.Text("message"), StringComparison.Ordinal);
            Assert.Equal("Sent", told.Text("status"));
        }

        Assert.Single(await Api.NotificationsOf(alan));
    }

    [Fact]
    public async Task What_a_change_began_to_tell_is_told_to_the_end_after_a_restart()
    {
        using var directory = new DataDirectory();
        var holders = new List<Person>();
        string eventId;
        await using (var server = await Server.Start(directory))
        {
            eventId = await server.Api.NewEvent();
            for (var seat = 1; seat <= 5; seat++)
            {
                holders.Add(await server.Api.NewPerson());
                await server.Api.TicketBecomes((await server.Api.Buy(holders[^1], eventId, seat)).Done().Id(), "Active");
            }

            // Stopped right after the answer: the holders are told later.
            await Change(server.Api, eventId, body => body["location"] = "Open Air Stage");
        }

        await using var again = await Server.Start(directory);
        // Asking anything of the event wakes it; otherwise its reminder does, within two minutes.
        await Change(again.Api, eventId, body => body["price"] = 60);
        foreach (var holder in holders)
            Assert.Single(await again.Api.Told(holder, 3), one => one.Text("message").Contains("at Open Air Stage.", StringComparison.Ordinal));
    }

    private static async Task Change(Api api, string eventId, Action<JsonObject> change)
    {
        var body = (JsonObject)await api.Event(eventId);
        change(body);
        (await api.Send(HttpMethod.Put, $"/api/events/{eventId}", Jwt.Admin, body)).Done();
    }
}
