using System.Text.Json.Nodes;

namespace Ticketing.Silo.Tests.Events;

internal static class EventCalls
{
    public static JsonObject Body(string? title = null, int capacity = 50, int price = 45, int? remaining = null)
    {
        var body = new JsonObject
        {
            ["title"] = title ?? $"Concert {Guid.NewGuid():n}",
            ["description"] = "An evening of music.",
            ["location"] = "Town Hall",
            ["date"] = TimeProvider.System.GetUtcNow().AddDays(30).ToString("yyyy-MM-ddTHH:mm:ssZ"),
            ["capacity"] = capacity,
            ["price"] = price,
        };
        if (remaining is { } seats) body["remaining_seats"] = seats;
        return body;
    }

    public static async Task<string> NewEvent(this Api api, int capacity = 50, int price = 45, string? title = null) =>
        (await api.Send(HttpMethod.Post, "/api/events", Jwt.Admin, Body(title, capacity, price))).Done().Id();

    public static async Task<JsonNode> Event(this Api api, string id) => (await api.Get($"/api/events/{id}")).Done();

    public static async Task<int> RemainingSeats(this Api api, string id) => (await api.Event(id)).Number("remaining_seats");
}
