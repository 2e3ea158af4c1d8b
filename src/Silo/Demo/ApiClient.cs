using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Ticketing.Silo.Demo;

/// <summary>A ticket as the API shows it.</summary>
internal sealed record TicketSeen(string Id, int Seat, string Status);

/// <summary>The answer to a purchase.</summary>
internal sealed record PurchaseAnswer(HttpStatusCode Status, string? Code, TicketSeen? Ticket);

/// <summary>The HTTP API as an outside program calls it.</summary>
internal sealed class ApiClient(Uri address) : IDisposable
{
    // As many connections as a busy front has from its load balancers; the buyers beyond wait their turn.
    private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };

    public async Task<string> LogIn(string email, string password) =>
        Text(await Send(HttpMethod.Post, "/api/auth/login", null, new JsonObject { ["email"] = email, ["password"] = password }), "token");

    public async Task<string> CreateEvent(string token, int seats, DateTimeOffset date) =>
        Text(await Send(HttpMethod.Post, "/api/events", token, new JsonObject
        {
            ["title"] = "The Demonstration",
            ["description"] = "A concert that sells out in a moment.",
            ["location"] = "Main hall",
            ["date"] = date.ToString("yyyy-MM-ddTHH:mm:ssZ"),
            ["capacity"] = seats,
            ["price"] = 45,
        }), "id");

    public async Task<string> CreateProfile(string token, string email) =>
        Text(await Send(HttpMethod.Post, "/api/users", token, new JsonObject { ["first_name"] = "demo", ["last_name"] = "buyer", ["email"] = email }), "id");

    public async Task<int> RemainingSeats(string eventId) =>
        (int)(await Send(HttpMethod.Get, $"/api/events/{eventId}", null, null))["data"]!["remaining_seats"]!;

    public async Task<IReadOnlyList<TicketSeen>> Tickets(string token)
    {
        var tickets = new List<TicketSeen>();
        for (var cursor = ""; ;)
        {
            var page = await Send(HttpMethod.Get, $"/api/tickets?limit=1000{cursor}", token, null);
            tickets.AddRange(page["data"]!.AsArray().Select(ticket => Seen(ticket!)));
            if ((string?)page["next_cursor"] is not { } next) return tickets;
            cursor = $"&cursor={next}";
        }
    }

    public async Task<PurchaseAnswer> Buy(string token, string key, string eventId, string userId, int seat)
    {
        using var request = Request(HttpMethod.Post, "/api/tickets", token, new JsonObject
        {
            ["card_number"] = "4242424242424242",
            ["expiration_date"] = "2099-12-31T00:00:00Z",
            ["cvv"] = "123",
            ["card_holder"] = "Demo Buyer",
            ["currency"] = "Eur",
            ["seat_number"] = seat,
            ["event_id"] = eventId,
            ["user_id"] = userId,
        });
        request.Headers.Add("Idempotency-Key", key);
        using var response = await http.SendAsync(request);
        var body = (await JsonNode.ParseAsync(await response.Content.ReadAsStreamAsync()))!;
        return new(response.StatusCode, (string?)body["code"], response.IsSuccessStatusCode ? Seen(body["data"]!) : null);
    }

    public void Dispose() => http.Dispose();

    private async Task<JsonNode> Send(HttpMethod method, string path, string? token, JsonObject? body)
    {
        using var request = Request(method, path, token, body);
        using var response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return (await JsonNode.ParseAsync(await response.Content.ReadAsStreamAsync()))!;
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string? token, JsonObject? body)
    {
        var request = new HttpRequestMessage(method, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        return request;
    }

    private static TicketSeen Seen(JsonNode ticket) => new((string)ticket["id"]!, (int)ticket["seat_number"]!, (string)ticket["status"]!);

    private static string Text(JsonNode answer, string member) => (string)answer["data"]![member]!;
}
