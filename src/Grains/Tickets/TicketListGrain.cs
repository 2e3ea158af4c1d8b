using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Tickets;

[GrainType("ticket-list"), StatelessWorker]
internal sealed class TicketListGrain(ITicketRecords tickets, IGrainContext context) : ITicketListGrain, IGrainBase
{
    public IGrainContext GrainContext => context;

    public Task<Page<TicketRecord>> List(UserId? owner, PageRequest page) => tickets.List(owner, page).AsTask();
}
