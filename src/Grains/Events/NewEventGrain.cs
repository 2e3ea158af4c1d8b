using Microsoft.Extensions.Logging;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;

namespace Ticketing.Grains.Events;

/// <summary>What a NewEventGrain keeps.</summary>
public sealed record NewEvent
{
    /// <summary>The event that the operation makes, or nothing before the first try.</summary>
    public RecordId? Event { get; init; }
}

[GrainType("new-event")]
internal sealed class NewEventGrain([PersistentState("new-event")] IPersistentState<NewEvent> state, IGrainContext context, ILogger<NewEventGrain> log)
    : INewEventGrain, IGrainBase
{
    public IGrainContext GrainContext => context;

    public async Task<Answer<EventKey>> Reserve(EventKey proposed)
    {
        if (state.State.Event is { } reserved) return new EventKey(reserved);
        return await state.TryReplace(new() { Event = proposed.Value }, context, log) ? proposed : default(Answer<EventKey>);
    }
}
