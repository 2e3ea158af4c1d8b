using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.Grains.Abstractions.Events;

/// <summary>A piece of an event's history, or the rule that refuses it.</summary>
/// <param name="Lines">Whole lines of the export, UTF-8, each with its end; docs/history.md describes them. Empty when it is refused.</param>
/// <param name="Refusal">The rule; present on the one page there is then.</param>
[GenerateSerializer, Immutable, Alias("HistoryPage")]
public sealed record HistoryPage([property: Id(0)] byte[] Lines, [property: Id(1)] Refusal? Refusal = null);

/// <summary>The history of one event's sale, read from its journal: the event itself is not asked. Its key is the event's.</summary>
[Alias("IEventHistoryGrain")]
public interface IEventHistoryGrain : IGrainWithStringKey
{
    /// <summary>
    /// The history up to now, page by page, also of an event that was deleted. People and operations are pseudonyms, the same for one throughout the event. Refused are <see cref="Refusal.NoSuchEvent"/>
    /// and <see cref="Refusal.NotYours"/>.
    /// </summary>
    /// <param name="caller">Who asks: the event's creator or an Admin.</param>
    /// <param name="cancellation">Ends the reading.</param>
    [Alias("Pages")]
    IAsyncEnumerable<HistoryPage> Pages(Caller caller, CancellationToken cancellation = default);
}
