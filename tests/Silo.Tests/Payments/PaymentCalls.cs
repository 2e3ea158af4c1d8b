using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Payments;
using Ticketing.Silo.Tests.Tickets;

namespace Ticketing.Silo.Tests.Payments;

internal static class PaymentCalls
{
    /// <summary>A payment for a user, an event and a ticket that nobody knows.</summary>
    public static JsonObject Body(string card = TicketCalls.GoodCard)
    {
        var body = TicketCalls.Body(Jwt.NewId(), Jwt.NewId(), 1, card);
        body.Remove("seat_number");
        (body["ticket_id"], body["amount"]) = (Jwt.NewId(), 45);
        return body;
    }

    public static async Task<IReadOnlyList<JsonNode>> PaymentsOf(this Api api, string eventId) =>
        [.. (await api.All("/api/payments", Jwt.Admin)).Where(payment => payment.Text("event_id") == eventId)];

    /// <summary>Does a round of the payments job, also on a server whose jobs do not run.</summary>
    public static async Task SettlePayments(this Server server)
    {
        var grains = server.App.Services.GetRequiredService<IGrainFactory>();
        for (var shard = 0; shard < PaymentState.Shards; shard++) await grains.GetGrain<IPaymentRunGrain>(shard).Run();
    }

    /// <summary>Waits until a ticket's payment has one of the states.</summary>
    public static Task<JsonNode> PaymentBecomes(this Api api, JsonNode ticket, params string[] states) =>
        Eventually.Sees(
            $"the payment of {ticket.Id()} {string.Join(" or ", states)}",
            async () => (await api.Get($"/api/payments/{ticket.Text("payment_id")}", Jwt.Admin)).Done(),
            payment => states.Contains(payment.Text("status")));
}
