using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway.Tickets;

/// <summary>Sells a ticket of an event.</summary>
internal delegate Task<Answer<TicketRecord>> Seller(Gateway gateway, EventKey key, Purchase purchase);

/// <summary>Tickets (contract.md 7).</summary>
internal static class TicketEndpoints
{
    public static Routes MapTickets(this Routes routes) => routes
        .Get("", Access.Authenticated, List, new("Listing the tickets") { Data = typeof(TicketView[]), IsList = true })
        .Get("/{ticket_id:id}", Access.Authenticated, Read, new("Reading the ticket")
        {
            Data = typeof(TicketView),
            Refusals = [Refusal.NoSuchTicket, Refusal.NotYours],
        })
        .Post("", Access.Authenticated, Buy, new("Ticket purchase")
        {
            Body = typeof(PurchaseBody),
            Example = """
                { "card_number": "4242424242424242", "expiration_date": "2035-12-31T23:59:59Z", "cvv": "123", "card_holder": "Ada Lovelace",
                  "currency": "Eur", "seat_number": 12, "event_id": "65f0c1d2e3a4b5c6d7e8f901", "user_id": "65f0c1d2e3a4b5c6d7e8f902" }
                """,
            Data = typeof(TicketView),
            IsKeyed = true,
            Note = "The ticket is Pending until its payment has succeeded, a few seconds later.",
            Refusals =
            [
                Refusal.NoSuchEvent, Refusal.NotYours, Refusal.SeatTaken, Refusal.SoldOut, Refusal.SaleOver, Refusal.SeatBeyondCapacity,
                Refusal.OperationIdReused,
            ],
        })
        .Patch("/{ticket_id:id}/seat", Access.Authenticated, MoveSeat, Change("Seat change", Refusal.SeatTaken, Refusal.SeatBeyondCapacity) with
        {
            Body = typeof(SeatBody),
            Example = """{ "seat_number": 13 }""",
        })
        .Patch("/{ticket_id:id}/active", Access.Internal, Activate, new("Activation")
        {
            Data = typeof(TicketView),
            IsKeyed = true,
            Refusals = [Refusal.NoSuchTicket, Refusal.TicketEnded, Refusal.OperationIdReused],
        })
        .Patch("/{ticket_id:id}/cancel", Access.Authenticated, (http, gateway) => End(http, gateway, TicketStatus.Cancelled), Change("Cancellation"))
        .Patch("/{ticket_id:id}/refund", Access.Authenticated, (http, gateway) => End(http, gateway, TicketStatus.Refunded), Change("Refund"))
        .Delete("/{ticket_id:id}", Access.Roles(Role.Admin), Delete, new("Ticket deletion")
        {
            Data = typeof(TicketView),
            IsKeyed = true,
            Refusals = [Refusal.NoSuchTicket, Refusal.OperationIdReused],
        });

    private static RouteDoc Change(string title, params Refusal[] rules) => new(title)
    {
        Data = typeof(TicketView),
        IsKeyed = true,
        Refusals = [Refusal.NoSuchTicket, Refusal.NotYours, Refusal.TicketEnded, Refusal.OperationIdReused, .. rules],
    };

    private static async Task List(HttpContext http, Gateway gateway)
    {
        var caller = http.Identity().Caller;
        UserId? owner = caller.Role is Role.Admin or Role.Operator ? null : caller.UserId;
        await http.List(await gateway.Grains.GetGrain<ITicketListGrain>(0).List(owner, http.PageRequest()), TicketView.Shape);
    }

    private static async Task Read(HttpContext http, Gateway gateway) =>
        await http.Answer(await Grain(http, gateway).Read(http.Identity().Caller), TicketView.Shape);

    private static Task Buy(HttpContext http, Gateway gateway) =>
        Buy(http, gateway, static (gateway, key, purchase) => gateway.Purchases.Ask(key, purchase));

    /// <summary>Has a ticket sold, if what is asked for is well-formed and the caller's own, and answers.</summary>
    internal static async Task Buy(HttpContext http, Gateway gateway, Seller sell)
    {
        var body = await http.ReadBody(Json.Default.PurchaseBody);
        var order = body.Check(gateway.Now);
        var (eventKey, owner, seat, currency, card) = order;
        if (!http.Identity().Caller.MayChange(owner))
        {
            await http.Refuse(Refusal.NotYours);
            return;
        }

        var id = http.IdOfOperation();
        if (gateway.Board?.Find(eventKey)?.SoldOut?.TryRefuse(id, seat, gateway.Now) == true)
        {
            await http.Refuse(Refusal.SoldOut);
            return;
        }

        var operation = Operations.Operation(
            id,
            $"buy\n{eventKey}\n{owner}\n{seat}\n{currency}",
            $"{card.Number.Length} {card.Cvv.Length} {card.Expires.UtcTicks}\n{card.Number}{card.Cvv}{card.Holder}");
        await http.Answer(await sell(gateway, eventKey, new Purchase(operation, owner, seat, currency, card)), TicketView.Shape);
    }

    private static async Task MoveSeat(HttpContext http, Gateway gateway)
    {
        var body = await http.ReadBody(Json.Default.SeatBody);
        var seat = body.Check();
        var operation = http.Operation($"move seat\n{http.PathId("ticket_id")}\n{seat}");
        await http.Answer(await Grain(http, gateway).MoveSeat(operation, http.Identity().Caller, seat), TicketView.Shape);
    }

    private static async Task End(HttpContext http, Gateway gateway, TicketStatus end)
    {
        var operation = http.Operation($"end ticket\n{http.PathId("ticket_id")}\n{end}");
        await http.Answer(await Grain(http, gateway).End(operation, http.Identity().Caller, end), TicketView.Shape);
    }

    private static async Task Activate(HttpContext http, Gateway gateway)
    {
        var operation = http.Operation($"activate ticket\n{http.PathId("ticket_id")}");
        await http.Answer(await Grain(http, gateway).Activate(operation, http.Identity().Caller), TicketView.Shape);
    }

    private static async Task Delete(HttpContext http, Gateway gateway)
    {
        var operation = http.Operation($"delete ticket\n{http.PathId("ticket_id")}");
        await http.Answer(await Grain(http, gateway).Delete(operation, http.Identity().Caller), TicketView.Shape);
    }

    private static ITicketGrain Grain(HttpContext http, Gateway gateway) => gateway.Grains.GetGrain<ITicketGrain>(http.PathId("ticket_id").ToString());
}
