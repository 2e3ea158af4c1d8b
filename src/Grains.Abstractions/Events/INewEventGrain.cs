namespace Ticketing.Grains.Abstractions.Events;

/// <summary>Which event a repeatable creation makes, so that a repeat reaches the event that the first try made. Its key is the operation id.</summary>
[Alias("INewEventGrain")]
public interface INewEventGrain : IGrainWithStringKey
{
    /// <summary>Takes the proposed id the first time, and answers with that one ever after.</summary>
    /// <returns>The event's id, or unknown.</returns>
    [Alias("Reserve")]
    Task<Answer<EventKey>> Reserve(EventKey proposed);
}
