using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Ticketing.Grains.Abstractions;

/// <summary>
/// Names one command of one caller, so that it can be repeated without a second effect. The same id again gets the same answer; the same id
/// with other content is refused (<see cref="Refusal.OperationIdReused"/>).
/// </summary>
/// <param name="High">The first eight bytes.</param>
/// <param name="Low">The last eight bytes.</param>
[GenerateSerializer, Immutable, Alias("OperationId")]
public readonly record struct OperationId([property: Id(0)] ulong High, [property: Id(1)] ulong Low)
{
    /// <summary>The length in bytes.</summary>
    public const int Size = 16;

    /// <summary>The id of a command for which the caller sent none.</summary>
    public static OperationId New()
    {
        Span<byte> random = stackalloc byte[Size];
        RandomNumberGenerator.Fill(random);
        return Read(random);
    }

    /// <summary>Joins a caller's identity with the key the caller chose: two callers that choose the same key do not meet.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="key">The caller's key, the <c>Idempotency-Key</c> header.</param>
    public static OperationId Of(string caller, string key)
    {
        var longest = Encoding.UTF8.GetMaxByteCount(caller.Length + 1 + key.Length);
        Span<byte> name = longest <= 1024 ? stackalloc byte[longest] : new byte[longest];
        var length = Encoding.UTF8.GetBytes(caller, name);
        name[length++] = (byte)'\n';
        length += Encoding.UTF8.GetBytes(key, name[length..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(name[..length], hash);
        return Read(hash);
    }

    /// <summary>Reads sixteen bytes.</summary>
    public static OperationId Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>Writes sixteen bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{High:x16}{Low:x16}";
}

/// <summary>One command: its id, and a fingerprint of what it asks for.</summary>
/// <param name="Id">The id under which it may be repeated.</param>
/// <param name="Fingerprint">Sixty-four bits of a hash of the command's content. Of card data no more than sixteen bits enter it, too few to tell a card from them.</param>
[GenerateSerializer, Immutable, Alias("Operation")]
public readonly record struct Operation([property: Id(0)] OperationId Id, [property: Id(1)] ulong Fingerprint);
