using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Users;

/// <summary>What a UserGrain keeps.</summary>
public sealed record UserState
{
    /// <summary>The profile, or nothing when there is none.</summary>
    public UserRecord? Profile { get; init; }
}
