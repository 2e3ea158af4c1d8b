using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ticketing.Grains.Abstractions;

namespace Ticketing.Grains.Events;

/// <summary>Writes the few kinds of values that journals and snapshots are made of. Integers are little-endian base 128, as in Protocol Buffers.</summary>
/// <param name="room">How many bytes there will be, roughly: a writer that has to grow copies all that it has.</param>
internal sealed class BytesWriter(int room = 256)
{
    private readonly ArrayBufferWriter<byte> buffer = new(room);

    public int Length => buffer.WrittenCount;

    public ReadOnlySpan<byte> Written => buffer.WrittenSpan;

    public byte[] ToArray() => buffer.WrittenSpan.ToArray();

    public void Bytes(ReadOnlySpan<byte> bytes) => buffer.Write(bytes);

    /// <summary>Adds the SHA-256 of what was written.</summary>
    public void Seal()
    {
        // Asking for room may move the buffer, so what was written is looked at after that.
        var hash = buffer.GetSpan(SHA256.HashSizeInBytes);
        SHA256.HashData(buffer.WrittenSpan, hash);
        buffer.Advance(SHA256.HashSizeInBytes);
    }

    public void Byte(byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
    }

    public void Number(ulong value)
    {
        var span = buffer.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7) span[length++] = (byte)(value & 0x7F | 0x80);
        span[length++] = (byte)value;
        buffer.Advance(length);
    }

    public void Count(int value) => Number((ulong)value);

    public void Fixed(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(buffer.GetSpan(8), value);
        buffer.Advance(8);
    }

    /// <summary>A time to the millisecond.</summary>
    public void Time(DateTimeOffset value) => Number((ulong)value.ToUnixTimeMilliseconds());

    public void Id(RecordId value)
    {
        value.Write(buffer.GetSpan(RecordId.Size));
        buffer.Advance(RecordId.Size);
    }

    public void Operation(Operation value)
    {
        value.Id.Write(buffer.GetSpan(OperationId.Size));
        buffer.Advance(OperationId.Size);
        Fixed(value.Fingerprint);
    }

    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Count(length);
        Encoding.UTF8.GetBytes(value, buffer.GetSpan(length));
        buffer.Advance(length);
    }
}

/// <summary>Reads what <see cref="BytesWriter"/> wrote.</summary>
/// <exception cref="InvalidDataException">The bytes end too early or are no such value.</exception>
internal ref struct BytesReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    public readonly bool AtEnd => rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public ulong Number()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }

        throw new InvalidDataException("a number without an end");
    }

    public uint Small() => Number() is <= uint.MaxValue and var value ? (uint)value : throw new InvalidDataException("a number too large");

    public int Count() => Number() is <= int.MaxValue and var value ? (int)value : throw new InvalidDataException("a count too large");

    public ulong Fixed() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    public DateTimeOffset Time() => DateTimeOffset.FromUnixTimeMilliseconds((long)Number());

    public RecordId Id() => RecordId.Read(Take(RecordId.Size));

    public Operation Operation() => new(OperationId.Read(Take(OperationId.Size)), Fixed());

    public string Text() => Encoding.UTF8.GetString(Take(Count()));

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > rest.Length) throw new InvalidDataException("bytes that end too early");
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }
}
