using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;

namespace Ticketing.Grains.Tickets;

/// <summary>Keeps nothing: the ticket's standing is its event's, and a copy here could go stale.</summary>
[GrainType("ticket")]
internal sealed class TicketGrain(ITicketRecords tickets, IGrainFactory grains, IGrainContext context) : ITicketGrain, IGrainBase
{
    private readonly Departure departure = new();

    public IGrainContext GrainContext => context;

    private TicketId Id => TicketId.Parse(this.GetPrimaryKeyString());

    public async Task<Answer<TicketRecord>> Read(Caller caller)
    {
        if (await tickets.Find(Id) is not { } ticket) return NoSuchTicket();
        return caller.MayRead(ticket.UserId) ? ticket : Refusal.NotYours;
    }

    public Task<Answer<TicketRecord>> MoveSeat(Operation operation, Caller caller, uint seat) =>
        Change(new MoveSeat(operation, Id, caller, seat));

    public Task<Answer<TicketRecord>> End(Operation operation, Caller caller, TicketStatus end) =>
        Change(new EndTicket(operation, Id, caller, end));

    public Task<Answer<TicketRecord>> Activate(Operation operation, Caller caller) => Change(new ActivateTicket(operation, Id, caller));

    public Task<Answer<TicketRecord>> Delete(Operation operation, Caller caller) => Change(new DeleteTicket(operation, Id, caller));

    /// <summary>Asked also of a deleted ticket: a command that was carried out before is answered as it was then.</summary>
    private async Task<Answer<TicketRecord>> Change(TicketChange change)
    {
        if (await tickets.EventOf(Id) is not { } key) return NoSuchTicket();
        return await grains.GetGrain<IEventGrain>(key.ToString()).Change(change);
    }

    private Answer<TicketRecord> NoSuchTicket()
    {
        // Anybody can ask for ids that no ticket has; those are not kept in memory.
        departure.Begin(this);
        return Refusal.NoSuchTicket;
    }
}
