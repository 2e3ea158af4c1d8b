using System.Text.Json.Nodes;

namespace Ticketing.Silo.Tests.Payments;

internal static class PaymentCalls
{
    public static async Task<IReadOnlyList<JsonNode>> PaymentsOf(this Api api, string eventId) =>
        [.. (await api.All("/api/payments", Jwt.Admin)).Where(payment => payment.Text("event_id") == eventId)];

    /// <summary>Waits until a ticket's payment has one of the states.</summary>
    public static Task<JsonNode> PaymentBecomes(this Api api, JsonNode ticket, params string[] states) =>
        Eventually.Sees(
            $"the payment of {ticket.Id()} {string.Join(" or ", states)}",
            async () => (await api.Get($"/api/payments/{ticket.Text("payment_id")}", Jwt.Admin)).Done(),
            payment => states.Contains(payment.Text("status")));
}
