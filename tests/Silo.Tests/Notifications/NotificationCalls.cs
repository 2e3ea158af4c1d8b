using System.Text.Json.Nodes;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Notifications;

internal static class NotificationCalls
{
    public static JsonObject Body(string userId, string message = "The doors open at seven.") => new() { ["message"] = message, ["user_id"] = userId };

    public static async Task<IReadOnlyList<JsonNode>> NotificationsOf(this Api api, Person person) =>
        [.. (await api.All("/api/notifications", Jwt.Admin)).Where(notification => notification.Text("user_id") == person.Id)];

    /// <summary>Waits until a person was told so much, and all of it was sent or has failed.</summary>
    public static Task<IReadOnlyList<JsonNode>> Told(this Api api, Person person, int count) =>
        Eventually.Sees(
            $"{count} settled notifications of {person.Email}",
            () => api.NotificationsOf(person),
            all => all.Count >= count && all.All(notification => notification.Text("status") != "Pending"));
}
