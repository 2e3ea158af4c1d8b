using System.Text.Json.Nodes;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Tickets;

internal static class TicketCalls
{
    public const string GoodCard = "4242424242424242";
    public const string DeclinedCard = "4000000000000002";

    public static JsonObject Body(string eventId, string userId, int seat, string card = GoodCard) => new()
    {
        ["card_number"] = card,
        ["expiration_date"] = "2099-12-31T00:00:00Z",
        ["cvv"] = "123",
        ["card_holder"] = "Ada Lovelace",
        ["currency"] = "Eur",
        ["seat_number"] = seat,
        ["event_id"] = eventId,
        ["user_id"] = userId,
    };

    public static Task<Reply> Buy(this Api api, Person buyer, string eventId, int seat, string? key = null, string card = GoodCard) =>
        api.Send(HttpMethod.Post, "/api/tickets", buyer.Token, Body(eventId, buyer.Id, seat, card), key);

    public static Task<Reply> Cancel(this Api api, Person owner, string ticketId, string? key = null) =>
        api.Send(HttpMethod.Patch, $"/api/tickets/{ticketId}/cancel", owner.Token, key: key);

    public static Task<Reply> Refund(this Api api, Person owner, string ticketId, string? key = null) =>
        api.Send(HttpMethod.Patch, $"/api/tickets/{ticketId}/refund", owner.Token, key: key);

    public static Task<Reply> Activate(this Api api, string ticketId, string? key = null) =>
        api.Send(HttpMethod.Patch, $"/api/tickets/{ticketId}/active", Jwt.Internal, key: key);

    public static Task<Reply> DeleteTicket(this Api api, string ticketId, string? key = null) =>
        api.Send(HttpMethod.Delete, $"/api/tickets/{ticketId}", Jwt.Admin, key: key);

    public static Task<Reply> Move(this Api api, Person owner, string ticketId, int seat, string? key = null) =>
        api.Send(HttpMethod.Patch, $"/api/tickets/{ticketId}/seat", owner.Token, new JsonObject { ["seat_number"] = seat }, key);

    public static async Task<JsonNode> Ticket(this Api api, string id) => (await api.Get($"/api/tickets/{id}", Jwt.Admin)).Done();

    public static async Task<IReadOnlyList<JsonNode>> TicketsOf(this Api api, string eventId) =>
        [.. (await api.All("/api/tickets", Jwt.Admin)).Where(ticket => ticket.Text("event_id") == eventId)];

    public static Task<JsonNode> TicketBecomes(this Api api, string id, string status) =>
        Eventually.Sees($"ticket {id} {status}", () => api.Ticket(id), ticket => ticket.Text("status") == status);
}
