using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;

namespace Ticketing.Grains.Events;

[GrainType("event-list"), StatelessWorker]
internal sealed class EventListGrain(IEventRecords events, IGrainContext context) : IEventListGrain, IGrainBase
{
    public IGrainContext GrainContext => context;

    public Task<Page<EventRecord>> List(PageRequest page) => events.List(page).AsTask();

    public Task<EventRecord?> Find(EventKey key) => events.Find(key).AsTask();
}
