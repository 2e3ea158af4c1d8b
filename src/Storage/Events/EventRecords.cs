using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Events;

namespace Ticketing.Storage.Events;

/// <summary>The events' records over an engine.</summary>
internal sealed class EventRecords(IEngine engine) : IEventRecords
{
    public ValueTask<Page<EventRecord>> List(PageRequest page) =>
        engine.Page(Tables.Events, page, one => one.Event, new Condition("deleted", Test.Equal, Cell.Of(0)));

    public async ValueTask<EventRecord?> Find(EventKey key) =>
        await engine.Find(Tables.Events, key.Value) is { IsDeleted: false } found ? found.Event : null;
}
