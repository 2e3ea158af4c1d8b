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
        });

    private static async Task List(HttpContext http, Gateway gateway) =>
        await http.List(await gateway.Grains.GetGrain<IPaymentListGrain>(0).List(http.PageRequest()), PaymentView.Shape);

    // Who may change a payment may read it: the owner and an Admin. An Operator may do neither.
    private static async Task Read(HttpContext http, Gateway gateway)
    {
        var answer = await gateway.Grains.GetGrain<IPaymentGrain>(http.PathId("id").ToString()).Read();
        if (answer.IsDone && !http.Identity().Caller.MayChange(answer.Value.UserId))
            await http.Refuse(Refusal.NotYours);
        else
            await http.Answer(answer, PaymentView.Shape);
    }
}
