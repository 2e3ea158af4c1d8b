using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.ApiGateway;

/// <summary>Whom a valid token speaks for.</summary>
/// <param name="Caller">The person and the role. For an internal token an Admin whose id is made up for this request.</param>
/// <param name="Expires">The token's <c>exp</c>, seconds since 1970. It may lie centuries ahead.</param>
/// <param name="IsInternal">Whether a service calls, and no person.</param>
public sealed record Identity(Caller Caller, long Expires, bool IsInternal)
{
    /// <summary>The fingerprint under which a person's token can be ended; of no use for an internal one.</summary>
    public RecordId Token { get; init; }

    /// <summary>What keeps the operation ids of two callers apart. The made-up id of an internal token would change with every repeat.</summary>
    public string OperationOwner => IsInternal ? "internal" : Caller.UserId.ToString();
}
