namespace Ticketing.Grains.Abstractions.Auth;

/// <summary>Tokens that are refused although their time has not come.</summary>
/// <param name="Key">The fingerprint of one token, or the id of a user: then all of that user's tokens that expire by <paramref name="Expires"/> are meant.</param>
/// <param name="Expires">The <c>exp</c> of the token, or of the last of them: seconds since 1970.</param>
/// <param name="EndedAt">When they were ended.</param>
[GenerateSerializer, Immutable, Alias("EndedToken")]
public sealed record EndedToken([property: Id(0)] RecordId Key, [property: Id(1)] long Expires, [property: Id(2)] DateTimeOffset EndedAt);

/// <summary>Lists of ended tokens, answered by storage. Any key will do.</summary>
[Alias("IEndedTokenListGrain")]
public interface IEndedTokenListGrain : IGrainWithIntegerKey
{
    /// <summary>The tokens that were ended after a moment, in the order of their keys. Those that have expired meanwhile may be missing.</summary>
    [Alias("Since")]
    Task<Page<EndedToken>> Since(DateTimeOffset moment, PageRequest page);
}
