using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;

namespace Ticketing.Grains.Events;

/// <summary>The events' records, answered by storage.</summary>
public interface IEventRecords
{
    /// <summary>All events that were not deleted.</summary>
    ValueTask<Page<EventRecord>> List(PageRequest page);

    /// <summary>One event, or nothing when there is none or it was deleted.</summary>
    ValueTask<EventRecord?> Find(EventKey key);
}
