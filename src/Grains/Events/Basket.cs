using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;

namespace Ticketing.Grains.Events;

/// <summary>Purchases that came together: their cards go to the provider at the same time, and then the sale decides them one after the other.</summary>
internal sealed class Basket(Purchase[] purchases)
{
    private readonly string?[] tokens = new string?[purchases.Length];
    private readonly Answer<TicketRecord>[] answers = new Answer<TicketRecord>[purchases.Length];

    /// <summary>Gets tokens of the cards that are needed: what is a repeat or refused is answered without handing a card over.</summary>
    public async ValueTask HandCardsOver(CardDesk cards, Sale sale, DateTimeOffset now)
    {
        var asked = new Task[purchases.Length];
        for (var i = 0; i < purchases.Length; i++)
        {
            asked[i] = sale.CanAnswer(purchases[i].Operation, purchases[i].Seat, now, out _) ? Task.CompletedTask : Tokenise(i, cards);
        }

        foreach (var one in asked) await one;
    }

    /// <summary>
    /// Decides what there is a token for. Of the others, what is a repeat or refused is looked at again, for time may have passed; where the provider made no token, the answer stays
    /// unknown.
    /// </summary>
    public Answer<TicketRecord>[] Buy(Sale sale, TimeSpan paymentTimeout, DateTimeOffset now)
    {
        for (var i = 0; i < purchases.Length; i++)
        {
            var purchase = purchases[i];
            if (tokens[i] is not { } token) answers[i] = sale.CanAnswer(purchase.Operation, purchase.Seat, now, out var answer) ? answer : default;
            else answers[i] = sale.Buy(purchase, TicketId.New(now), PaymentId.New(now), token, now + paymentTimeout, now);
        }

        return answers;
    }

    // A task, so that all can be under way: it costs nothing where the provider answers at once.
    private async Task Tokenise(int place, CardDesk cards) => tokens[place] = await cards.Tokenise(purchases[place].Card);
}
