using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Abstractions.Auth;

/// <summary>What an account may do (contract.md 2.1).</summary>
[GenerateSerializer]
public enum Role
{
    /// <summary>Buys tickets. Every registration yields this role.</summary>
    User,

    /// <summary>Also makes events.</summary>
    EventCreator,

    /// <summary>Also reads everybody's records.</summary>
    Operator,

    /// <summary>May do everything.</summary>
    Admin,
}

/// <summary>Who gives a command: verified at the gateway, compared with the record's owner in the grain.</summary>
/// <param name="UserId">The person.</param>
/// <param name="Role">The role named by the person's token.</param>
[GenerateSerializer, Immutable, Alias("Caller")]
public sealed record Caller([property: Id(0)] UserId UserId, [property: Id(1)] Role Role)
{
    /// <summary>Whether the caller may change a record of this owner: the owner and an Admin may.</summary>
    public bool MayChange(UserId owner) => Role == Role.Admin || UserId == owner;

    /// <summary>Whether the caller may read a record of this owner: the owner, an Operator and an Admin may.</summary>
    public bool MayRead(UserId owner) => Role is Role.Admin or Role.Operator || UserId == owner;
}
