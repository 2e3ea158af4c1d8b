using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Payments;

namespace Ticketing.ApiGateway.Payments;

/// <summary>Payments (contract.md 8).</summary>
internal static class PaymentEndpoints
{
    public static Routes MapPayments(this Routes routes) => routes
        .Get("", Access.Roles(Role.Admin), List, new("Listing the payments") { Data = typeof(PaymentView[]), IsList = true })
        .Get("/{id:id}", Access.Authenticated, Read, new("Reading the payment")
        {
            Data = typeof(PaymentView),
            Refusals = [Refusal.NoSuchPayment, Refusal.NotYours],
        })
        .Post("", Access.Internal, Create, new("Payment creation")
        {
            Body = typeof(PaymentBody),
            Example = """
                { "amount": 45, "currency": "Eur", "user_id": "65f0c1d2e3a4b5c6d7e8f902", "event_id": "65f0c1d2e3a4b5c6d7e8f901",
                  "ticket_id": "65f0c1d2e3a4b5c6d7e8f903", "card_number": "4242424242424242", "expiration_date": "2035-12-31T23:59:59Z",
                  "cvv": "123", "card_holder": "Ada Lovelace" }
                """,
            Data = typeof(PaymentView),
        })
        .Patch("/{id:id}", Access.Internal, Mark, new("Payment change")
        {
            Body = typeof(PaymentStatusBody),
            Example = """{ "status": "Pending" }""",
            Data = typeof(PaymentView),
            Refusals = [Refusal.NoSuchPayment, Refusal.PaymentEnded],
        })
        .Delete("/{id:id}", Access.Internal, Delete, new("Payment deletion") { Data = typeof(PaymentView), Refusals = [Refusal.NoSuchPayment] });

    private static async Task List(HttpContext http, Gateway gateway) =>
        await http.List(await gateway.Grains.GetGrain<IPaymentListGrain>(0).List(http.PageRequest()), PaymentView.Shape);

    // Who may change a payment may read it: the owner and an Admin. An Operator may do neither.
    private static async Task Read(HttpContext http, Gateway gateway)
    {
        var answer = await Grain(gateway, http.PathId("id")).Read();
        if (answer.IsDone && !http.Identity().Caller.MayChange(answer.Value.UserId))
            await http.Refuse(Refusal.NotYours);
        else
            await http.Answer(answer, PaymentView.Shape);
    }

    private static async Task Create(HttpContext http, Gateway gateway)
    {
        var body = await http.ReadBody(Json.Default.PaymentBody);
        var payment = body.Check(gateway.Now);
        await http.Answer(await Grain(gateway, PaymentId.New(gateway.Now).Value).Create(payment), PaymentView.Shape);
    }

    private static async Task Mark(HttpContext http, Gateway gateway)
    {
        var body = await http.ReadBody(Json.Default.PaymentStatusBody);
        var status = body.Check();
        await http.Answer(await Grain(gateway, http.PathId("id")).Mark(status), PaymentView.Shape);
    }

    private static async Task Delete(HttpContext http, Gateway gateway) =>
        await http.Answer(await Grain(gateway, http.PathId("id")).Delete(), PaymentView.Shape);

    private static IPaymentGrain Grain(Gateway gateway, RecordId id) => gateway.Grains.GetGrain<IPaymentGrain>(id.ToString());
}
