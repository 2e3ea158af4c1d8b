using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Tests.Users;

namespace Ticketing.Grains.Tests.Tickets;

[Collection(AccountCluster.Name)]
public sealed class TicketTests(AccountCluster accounts)
{
    private static readonly Operation Operation = new(new(1, 2), 3);

    [Fact]
    public async Task A_ticket_is_read_by_its_owner_and_by_those_who_may_read_everybodys()
    {
        var ticket = NewTicket();
        var grain = Grain(ticket.Id);

        Assert.Equal(ticket, (await grain.Read(new(ticket.UserId, Role.User))).Value);
        Assert.Equal(ticket, (await grain.Read(Stranger(Role.Operator))).Value);
        Assert.Equal(Refusal.NotYours, (await grain.Read(Stranger(Role.User))).Refusal);
        Assert.Equal(Refusal.NotYours, (await grain.Read(Stranger(Role.EventCreator))).Refusal);
    }

    [Fact]
    public async Task Commands_are_passed_on_to_the_event_of_the_ticket()
    {
        var ticket = NewTicket();
        var caller = new Caller(ticket.UserId, Role.User);
        accounts.Neighbours.Changes.Clear();
        accounts.Neighbours.EventAnswer = ticket;

        Assert.Equal(ticket, (await Grain(ticket.Id).MoveSeat(Operation, caller, 8)).Value);
        accounts.Neighbours.EventAnswer = Refusal.NotYours;
        Assert.Equal(Refusal.NotYours, (await Grain(ticket.Id).End(Operation, caller, TicketStatus.Refunded)).Refusal);

        await Grain(ticket.Id).Activate(Operation, caller);
        await Grain(ticket.Id).Delete(Operation, caller);

        Assert.Equal(
            [
                (ticket.EventId.ToString(), new MoveSeat(Operation, ticket.Id, caller, 8)),
                (ticket.EventId.ToString(), new EndTicket(Operation, ticket.Id, caller, TicketStatus.Refunded)),
                (ticket.EventId.ToString(), new ActivateTicket(Operation, ticket.Id, caller)),
                (ticket.EventId.ToString(), new DeleteTicket(Operation, ticket.Id, caller)),
            ],
            accounts.Neighbours.Changes);
    }

    [Fact]
    public async Task A_ticket_that_does_not_exist_is_refused_by_name_and_not_kept_in_memory()
    {
        var grain = Grain(TicketId.New(accounts.Time.GetUtcNow()));
        var caller = Stranger(Role.Admin);

        Assert.Equal(Refusal.NoSuchTicket, (await grain.Read(caller)).Refusal);
        Assert.Equal(Refusal.NoSuchTicket, (await grain.MoveSeat(Operation, caller, 1)).Refusal);
        Assert.Equal(Refusal.NoSuchTicket, (await grain.End(Operation, caller, TicketStatus.Cancelled)).Refusal);
        Assert.Equal(Refusal.NoSuchTicket, (await grain.Activate(Operation, caller)).Refusal);
        Assert.Equal(Refusal.NoSuchTicket, (await grain.Delete(Operation, caller)).Refusal);
        await accounts.LeavesMemory(grain);
    }

    [Fact]
    public async Task A_list_is_everybodys_or_one_owners()
    {
        var (mine, other) = (NewTicket(), NewTicket());
        var list = accounts.Grains.GetGrain<ITicketListGrain>(0);

        Assert.Equal([mine], (await list.List(mine.UserId, PageRequest.First)).Items);
        Assert.Contains(other, (await list.List(null, PageRequest.First)).Items);
    }

    private ITicketGrain Grain(TicketId id) => accounts.Grains.GetGrain<ITicketGrain>(id.ToString());

    private Caller Stranger(Role role) => new(UserId.New(accounts.Time.GetUtcNow()), role);

    private TicketRecord NewTicket()
    {
        var now = accounts.Time.GetUtcNow();
        var ticket = new TicketRecord(
            TicketId.New(now), now, 7, TicketStatus.Pending, 50, EventKey.New(now), UserId.New(now), new PaymentId(RecordId.New(now)), default);
        return accounts.Tickets.Tickets[ticket.Id] = ticket;
    }
}
