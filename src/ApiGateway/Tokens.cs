using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Ticketing.ApiGateway.Auth;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway;

/// <summary>Makes and checks the two kinds of token (contract.md 2.2 and 2.3): HS256, each kind with its own key.</summary>
/// <param name="settings">The keys and the longest token.</param>
/// <param name="ended">The tokens that are refused although they live.</param>
/// <param name="time">The clock that lifetimes are judged by.</param>
public sealed class Tokens(GatewaySettings settings, EndedTokens ended, TimeProvider time)
{
    /// <summary>How long a person's token lives.</summary>
    public static readonly TimeSpan ExternalLifetime = TimeSpan.FromMinutes(60);

    /// <summary>How long a service's token lives.</summary>
    public static readonly TimeSpan InternalLifetime = TimeSpan.FromMinutes(5);

    /// <summary>How long after its end a token is still accepted, so that clocks may differ.</summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);

    // A logout and a login a second apart are common, sixty of them are not.
    private const int MostShortened = 60;

    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials external = Signature(settings.ExternalKey);
    private readonly SigningCredentials @internal = Signature(settings.InternalKey);
    private readonly TokenValidationParameters ofExternal = Parameters(settings.ExternalKey);
    private readonly TokenValidationParameters ofInternal = Parameters(settings.InternalKey);

    /// <summary>The tokens that need not be checked again.</summary>
    internal KnownTokens Known { get; } = new();

    /// <summary>The <c>exp</c> by which all tokens that anybody can have been given so far expire, though the clocks of gateways differ: seconds since 1970.</summary>
    public long LatestExpiry => ExpiryOf(ExternalLifetime + Leeway);

    /// <summary>A person's token.</summary>
    /// <param name="user">The person.</param>
    /// <param name="role">The role it grants for its whole life.</param>
    public string MintExternal(UserId user, Role role) => MintExternal(user, role, ExpiryOf(ExternalLifetime));

    /// <summary>
    /// A person's token that has not been ended. A token says nothing but who, which role and until which second, so that one minted in the second of a logout
    /// would be the very token that was ended: it gets a second less to live.
    /// </summary>
    /// <param name="user">The person.</param>
    /// <param name="role">The role it grants for its whole life.</param>
    /// <returns>The token, or nothing while all tokens that could be minted are ended: those of a person who was just removed.</returns>
    public async Task<string?> Issue(UserId user, Role role)
    {
        await ended.CatchUp();
        var latest = ExpiryOf(ExternalLifetime);
        for (var expires = latest; expires >= latest - MostShortened; expires--)
        {
            var token = MintExternal(user, role, expires);
            if (!ended.Has(user.Value, expires) && !ended.Has(Fingerprint(token), expires))
                return token;
        }

        return null;
    }

    /// <summary>A service's token.</summary>
    public string MintInternal() => Mint(@internal, ExpiryOf(InternalLifetime), new() { ["internal"] = true });

    /// <summary>Checks a token of either kind.</summary>
    /// <param name="text">The token, without the word Bearer.</param>
    /// <returns>Whom it speaks for, or nothing when it is none, forged, expired or ended.</returns>
    public ValueTask<Identity?> Verify(ReadOnlySpan<char> text)
    {
        if (text.Length == 0 || text.Length > settings.LongestToken)
            return default;
        return Known.Find(text) is { } identity ? new(IfAlive(identity)) : Check(text.ToString());
    }

    // What does not change in a token's life; what may is asked of every request.
    private async ValueTask<Identity?> Check(string text)
    {
        if (Parse(text) is not var (token, claims) || claims.Exp is not { } expires || !IsAlive(expires))
            return null;

        // The claim only chooses the key; whoever writes it without having that key fails at the signature.
        var isInternal = claims.Internal is not null;
        var result = await handler.ValidateTokenAsync(token, isInternal ? ofInternal : ofExternal);
        if (!result.IsValid || Speaker(claims) is not { } caller)
            return null;
        var identity = new Identity(caller, expires, isInternal) { Token = Fingerprint(text) };
        Known.Keep(text, identity);
        return IfAlive(identity);
    }

    private static Caller? Speaker(TokenClaims claims) =>
        claims.Internal is { } isService ? isService ? new Caller(MadeUp(), Role.Admin) : null
        : RecordId.TryParse(claims.UserId, out var user) && claims.Role is { } role ? new Caller(new UserId(user), role)
        : null;

    private Identity? IfAlive(Identity identity)
    {
        if (!IsAlive(identity.Expires))
            return null;
        if (identity.IsInternal)
            return identity with { Caller = new Caller(MadeUp(), Role.Admin) };
        return ended.Has(identity.Token, identity.Expires) || ended.Has(identity.Caller.UserId.Value, identity.Expires) ? null : identity;
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

    // Of what is signed alone: the signature can be written in several ways, and they are one token.
    private static RecordId Fingerprint(string token)
    {
        var signed = token.AsSpan(0, token.LastIndexOf('.'));
        Span<byte> bytes = signed.Length <= 1024 ? stackalloc byte[signed.Length] : new byte[signed.Length];
        Encoding.ASCII.GetBytes(signed, bytes);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return RecordId.Read(hash);
    }

    private long ExpiryOf(TimeSpan lifetime) => (time.GetUtcNow() + lifetime).ToUnixTimeSeconds();

    private string MintExternal(UserId user, Role role, long expires) =>
        Mint(external, expires, new() { ["user_id"] = user.ToString(), ["role"] = role.ToString() });

    private string Mint(SigningCredentials signature, long expires, Dictionary<string, object> claims)
    {
        claims["exp"] = expires;
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

    private bool IsAlive(long expires) => expires >= time.GetUtcNow().ToUnixTimeSeconds() - (long)Leeway.TotalSeconds;
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
