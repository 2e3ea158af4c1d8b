using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Ticketing.Grains.Abstractions;

/// <summary>
/// The twelve bytes that identify a record, written as 24 lower-case hexadecimal characters (contract.md 1.3). The first four bytes are the
/// creation time in seconds since 1970, so ids sort by creation; then five bytes that are this process's own and three that count.
/// </summary>
/// <param name="High">The first eight bytes, big-endian.</param>
/// <param name="Low">The last four bytes, big-endian.</param>
[GenerateSerializer, Immutable, Alias("RecordId")]
public readonly record struct RecordId([property: Id(0)] ulong High, [property: Id(1)] uint Low) : IComparable<RecordId>
{
    /// <summary>The length of an id in bytes.</summary>
    public const int Size = 12;

    /// <summary>The length of an id in hexadecimal characters.</summary>
    public const int TextLength = 24;

    private static readonly ulong ProcessBytes = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8)) & 0xFF_FFFF_FFFF;
    private static int counter = -1;
    // Per thread, because worlds may run side by side.
    [ThreadStatic] private static Func<(ulong Process, uint Count)>? ownSource;

    /// <summary>When the record was made, to the second.</summary>
    public DateTimeOffset CreatedAt => DateTimeOffset.FromUnixTimeSeconds((long)(High >> 32));

    /// <summary>A new id, greater than every id this process made before in the same or an earlier second.</summary>
    /// <param name="now">The creation time, which becomes the first four bytes.</param>
    public static RecordId New(DateTimeOffset now)
    {
        var (process, count) = ownSource is { } source ? source() : (ProcessBytes, unchecked((uint)Interlocked.Increment(ref counter)));
        var seconds = unchecked((uint)now.ToUnixTimeSeconds());
        return new(((ulong)seconds << 32) | (process >> 8), unchecked((uint)((process & 0xFF) << 24)) | (count & 0xFF_FFFF));
    }

    /// <summary>Has the ids that this thread makes come from a source of their own, so that a simulation makes the same ids again from the same seed.</summary>
    /// <param name="source">Gives five bytes in place of the process's own, and a number in place of the process's count; absent to end it.</param>
    internal static void TakeFrom(Func<(ulong Process, uint Count)>? source) => ownSource = source;

    /// <summary>
    /// An id that is the same whenever it is derived again: four bytes of time, five of a hash of the owner, and three that count the owner's derived
    /// ids, so that those of one owner sort as they were made.
    /// </summary>
    /// <param name="time">The creation time.</param>
    /// <param name="owner">The id of the record that the derived one comes from.</param>
    /// <param name="position">A number that is unique below the owner, not negative.</param>
    public static RecordId Derived(DateTimeOffset time, RecordId owner, long position)
    {
        Span<byte> name = stackalloc byte[Size + 8];
        owner.Write(name);
        BinaryPrimitives.WriteInt64BigEndian(name[Size..], position >> 24);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(name, hash);
        var seconds = unchecked((uint)time.ToUnixTimeSeconds());
        return new(((ulong)seconds << 32) | BinaryPrimitives.ReadUInt32BigEndian(hash), ((uint)hash[4] << 24) | (uint)(position & 0xFF_FFFF));
    }

    /// <summary>Reads 24 hexadecimal characters, of either case.</summary>
    /// <param name="text">The characters.</param>
    /// <param name="id">The id, or the empty one when the text is none.</param>
    /// <returns>Whether the text was an id.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out RecordId id)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (text is { Length: TextLength } && Convert.FromHexString(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done && written == Size)
        {
            id = Read(bytes);
            return true;
        }

        id = default;
        return false;
    }

    /// <summary>Reads 24 hexadecimal characters.</summary>
    /// <exception cref="FormatException">The text is no id.</exception>
    public static RecordId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException("not an id of 24 hexadecimal characters");

    /// <summary>Reads the twelve bytes.</summary>
    public static RecordId Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]));

    /// <summary>Writes the twelve bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], Low);
    }

    /// <summary>
    /// Which of so many equal shares the id belongs to. Ids count, and those of one kind may all be even: a multiplication by 2^32 divided by the golden ratio
    /// (Knuth, The Art of Computer Programming, 6.4) spreads them. Never changed: shares are stored.
    /// </summary>
    /// <param name="count">How many shares there are.</param>
    /// <returns>0 to <paramref name="count"/> - 1.</returns>
    public int Bucket(int count) => (int)(((ulong)unchecked(Low * 2654435769u) * (uint)count) >> 32);

    /// <inheritdoc/>
    public int CompareTo(RecordId other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    /// <summary>The 24 lower-case hexadecimal characters.</summary>
    public override string ToString() => string.Create(TextLength, this, static (text, id) =>
    {
        Span<byte> bytes = stackalloc byte[Size];
        id.Write(bytes);
        Convert.TryToHexStringLower(bytes, text, out _);
    });

    /// <summary>Whether <paramref name="left"/> was made before <paramref name="right"/>.</summary>
    public static bool operator <(RecordId left, RecordId right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> was made after <paramref name="right"/>.</summary>
    public static bool operator >(RecordId left, RecordId right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> was not made after <paramref name="right"/>.</summary>
    public static bool operator <=(RecordId left, RecordId right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> was not made before <paramref name="right"/>.</summary>
    public static bool operator >=(RecordId left, RecordId right) => left.CompareTo(right) >= 0;
}
