using System.Net;
using Ticketing.ApiGateway.Auth;

namespace Ticketing.ApiGateway;

/// <summary>What the gateway must be told. A wrong value is refused here, with one line that says what is wrong.</summary>
public sealed record GatewaySettings
{
    /// <summary>The shortest signature key, in bytes: as long as the hash that HS256 is built on.</summary>
    public const int ShortestKey = 32;

    /// <summary>Takes the two signature keys.</summary>
    /// <param name="externalKey">Signs the tokens of people; at least <see cref="ShortestKey"/> bytes.</param>
    /// <param name="internalKey">Signs the tokens between services; at least <see cref="ShortestKey"/> bytes, and another key.</param>
    /// <exception cref="ArgumentException">A key is too short, or both are the same.</exception>
    public GatewaySettings(ReadOnlyMemory<byte> externalKey, ReadOnlyMemory<byte> internalKey)
    {
        if (externalKey.Length < ShortestKey)
            throw new ArgumentException($"JWT_EXTERNAL_SIGNATURE has {externalKey.Length} bytes and needs at least {ShortestKey}.");
        if (internalKey.Length < ShortestKey)
            throw new ArgumentException($"JWT_INTERNAL_SIGNATURE has {internalKey.Length} bytes and needs at least {ShortestKey}.");
        if (externalKey.Span.SequenceEqual(internalKey.Span))
            throw new ArgumentException("JWT_EXTERNAL_SIGNATURE and JWT_INTERNAL_SIGNATURE are the same; they must differ.");
        ExternalKey = externalKey;
        InternalKey = internalKey;
    }

    /// <summary>Signs the tokens of people.</summary>
    public ReadOnlyMemory<byte> ExternalKey { get; }

    /// <summary>Signs the tokens between services.</summary>
    public ReadOnlyMemory<byte> InternalKey { get; }

    /// <summary>Whether the internal token counts as an Admin on ordinary routes (design.md 6); meant for development.</summary>
    public bool InternalTokenActsAsAdmin { get; init; }

    /// <summary>The largest request body, in bytes.</summary>
    public long LargestBody { get; init; } = 2 * 1024 * 1024;

    /// <summary>The longest token that is looked at, in characters.</summary>
    public int LongestToken { get; init; } = 2048;

    /// <summary>What one address may do with passwords.</summary>
    public PasswordLimits Passwords { get; init; } = new();

    /// <summary>The proxies whose word on where a request comes from is taken (<c>X-Forwarded-For</c>).</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Names the type alone, so that no log line can carry a key.</summary>
    public override string ToString() => nameof(GatewaySettings);
}
