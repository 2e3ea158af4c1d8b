using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.Grains.Auth;

/// <summary>What a CredentialGrain keeps.</summary>
public sealed record CredentialState
{
    /// <summary>The credential, or nothing when there is none.</summary>
    public CredentialRecord? Credential { get; init; }

    /// <summary>What <see cref="PasswordHasher"/> made of the password.</summary>
    public string PasswordHash { get; init; } = "";
}
