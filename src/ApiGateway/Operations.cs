using System.Buffers.Binary;
using System.Runtime.CompilerServices;
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
    /// <param name="content">Everything that is asked for, the verb included.</param>
    /// <exception cref="BadRequest">The key is not 1 to 255 visible ASCII characters.</exception>
    public static Operation Operation(this HttpContext http, ref DefaultInterpolatedStringHandler content)
    {
        var fingerprint = Hash(content.Text);
        content.Clear();
        return new Operation(http.IdOfOperation(), fingerprint);
    }

    /// <summary>The operation of a command that a card pays for.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="content">Everything that is asked for, the verb included and the card left out.</param>
    /// <param name="card">The card.</param>
    public static Operation Operation(OperationId id, ref DefaultInterpolatedStringHandler content, ref DefaultInterpolatedStringHandler card)
    {
        var fingerprint = Fingerprint(content.Text, card.Text);
        content.Clear();
        card.Clear();
        return new Operation(id, fingerprint);
    }

    /// <summary>The id of the command's operation: the caller's for the key that the caller sent, or a new one.</summary>
    /// <exception cref="BadRequest">The key is not 1 to 255 visible ASCII characters.</exception>
    public static OperationId IdOfOperation(this HttpContext http) => Key(http) is { } key ? OperationId.Of(http.Identity().OperationOwner, key) : OperationId.New();

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
    private static ulong Fingerprint(ReadOnlySpan<char> content, ReadOnlySpan<char> card) =>
        (Hash(content) & ~CardBits) | (Hash($"{content}\n{card}") & CardBits);

    private static ulong Hash(ref DefaultInterpolatedStringHandler content)
    {
        var hash = Hash(content.Text);
        content.Clear();
        return hash;
    }

    private static ulong Hash(ReadOnlySpan<char> content)
    {
        var longest = Encoding.UTF8.GetMaxByteCount(content.Length);
        Span<byte> bytes = longest <= 1024 ? stackalloc byte[longest] : new byte[longest];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(content, bytes)], hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
