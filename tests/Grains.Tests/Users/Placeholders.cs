using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;

namespace Ticketing.Grains.Tests.Users;

// A call needs a class to be addressed to, even when a filter answers it. This goes when the product's own EventGrain exists.
[GrainType("placeholder-event")]
internal sealed class PlaceholderEventGrain : Grain, IEventGrain
{
    public Task<Answer<EventRecord>> Create(Operation operation, Caller caller, EventDetails details) => throw new NotSupportedException();

    public Task<Answer<EventRecord>> Update(Operation operation, Caller caller, EventDetails details, uint remainingSeats) => throw new NotSupportedException();

    public Task<Answer<EventRecord>> Delete(Operation operation, Caller caller) => throw new NotSupportedException();

    public Task<Answer<TicketRecord>> Buy(Purchase purchase) => throw new NotSupportedException();

    public Task<Answer<TicketRecord>> Change(TicketChange change) => throw new NotSupportedException();

    public Task<bool> Settle(SettledPayment[] payments) => throw new NotSupportedException();
}
