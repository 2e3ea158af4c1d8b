using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Tickets;

/// <summary>The tickets' records, answered by storage.</summary>
public interface ITicketRecords
{
    /// <summary>All tickets that were not deleted, or those of one owner.</summary>
    ValueTask<Page<TicketRecord>> List(UserId? owner, PageRequest page);

    /// <summary>One ticket, or nothing when there is none or it was deleted.</summary>
    ValueTask<TicketRecord?> Find(TicketId id);

    /// <summary>The event whose ledger knows a ticket, also one that was deleted; nothing when there never was one.</summary>
    ValueTask<EventKey?> EventOf(TicketId id);
}
