using System.Net;
using System.Text.Json.Nodes;
using Ticketing.Silo.Tests.Tickets;

namespace Ticketing.Silo.Tests.Payments;

/// <summary>Payments that services make, as the original's clients do: for ids that nobody knows.</summary>
public sealed class PaymentTests(SharedServer shared) : ServerTests(shared)
{
    [Fact]
    public async Task A_payment_is_settled_settled_again_when_it_is_set_back_and_gone_when_it_is_deleted()
    {
        var body = PaymentCalls.Body();
        var made = (await Api.Send(HttpMethod.Post, "/api/payments", Jwt.Internal, body)).Done();
        Assert.Equal((45, "Eur", "Pending"), (made.Number("amount"), made.Text("currency"), made.Text("status")));
        Assert.Equal(body.Text("ticket_id"), made.Text("ticket_id"));
        await Becomes(made, "Success");
        var declined = (await Api.Send(HttpMethod.Post, "/api/payments", Jwt.Internal, PaymentCalls.Body(TicketCalls.DeclinedCard))).Done();
        await Becomes(declined, "Failed");

        Assert.Equal("Failed", (await Mark(made, "Failed")).Done().Text("status"));
        Assert.Equal("Pending", (await Mark(made, "Pending")).Done().Text("status"));
        await Becomes(made, "Success");
        (await Mark(made, "Refunded")).Failed(HttpStatusCode.BadRequest);
        (await Api.Get($"/api/events/{made.Text("event_id")}")).Failed(HttpStatusCode.NotFound);

        Assert.Equal("Success", (await Send(HttpMethod.Delete, made)).Done().Text("status"));
        (await Send(HttpMethod.Get, made)).Failed(HttpStatusCode.NotFound, "no-such-payment");
        (await Send(HttpMethod.Delete, made)).Failed(HttpStatusCode.NotFound, "no-such-payment");
        (await Mark(made, "Pending")).Failed(HttpStatusCode.NotFound, "no-such-payment");
        Assert.DoesNotContain(await Api.All("/api/payments", Jwt.Admin), payment => payment.Id() == made.Id());
    }

    private Task<JsonNode> Becomes(JsonNode payment, string status) =>
        Eventually.Sees($"payment {payment.Id()} {status}", async () => (await Send(HttpMethod.Get, payment)).Done(), seen => seen.Text("status") == status);

    private Task<Reply> Mark(JsonNode payment, string status) => Send(HttpMethod.Patch, payment, new JsonObject { ["status"] = status });

    private Task<Reply> Send(HttpMethod method, JsonNode payment, JsonObject? body = null) =>
        Api.Send(method, $"/api/payments/{payment.Id()}", Jwt.Internal, body);
}
