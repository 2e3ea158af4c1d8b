using System.Security.Cryptography;
using System.Text;
using Ticketing.Grains.Abstractions;

namespace Ticketing.ApiGateway;

/// <summary>Makes the operation of a command: its id from the <c>Idempotency-Key</c> header, its fingerprint from what is asked (design.md 3.7).</summary>
internal static class Operations
{
    /// <summary>The header with the caller's own key.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>The longest key, in characters.</summary>
    public const int LongestKey = 255;

    private const ulong CardBits = 0xFFFF;

    /// <summary>What is said of a key that is none.</summary>
    public static string BadKey { get; } = $"{Header} must be sent once, with 1 to {LongestKey} visible ASCII characters.";

    /// <summary>The command's operation.</summary>
    /// <param name="http">The request.</param>
    /// <param name="content">Everything that is asked for, the verb included and the card left out.</param>
    /// <param name="card">The card, when there is one.</param>
    /// <exception cref="BadRequest">The key is not 1 to 255 visible ASCII characters.</exception>
    public static Operation Operation(this HttpContext http, string content, string? card = null)
    {
        var key = Key(http);
        var id = key is null ? OperationId.New() : OperationId.Of(http.Identity().OperationOwner, key);
        return new Operation(id, Fingerprint(content, card));
    }

    /// <summary>The caller's key, or nothing when the caller sent none.</summary>
    /// <exception cref="BadRequest">The key is not 1 to 255 visible ASCII characters.</exception>
    public static string? Key(HttpContext http)
    {
        if (!http.Request.Headers.TryGetValue(Header, out var values))
            return null;
        return values is [{ Length: > 0 and <= LongestKey } key] && !key.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? key
            : throw new BadRequest(BadKey);
    }

    /// <summary>
    /// Sixty-four bits of a hash. Sixteen of them are all that depends on the card: enough to notice another card under the same key,
    /// too few to find a card from what is stored.
    /// </summary>
    public static ulong Fingerprint(string content, string? card)
    {
        var hash = Hash(content);
        return card is null ? hash : (hash & ~CardBits) | (Hash($"{content}\n{card}") & CardBits);
    }

    private static ulong Hash(string content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(content), hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
