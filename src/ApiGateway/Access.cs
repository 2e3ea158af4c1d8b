using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.ApiGateway;

/// <summary>Who may call a route (contract.md 2.4). Declared where the route is declared, enforced by <see cref="Front"/> before the body is read.</summary>
internal sealed class Access
{
    private readonly Role[]? roles;

    private Access(string name, Role[]? roles = null)
    {
        Name = name;
        this.roles = roles;
    }

    /// <summary>No token is read.</summary>
    public static Access Public { get; } = new("everybody");

    /// <summary>Any valid external token; the internal one where it acts as Admin.</summary>
    public static Access Authenticated { get; } = new("everybody who is signed in");

    /// <summary>The internal token alone.</summary>
    public static Access Internal { get; } = new("services, with the internal token");

    /// <summary>Any valid external token, and no other.</summary>
    public static Access People { get; } = new("people, with a token of their own");

    /// <summary>An administrator, and the internal token even where it does not act as one.</summary>
    public static Access AdminOrInternal { get; } = new("Admin, and services with the internal token", [Role.Admin]);

    /// <summary>Who that is, in words.</summary>
    public string Name { get; }

    /// <summary>An external token with one of the roles; the internal one where it acts as Admin.</summary>
    public static Access Roles(params Role[] roles) => new(string.Join(", ", roles), roles);

    /// <summary>The status to refuse with, or nothing when the caller may pass.</summary>
    /// <param name="identity">Who calls; absent when there was no valid token.</param>
    /// <param name="internalActsAsAdmin">Whether the internal token is accepted on ordinary routes.</param>
    public int? Refuses(Identity? identity, bool internalActsAsAdmin)
    {
        if (this == Public)
            return null;
        if (identity is null)
            return StatusCodes.Status401Unauthorized;
        if (this == Internal)
            return identity.IsInternal ? null : StatusCodes.Status403Forbidden;
        if (this == People)
            return identity.IsInternal ? StatusCodes.Status403Forbidden : null;
        if (this == AdminOrInternal && identity.IsInternal)
            return null;
        if (identity.IsInternal && !internalActsAsAdmin)
            return StatusCodes.Status401Unauthorized;
        return roles is null || roles.Contains(identity.Caller.Role) ? null : StatusCodes.Status403Forbidden;
    }
}
