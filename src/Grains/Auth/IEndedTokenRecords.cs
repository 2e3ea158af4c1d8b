using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.Grains.Auth;

/// <summary>The ended tokens, kept by storage until they would have expired anyway.</summary>
public interface IEndedTokenRecords
{
    /// <summary>Keeps ended tokens, in place of what an earlier end with the same key says.</summary>
    /// <returns>Whether that is durable; if not, nobody can say.</returns>
    ValueTask<bool> Add(EndedToken ended);

    /// <summary>The tokens that were ended after a moment, in the order of their keys.</summary>
    ValueTask<Page<EndedToken>> Since(DateTimeOffset moment, PageRequest page);
}
