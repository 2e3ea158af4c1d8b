using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Tickets;

/// <summary>The tickets' records, answered by storage.</summary>
public interface ITicketRecords
{
    /// <summary>All tickets, or those of one owner.</summary>
    ValueTask<Page<TicketRecord>> List(UserId? owner, PageRequest page);

    /// <summary>One ticket, or nothing when there is none.</summary>
    ValueTask<TicketRecord?> Find(TicketId id);
}
