using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Tickets;

namespace Ticketing.Storage.Tickets;

/// <summary>The tickets' records over an engine.</summary>
internal sealed class TicketRecords(IEngine engine) : ITicketRecords
{
    public ValueTask<Page<TicketRecord>> List(UserId? owner, PageRequest page) => owner is { } user
        ? engine.Page(Tables.Tickets, page, one => one, new Condition("user_id", Test.Equal, Cell.Of(user.Value)))
        : engine.Page(Tables.Tickets, page, one => one);

    public ValueTask<TicketRecord?> Find(TicketId id) => engine.Find(Tables.Tickets, id.Value);
}
