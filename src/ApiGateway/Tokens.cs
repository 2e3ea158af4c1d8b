using System.Security.Cryptography;
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
        if (text.Length > settings.LongestToken || Parse(text) is not { } token)
            return null;

        // The claim only chooses the key; whoever writes it without having that key fails at the signature.
        var isInternal = token.TryGetPayloadValue<object>("internal", out var mark);
        var result = await handler.ValidateTokenAsync(token, Parameters(isInternal ? @internal : external));
        if (!result.IsValid || !token.TryGetPayloadValue<object>("exp", out var exp) || Seconds(exp) is not { } expires)
            return null;
        if (isInternal)
            return mark is true ? new Identity(new Caller(MadeUp(), Role.Admin), expires, IsInternal: true) : null;
        return token.TryGetPayloadValue<object>("user_id", out var user) && RecordId.TryParse(user as string, out var id)
            && token.TryGetPayloadValue<object>("role", out var name) && Names<Role>.TryParse(name as string, out var role)
                ? new Identity(new Caller(new UserId(id), role), expires, IsInternal: false)
                : null;
    }

    private static SigningCredentials Signature(ReadOnlyMemory<byte> key) =>
        new(new SymmetricSecurityKey(key.ToArray()), SecurityAlgorithms.HmacSha256);

    private static JsonWebToken? Parse(string text)
    {
        try
        {
            var token = new JsonWebToken(text);
            return token.TryGetPayloadValue<object>("aud", out _) ? null : token;
        }
        catch (Exception fault) when (fault is ArgumentException or SecurityTokenException or FormatException)
        {
            return null;
        }
    }

    private static long? Seconds(object? exp) => exp switch
    {
        int seconds => seconds,
        long seconds => seconds,
        _ => null,
    };

    private static UserId MadeUp() => new(RecordId.Read(RandomNumberGenerator.GetBytes(RecordId.Size)));

    private string Mint(SigningCredentials signature, TimeSpan lifetime, Dictionary<string, object> claims)
    {
        claims["exp"] = (time.GetUtcNow() + lifetime).ToUnixTimeSeconds();
        return handler.CreateToken(new SecurityTokenDescriptor { Claims = claims, SigningCredentials = signature });
    }

    private TokenValidationParameters Parameters(SigningCredentials signature) => new()
    {
        IssuerSigningKey = signature.Key,
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        ValidTypes = ["JWT"],
        ValidateAudience = false,
        ValidateIssuer = false,
        TryAllIssuerSigningKeys = true,
        LifetimeValidator = (_, _, token, _) => IsAlive((JsonWebToken)token),
    };

    // Compared as numbers: an exp centuries ahead is beyond what a DateTime holds.
    private bool IsAlive(JsonWebToken token) =>
        token.TryGetPayloadValue<object>("exp", out var exp) && Seconds(exp) is { } seconds
        && seconds >= time.GetUtcNow().ToUnixTimeSeconds() - (long)Leeway.TotalSeconds;
}
