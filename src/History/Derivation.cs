using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ticketing.History;

/// <summary>What follows from the bytes of a journal, computed here anew: its chain, and the ids of notifications.</summary>
public static class Derivation
{
    private const int RecordIdSize = 12;

    /// <summary>SHA-256 of the chain before, the number (eight bytes, big-endian) and the payload.</summary>
    /// <param name="before">The chain after the batch before; empty at the beginning.</param>
    /// <param name="number">The batch's number.</param>
    /// <param name="payload">The bytes of its entries.</param>
    public static byte[] Chain(ReadOnlySpan<byte> before, long number, ReadOnlySpan<byte> payload)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> digits = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(digits, number);
        hash.AppendData(before);
        hash.AppendData(digits);
        hash.AppendData(payload);
        return hash.GetHashAndReset();
    }

    /// <summary>
    /// The id of the notification that is born with a fact: four bytes of its time in seconds, the first five of SHA-256 of the event's id and the position shifted right
    /// by 24 bits (eight bytes, big-endian), and the lowest three of the position.
    /// </summary>
    /// <param name="at">The fact's time, in milliseconds since 1970.</param>
    /// <param name="eventId">The event.</param>
    /// <param name="position">The fact's position.</param>
    public static UInt128 NotificationKey(long at, UInt128 eventId, long position)
    {
        Span<byte> name = stackalloc byte[RecordIdSize + sizeof(long)];
        BinaryPrimitives.WriteUInt64BigEndian(name, (ulong)(eventId >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(name[8..], (uint)(eventId & uint.MaxValue));
        BinaryPrimitives.WriteInt64BigEndian(name[RecordIdSize..], position >> 24);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(name, hash);
        var owner = ((ulong)BinaryPrimitives.ReadUInt32BigEndian(hash) << 8) | hash[4];
        return ((UInt128)(uint)(at / 1000 & uint.MaxValue) << 64) | ((UInt128)owner << 24) | (uint)(position & 0xFF_FFFF);
    }
}
