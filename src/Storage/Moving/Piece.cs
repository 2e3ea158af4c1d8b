using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Events;

namespace Ticketing.Storage.Moving;

/// <summary>One record as bytes that are the same whatever engine keeps it.</summary>
/// <param name="Key">Which record, in words.</param>
/// <param name="Bytes">All that is stored of it. Each member says its kind and its length, so that no two records have the same bytes.</param>
internal readonly record struct Piece(string Key, byte[] Bytes)
{
    public static Piece Of(Row row)
    {
        var bytes = new MemoryStream();
        Write(bytes, row.Key);
        Write(bytes, Cell.Of(row.Version));
        foreach (var member in row.Members) Write(bytes, member);
        return new($"record {Shown(row.Key)}", bytes.ToArray());
    }

    public static Piece Of(RecordId key, JournalBatch batch)
    {
        var bytes = new MemoryStream(batch.Payload.Length + 128);
        Write(bytes, Cell.Of(key));
        Write(bytes, Cell.Of(batch.Number));
        Write(bytes, Cell.Of(batch.Id.ToByteArray(bigEndian: true)));
        Write(bytes, Cell.Of(batch.Chain));
        Write(bytes, Cell.Of(batch.Payload));
        return new($"batch {batch.Number} of event {key}", bytes.ToArray());
    }

    public static Piece Of(RecordId key, Snapshot snapshot)
    {
        var bytes = new MemoryStream(128);
        Write(bytes, Cell.Of(key));
        Write(bytes, Cell.Of(snapshot.Number));
        Write(bytes, Cell.Of(snapshot.Chain));
        // Many megabytes, of which their hash is as good.
        Write(bytes, Cell.Of(SHA256.HashData(snapshot.Payload)));
        return new($"the snapshot of event {key}", bytes.ToArray());
    }

    private static void Write(MemoryStream bytes, Cell cell)
    {
        if (!cell.HasValue)
        {
            bytes.WriteByte(0);
            return;
        }

        bytes.WriteByte((byte)(1 + (int)cell.Type));
        switch (cell.Type)
        {
            case ColumnType.Id:
                Span<byte> id = stackalloc byte[RecordId.Size];
                cell.Id.Write(id);
                bytes.Write(id);
                break;
            case ColumnType.Number: Write(bytes, cell.Number); break;
            case ColumnType.Text: Write(bytes, Encoding.UTF8.GetBytes(cell.Text)); break;
            case ColumnType.Bytes: Write(bytes, cell.Bytes); break;
            default: throw new InvalidOperationException($"no bytes for {cell.Type}");
        }
    }

    private static void Write(MemoryStream bytes, byte[] value)
    {
        Write(bytes, value.LongLength);
        bytes.Write(value);
    }

    private static void Write(MemoryStream bytes, long number)
    {
        Span<byte> digits = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(digits, number);
        bytes.Write(digits);
    }

    /// <summary>A key on one line of a message.</summary>
    private static string Shown(Cell key)
    {
        var text = key.Type switch
        {
            ColumnType.Id => key.Id.ToString(),
            ColumnType.Number => key.Number.ToString(CultureInfo.InvariantCulture),
            ColumnType.Text => new string([.. key.Text.Select(sign => char.IsControl(sign) ? ' ' : sign)]),
            ColumnType.Bytes => Convert.ToHexStringLower(key.Bytes),
            _ => throw new InvalidOperationException($"no words for {key.Type}"),
        };
        return text.Length <= 80 ? text : text[..80] + "…";
    }
}
