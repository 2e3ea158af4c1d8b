using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway;

/// <summary>Makes and checks the two kinds of token (contract.md 2.2 and 2.3): HS256, each kind with its own key.</summary>
/// <param name="settings">The keys and the longest token.</param>
/// <param name="time">The clock that lifetimes are judged by.</param>
public sealed class Tokens(GatewaySettings settings, TimeProvider time)
{
    /// <summary>How long a person's token lives.</summary>
    public static readonly TimeSpan ExternalLifetime = TimeSpan.FromMinutes(60);

    /// <summary>How long a service's token lives.</summary>
    public static readonly TimeSpan InternalLifetime = TimeSpan.FromMinutes(5);

    /// <summary>How long after its end a token is still accepted, so that clocks may differ.</summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);

    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials external = Signature(settings.ExternalKey);
    private readonly SigningCredentials @internal = Signature(settings.InternalKey);
    private readonly TokenValidationParameters ofExternal = Parameters(settings.ExternalKey);
    private readonly TokenValidationParameters ofInternal = Parameters(settings.InternalKey);

    /// <summary>A person's token.</summary>
    /// <param name="user">The person.</param>
    /// <param name="role">The role it grants for its whole life.</param>
    public string MintExternal(UserId user, Role role) =>
        Mint(external, ExternalLifetime, new() { ["user_id"] = user.ToString(), ["role"] = role.ToString() });

    /// <summary>A service's token.</summary>
    public string MintInternal() => Mint(@internal, InternalLifetime, new() { ["internal"] = true });

    /// <summary>Checks a token of either kind.</summary>
    /// <param name="text">The token, without the word Bearer.</param>
    /// <returns>Whom it speaks for, or nothing when it is none, forged or expired.</returns>
    public async ValueTask<Identity?> Verify(string text)
    {
        if (text.Length > settings.LongestToken || Parse(text) is not var (token, claims) || !IsAlive(claims))
            return null;

        // The claim only chooses the key; whoever writes it without having that key fails at the signature.
        var isInternal = claims.Internal is not null;
        var result = await handler.ValidateTokenAsync(token, isInternal ? ofInternal : ofExternal);
        if (!result.IsValid)
            return null;
        if (isInternal)
            return claims.Internal is true ? new Identity(new Caller(MadeUp(), Role.Admin), claims.Exp!.Value, IsInternal: true) : null;
        return RecordId.TryParse(claims.UserId, out var user) && claims.Role is { } role
            ? new Identity(new Caller(new UserId(user), role), claims.Exp!.Value, IsInternal: false)
            : null;
    }

    private static SigningCredentials Signature(ReadOnlyMemory<byte> key) =>
        new(new SymmetricSecurityKey(key.ToArray()), SecurityAlgorithms.HmacSha256);

    private static (JsonWebToken Token, TokenClaims Claims)? Parse(string text)
    {
        try
        {
            var token = new JsonWebToken(text);
            var claims = JsonSerializer.Deserialize(Base64UrlEncoder.DecodeBytes(token.EncodedPayload), Json.Default.TokenClaims);
            return claims is null || claims.Aud.ValueKind != JsonValueKind.Undefined ? null : (token, claims);
        }
        catch (Exception fault) when (fault is ArgumentException or SecurityTokenException or FormatException or JsonException)
        {
            return null;
        }
    }

    private static UserId MadeUp() => new(RecordId.Read(RandomNumberGenerator.GetBytes(RecordId.Size)));

    private string Mint(SigningCredentials signature, TimeSpan lifetime, Dictionary<string, object> claims)
    {
        claims["exp"] = (time.GetUtcNow() + lifetime).ToUnixTimeSeconds();
        return handler.CreateToken(new SecurityTokenDescriptor { Claims = claims, SigningCredentials = signature });
    }

    // Lifetimes are judged here, by the injected clock and as numbers: an exp centuries ahead is beyond what a DateTime holds.
    private static TokenValidationParameters Parameters(ReadOnlyMemory<byte> key) => new()
    {
        IssuerSigningKey = Signature(key).Key,
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        ValidTypes = ["JWT"],
        ValidateAudience = false,
        ValidateIssuer = false,
        ValidateLifetime = false,
        TryAllIssuerSigningKeys = true,
    };

    private bool IsAlive(TokenClaims claims) => claims.Exp >= time.GetUtcNow().ToUnixTimeSeconds() - (long)Leeway.TotalSeconds;
}

/// <summary>The claims that mean something here. They are read strictly: the library's own reading takes numbers for strings and the like.</summary>
internal sealed class TokenClaims
{
    public string? UserId { get; set; }

    public Role? Role { get; set; }

    public bool? Internal { get; set; }

    public long? Exp { get; set; }

    /// <summary>Its presence alone refuses a token, whatever it holds.</summary>
    public JsonElement Aud { get; set; }
}
