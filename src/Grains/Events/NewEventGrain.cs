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

[GrainType(NewEventGrain.Name)]
internal sealed class NewEventGrain([PersistentState(NewEventGrain.Name)] IPersistentState<NewEvent> state, IGrainContext context, ILogger<NewEventGrain> log)
    : INewEventGrain, IGrainBase
{
    /// <summary>The name of the grain and of its state. Never changed: it is stored.</summary>
    internal const string Name = "new-event";

    public IGrainContext GrainContext => context;

    public async Task<Answer<EventKey>> Reserve(EventKey proposed)
    {
        if (state.State.Event is { } reserved) return new EventKey(reserved);
        return await state.TryReplace(new() { Event = proposed.Value }, context, log) ? proposed : default(Answer<EventKey>);
    }
}
