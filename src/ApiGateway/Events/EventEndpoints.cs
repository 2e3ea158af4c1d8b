using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;

namespace Ticketing.ApiGateway.Events;

/// <summary>Events (contract.md 6).</summary>
internal static class EventEndpoints
{
    private const string Symphony = """
        "title": "Symphony No. 9", "description": "The last one, with choir.", "location": "Town Hall", "date": "2030-05-15T19:00:00Z",
        "capacity": 200, "price": 45
        """;

    public static Routes MapEvents(this Routes routes)
    {
        var organisers = Access.Roles(Role.Admin, Role.EventCreator);
        return routes
            .Get("", Access.Public, List, new("Listing the events") { Data = typeof(EventView[]), IsList = true, IsTagged = true })
            .Get("/{id:id}", Access.Public, Read, new("Reading the event") { Data = typeof(EventView), IsTagged = true, Refusals = [Refusal.NoSuchEvent] })
            .Get("/{id:id}/history", organisers, History, new("Reading the event's history")
            {
                IsLines = true,
                Example = """{"history":1,"event":"66f1c3a2b4d5e6f708192a3b","chain":"00112233445566778899aabbccddeeff"}""",
                Refusals = [Refusal.NoSuchEvent, Refusal.NotYours],
                Note = "Everything that happened to the event's seats and tickets, one JSON object a line, for whoever wants to check the sale; people and operations are pseudonyms, and the last line says how many lines there are. "
                    + "Also of a deleted event.",
            })
            .Post("", organisers, Create, new("Event creation")
            {
                Body = typeof(NewEventBody),
                Example = $"{{ {Symphony} }}",
                Data = typeof(EventView),
                IsKeyed = true,
                IsTagged = true,
                Refusals = [Refusal.TitleTaken, Refusal.OperationIdReused],
            })
            .Put("/{id:id}", organisers, Update, new("Event change")
            {
                Body = typeof(EventBody),
                Example = $"{{ {Symphony}, \"remaining_seats\": 200 }}",
                Data = typeof(EventView),
                IsKeyed = true,
                IsTagged = true,
                IsConditional = true,
                Refusals =
                [
                    Refusal.NoSuchEvent, Refusal.NotYours, Refusal.EventChanged, Refusal.TitleTaken, Refusal.AllotmentBeyondSeats, Refusal.CapacityBelowSeatsTaken,
                    Refusal.OperationIdReused,
                ],
            })
            .Patch("/{id:id}/update-seats", Access.Internal, Allot, new("Allotment change")
            {
                Body = typeof(SeatsBody),
                Example = """{ "delta": -10 }""",
                Data = typeof(EventView),
                IsKeyed = true,
                IsTagged = true,
                IsConditional = true,
                Refusals = [Refusal.NoSuchEvent, Refusal.EventChanged, Refusal.AllotmentBeyondSeats, Refusal.OperationIdReused],
            })
            .Delete("/{id:id}", organisers, Delete, new("Event deletion")
            {
                Data = typeof(EventView),
                IsKeyed = true,
                IsConditional = true,
                Refusals = [Refusal.NoSuchEvent, Refusal.NotYours, Refusal.EventChanged, Refusal.OperationIdReused],
            });
    }

    private static async Task List(HttpContext http, Gateway gateway) =>
        await http.ListUnlessKnown(await gateway.Grains.GetGrain<IEventListGrain>(0).List(http.PageRequest()));

    private static Task Read(HttpContext http, Gateway gateway)
    {
        var key = new EventKey(http.PathId("id"));
        return gateway.Board?.Find(key) is { } shown ? http.AnswerUnlessKnown(shown.Standing) : Look(http, gateway, key);
    }

    private static async Task Look(HttpContext http, Gateway gateway, EventKey key)
    {
        var found = await gateway.Looks.Ask(key, default);
        await (found is null ? http.Refuse(Refusal.NoSuchEvent) : http.AnswerUnlessKnown(found));
    }

    private static Task History(HttpContext http, Gateway gateway) =>
        EventHistory.Stream(http, gateway.Grains.GetGrain<IEventHistoryGrain>($"{http.PathId("id")}").Pages(http.Identity().Caller, http.RequestAborted));

    private static async Task Create(HttpContext http, Gateway gateway)
    {
        var body = await http.ReadBody(Json.Default.NewEventBody);
        var details = body.CheckNew(gateway.Now);
        var operation = http.Operation($"create event\n{Content(details)}");
        var key = await KeyOf(http, gateway, operation.Id);
        var answer = key.IsDone ? await Grain(gateway, key.Value).Create(operation, http.Identity().Caller, details) : default;
        await http.AnswerTagged(answer);
    }

    private static async Task Update(HttpContext http, Gateway gateway)
    {
        var body = await http.ReadBody(Json.Default.EventBody);
        var (details, remaining) = body.CheckChange(gateway.Now);
        var key = new EventKey(http.PathId("id"));
        var operation = http.Operation($"update event\n{key}\n{remaining}\n{Content(details)}");
        await http.AnswerTagged(await Grain(gateway, key).Update(operation, http.Identity().Caller, details, remaining, http.IfMatch()));
    }

    private static async Task Allot(HttpContext http, Gateway gateway)
    {
        var body = await http.ReadBody(Json.Default.SeatsBody);
        var delta = body.Check();
        var key = new EventKey(http.PathId("id"));
        var operation = http.Operation($"allot\n{key}\n{delta}");
        await http.AnswerTagged(await Grain(gateway, key).Allot(operation, delta, http.IfMatch()));
    }

    private static async Task Delete(HttpContext http, Gateway gateway)
    {
        var key = new EventKey(http.PathId("id"));
        var operation = http.Operation($"delete event\n{key}");
        await http.Answer(await Grain(gateway, key).Delete(operation, http.Identity().Caller, http.IfMatch()), EventView.Shape);
    }

    private static IEventGrain Grain(Gateway gateway, EventKey key) => gateway.Grains.GetGrain<IEventGrain>(key.ToString());

    // Lengths come first, so that no two different events are written alike.
    private static string Content(EventDetails details) =>
        $"{details.Title.Length} {details.Description.Length} {details.Date.UtcTicks} {details.Capacity} {details.Price}\n"
        + $"{details.Title}{details.Description}{details.Location}";

    /// <summary>The event that a creation makes. A repeat under the caller's key must reach the event that the first try made.</summary>
    private static async Task<Answer<EventKey>> KeyOf(HttpContext http, Gateway gateway, OperationId operation)
    {
        var fresh = EventKey.New(gateway.Now);
        return Operations.Key(http) is null ? fresh : await gateway.Grains.GetGrain<INewEventGrain>(operation.ToString()).Reserve(fresh);
    }
}
