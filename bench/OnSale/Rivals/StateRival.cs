using Orleans.Concurrency;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Payments;

namespace Ticketing.OnSale.Rivals;

/// <summary>
/// The grain that everybody writes first: the whole event is its state, and each purchase is a <c>WriteStateAsync</c>, over the product's own grain storage on the embedded
/// engine. Of each event as many seats again as are for sale are sold beforehand: what is measured is how it sells from the middle on.
/// </summary>
internal sealed class StateRival(Func<string, IWholeEventGrain> grain) : IRival
{
    public Task Create(EventKey key, uint seats) => grain(key.ToString()).Create(seats);

    public Task<Answer<TicketRecord>> Buy(EventKey key, Purchase purchase) => grain(key.ToString()).Buy(purchase);

    public Task<Stock> Count(EventKey key) => grain(key.ToString()).Count();

    public ValueTask DisposeAsync() => default;
}

/// <summary>What both kinds are asked.</summary>
[Alias("IWholeEventGrain")]
internal interface IWholeEventGrain : IGrainWithStringKey
{
    [Alias("Create")]
    Task Create(uint seats);

    [Alias("Buy")]
    Task<Answer<TicketRecord>> Buy(Purchase purchase);

    /// <summary>Counts what was sold since the event was made, by the state that is stored.</summary>
    [Alias("Count")]
    Task<Stock> Count();
}

/// <summary>Answers one call before it looks at the next: a purchase, a write.</summary>
[Alias("IOneAtATimeGrain")]
internal interface IOneAtATimeGrain : IWholeEventGrain;

/// <summary>Takes calls while it writes: those that come meanwhile share the next write, which Orleans sees to.</summary>
[Alias("IInterleavedGrain")]
internal interface IInterleavedGrain : IWholeEventGrain;

[GrainType("rival-one-at-a-time")]
internal sealed class OneAtATimeGrain(IGrainContext context, [PersistentState("sale")] IPersistentState<WholeEvent> state, IPaymentProvider cards, TimeProvider time)
    : WholeEventGrain(context, state, cards, time), IOneAtATimeGrain;

[Reentrant, GrainType("rival-interleaved")]
internal sealed class InterleavedGrain(IGrainContext context, [PersistentState("sale")] IPersistentState<WholeEvent> state, IPaymentProvider cards, TimeProvider time)
    : WholeEventGrain(context, state, cards, time), IInterleavedGrain;

internal abstract class WholeEventGrain(IGrainContext context, IPersistentState<WholeEvent> state, IPaymentProvider cards, TimeProvider time) : IGrainBase
{
    private readonly EventKey key = EventKey.Parse(context.GrainId.Key.ToString()!);
    private readonly HashSet<uint> taken = [];
    private readonly Dictionary<string, WholeTicket> operations = [];

    public IGrainContext GrainContext => context;

    private WholeEvent Sale => state.State;

    public Task OnActivateAsync(CancellationToken token)
    {
        foreach (var ticket in Sale.Tickets) Know(ticket);
        return Task.CompletedTask;
    }

    public Task Create(uint seats)
    {
        var now = time.Now();
        (Sale.Capacity, Sale.Remaining, Sale.Price, Sale.Date) = (2 * seats, seats, Selling.Price, now + Selling.Ahead);
        for (var seat = seats + 1; seat <= 2 * seats; seat++)
        {
            var purchase = new Purchase(new(OperationId.New(), seat), new(RecordId.New(now)), seat, Currency.Eur, null!);
            Sell(WholeTicket.Of(Selling.Ticket(key, purchase, now), purchase.Operation, "sim_0000000000000000"));
        }

        return state.WriteStateAsync();
    }

    public async Task<Answer<TicketRecord>> Buy(Purchase purchase)
    {
        var card = await cards.Tokenise(purchase.Card, CancellationToken.None);
        // From here to the write nothing is awaited: what was decided is what is written.
        var operation = purchase.Operation;
        if (operations.TryGetValue(operation.Id.ToString(), out var earlier))
        {
            if (earlier.Fingerprint != operation.Fingerprint) return Refusal.OperationIdReused;
            await state.WriteStateAsync();
            return earlier.Record(key, Sale.Price);
        }

        // Refusals are not measured, and come from memory: the product would have them wait for the write that they follow from.
        var now = time.Now();
        if (!state.RecordExists) return Refusal.NoSuchEvent;
        if (Sale.Date <= now) return Refusal.SaleOver;
        if (purchase.Seat > Sale.Capacity) return Refusal.SeatBeyondCapacity;
        if (taken.Contains(purchase.Seat)) return Refusal.SeatTaken;
        if (Sale.Remaining == 0) return Refusal.SoldOut;
        var ticket = Selling.Ticket(key, purchase, now) with { Price = Sale.Price };
        Sale.Remaining--;
        Sell(WholeTicket.Of(ticket, operation, card));
        try
        {
            await state.WriteStateAsync();
            return ticket;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Memory holds what storage may not have got.
            this.DeactivateOnIdle();
            return default;
        }
    }

    public async Task<Stock> Count()
    {
        await state.ReadStateAsync();
        var half = Sale.Capacity / 2;
        var sold = Sale.Tickets.Where(ticket => ticket.Seat <= half).ToList();
        return new(half - Sale.Remaining, sold.Count, sold.Select(ticket => ticket.Seat).Distinct().LongCount(), sold.Select(ticket => ticket.Payment).Distinct().LongCount());
    }

    private void Sell(WholeTicket ticket)
    {
        Sale.Tickets.Add(ticket);
        Know(ticket);
    }

    private void Know(WholeTicket ticket)
    {
        taken.Add(ticket.Seat);
        operations.Add(ticket.Operation, ticket);
    }
}
