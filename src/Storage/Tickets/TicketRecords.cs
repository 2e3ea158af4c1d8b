using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Tickets;

namespace Ticketing.Storage.Tickets;

/// <summary>The tickets' records over an engine.</summary>
internal sealed class TicketRecords(IEngine engine) : ITicketRecords
{
    private static readonly Condition NotDeleted = new("deleted", Test.Absent, Cell.None);

    public ValueTask<Page<TicketRecord>> List(UserId? owner, PageRequest page) => owner is { } user
        ? engine.Page(Tables.Tickets, page, one => one.Ticket, new Condition("user_id", Test.Equal, Cell.Of(user.Value)), NotDeleted)
        : engine.Page(Tables.Tickets, page, one => one.Ticket, NotDeleted);

    public async ValueTask<TicketRecord?> Find(TicketId id) => await engine.Find(Tables.Tickets, id.Value) is { IsDeleted: false } found ? found.Ticket : null;

    public async ValueTask<EventKey?> EventOf(TicketId id) => (await engine.Find(Tables.Tickets, id.Value))?.Ticket.EventId;
}
