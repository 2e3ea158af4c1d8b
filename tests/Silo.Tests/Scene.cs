using System.Text.Json.Nodes;
using Ticketing.Silo.Tests.Backups;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Notifications;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests;

/// <summary>One record of each kind, and people who stand in different relations to them.</summary>
internal sealed record Scene(Person Owner, Person Other, Person Creator, Person OtherCreator, Person Operator, string Event, JsonNode Ticket, string Notification, string Backup)
{
    public static async Task<Scene> Set(Api api)
    {
        var (owner, other) = (await api.NewPerson(), await api.NewPerson());
        var (creator, otherCreator, @operator) = (await api.NewPerson("EventCreator"), await api.NewPerson("EventCreator"), await api.NewPerson("Operator"));
        var eventId = (await api.Send(HttpMethod.Post, "/api/events", creator.Token, EventCalls.Body())).Done().Id();
        var ticket = (await api.Buy(owner, eventId, 7)).Done();
        await api.Move(owner, ticket.Id(), 8);
        var notification = (await api.NotificationsOf(owner))[0].Id();
        var backup = (await api.AskBackup("Users")).Id();
        return new(owner, other, creator, otherCreator, @operator, eventId, ticket, notification, backup);
    }

    /// <summary>The path of a route with the ids of this scene.</summary>
    public string Path(string route) => route
        .Replace("{ticket_id:id}", Ticket.Id(), StringComparison.Ordinal)
        .Replace("{user_id:id}", Owner.Id, StringComparison.Ordinal)
        .Replace("{service_name}", "Users", StringComparison.Ordinal)
        .Replace("{**asset}", "", StringComparison.Ordinal)
        .Replace("{id:id}", IdOf(route), StringComparison.Ordinal);

    private string IdOf(string route) => route.Split('/')[2] switch
    {
        "events" => Event,
        "payments" => Ticket.Text("payment_id"),
        "notifications" => Notification,
        "backups" => Backup,
        _ => Owner.Id,
    };
}
