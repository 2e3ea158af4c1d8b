using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Ticketing.Storage.Sqlite;

/// <summary>
/// What SQLite would pass over in silence: it takes a log up to its first frame that is not whole for all that was committed (https://www.sqlite.org/walformat.html). That is right
/// of the end of a log whose writer lost its power, for what stood there was acknowledged to nobody; it is damage where commits went on behind that frame, and where SQLite's index
/// of the log (<c>-shm</c>), which it writes after the flush, knows of more.
/// </summary>
internal static class WriteAheadLog
{
    private const int HeaderSize = 32;
    private const int FrameHeaderSize = 24;
    private const uint Magic = 0x377F0682;
    private const int IndexHeaderSize = 48;
    private const int FramesPlace = 16;
    private const int CarriedPlace = 2 * IndexHeaderSize;

    /// <summary>What of a log is lost that was committed, in words; nothing when all is there, or when there is no log.</summary>
    /// <param name="database">The database file. Nobody writes to it meanwhile.</param>
    public static string? Fault(string database)
    {
        var log = new FileInfo(database + "-wal");
        if (!log.Exists || log.Length == 0) return Gone(database);
        using var stream = new FileStream(log.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 20);
        var header = new byte[HeaderSize];
        var read = stream.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false);
        var (salts, size) = (BinaryPrimitives.ReadUInt64BigEndian(header.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(8)));
        var sum = new Sum(isBigEndian: (header[3] & 1) != 0);
        sum.Add(header.AsSpan(0, 24));
        // The header is flushed before the first frame.
        if (read < HeaderSize || !sum.Is(header.AsSpan(24)) || (BinaryPrimitives.ReadUInt32BigEndian(header) & ~1u) != Magic || size is < 512 or > 65536)
            return log.Length >= HeaderSize + FrameHeaderSize && !IsEmpty(stream, header) ? "the header of its log is not what was written" : Gone(database);
        var known = Known(database, header.AsSpan(16, 8));
        var (whole, goesOn) = Read(stream, size, salts, sum);
        if (whole < known) return $"{known - whole} pages of its log are missing or not what was written, from page {whole + 1} of the log";
        return goesOn ? $"page {whole + 1} of its log is not what was written, and commits follow it" : null;
    }

    /// <summary>How many frames are whole, and whether a commit behind them is followed by another transaction: the first of the two was flushed, and all before it.</summary>
    private static (uint Whole, bool GoesOn) Read(FileStream stream, int size, ulong salts, Sum sum)
    {
        var (frame, whole, isWhole, isAfterCommit) = (new byte[FrameHeaderSize + size], 0u, true, false);
        while (stream.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length)
        {
            var isOurs = BinaryPrimitives.ReadUInt64BigEndian(frame.AsSpan(8)) == salts && BinaryPrimitives.ReadUInt32BigEndian(frame) != 0;
            sum.Add(frame.AsSpan(0, 8));
            sum.Add(frame.AsSpan(FrameHeaderSize));
            var follows = isOurs && sum.Is(frame.AsSpan(16, 8));
            isWhole &= follows;
            if (isWhole) whole++;
            // What an earlier transaction left that failed may lie here too; it does not follow the commit before it.
            else if (follows && isAfterCommit) return (whole, true);
            isAfterCommit = !isWhole && isOurs && BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(4)) != 0;
            sum.Set(frame.AsSpan(16, 8));
        }

        return (whole, false);
    }

    private static bool IsEmpty(FileStream stream, byte[] header)
    {
        var rest = new byte[4096];
        var read = stream.ReadAtLeast(rest, rest.Length, throwOnEndOfStream: false);
        return !header.AsSpan().ContainsAnyExcept((byte)0) && !rest.AsSpan(0, read).ContainsAnyExcept((byte)0);
    }

    /// <summary>
    /// Whether a log that is gone held what is not in the database yet. SQLite sets the index back before it empties a log, and removes it before the log; the number of frames that
    /// were carried over stands behind the two headers (https://www.sqlite.org/walformat.html#the_wal_index_file_format).
    /// </summary>
    private static string? Gone(string database) =>
        Index(database) is { } index && BitConverter.ToUInt32(index, FramesPlace) is var frames && BitConverter.ToUInt32(index, CarriedPlace) is var carried && frames > carried
            ? $"{frames - carried} pages of its log are missing, and the log with them" : null;

    /// <summary>How many frames of this log were committed and flushed, as far as SQLite's index of it tells. After a loss of power it may be of any age, or none.</summary>
    private static uint Known(string database, ReadOnlySpan<byte> salts) =>
        Index(database) is { } index && index.AsSpan(32, 8).SequenceEqual(salts) ? BitConverter.ToUInt32(index, FramesPlace) : 0;

    /// <summary>The beginning of the index, when it is whole.</summary>
    private static byte[]? Index(string database)
    {
        try
        {
            using var index = new FileStream(database + "-shm", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var beginning = new byte[(2 * IndexHeaderSize) + sizeof(uint)];
            if (index.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false) < beginning.Length) return null;
            var first = beginning.AsSpan(0, IndexHeaderSize);
            var sum = new Sum(isBigEndian: !BitConverter.IsLittleEndian);
            sum.Add(first[..40]);
            return first.SequenceEqual(beginning.AsSpan(IndexHeaderSize, IndexHeaderSize)) && sum.IsNative(first[40..]) ? beginning : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>SQLite's running checksum of a log.</summary>
    private sealed class Sum(bool isBigEndian)
    {
        private uint one;
        private uint two;

        // Compiled for speed at once: a start waits for it, and a hundred megabytes are gone before the runtime would notice that it is worth it.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Add(ReadOnlySpan<byte> bytes)
        {
            unchecked
            {
                for (; bytes.Length >= 8; bytes = bytes[8..])
                {
                    one += Word(bytes) + two;
                    two += Word(bytes[4..]) + one;
                }
            }
        }

        public bool Is(ReadOnlySpan<byte> stored) => BinaryPrimitives.ReadUInt32BigEndian(stored) == one && BinaryPrimitives.ReadUInt32BigEndian(stored[4..]) == two;

        public bool IsNative(ReadOnlySpan<byte> stored) => BitConverter.ToUInt32(stored) == one && BitConverter.ToUInt32(stored[4..]) == two;

        public void Set(ReadOnlySpan<byte> stored) => (one, two) = (BinaryPrimitives.ReadUInt32BigEndian(stored), BinaryPrimitives.ReadUInt32BigEndian(stored[4..]));

        private uint Word(ReadOnlySpan<byte> bytes) => isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
