using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Ticketing.Grains.Abstractions;

namespace Ticketing.Storage.Sqlite;

/// <summary>
/// The checksum of a row: XXH3 over the name of its table and each value that is there, with its place, its kind and its length. An absent value adds nothing, so that a
/// row keeps its checksum when its table gets a further column at the end. Used by one thread at a time; allocates nothing but for rows longer than all before.
/// </summary>
internal sealed class RowChecksum
{
    /// <summary>The column that holds it, in every table.</summary>
    public const string Column = "row_checksum";

    /// <summary>Of a longer value its own hash is taken, so that the buffer stays small.</summary>
    private const int Longest = 1024;

    private byte[] bytes = new byte[1024];
    private int length;
    private byte place;

    /// <summary>Looks whether a row is what was written, before anything of it is believed.</summary>
    /// <param name="reader">Where the row is. Its columns are the values in the order in which they were written, and then the checksum.</param>
    /// <param name="table">Its table.</param>
    /// <param name="connection">The database. It is asked for its name only when that is to be told: SQLite is asked each time.</param>
    /// <exception cref="StorageException">It is not.</exception>
    public void Verify(SqliteDataReader reader, string table, SqliteConnection connection)
    {
        var (row, values) = (reader.Handle!, reader.FieldCount - 1);
        Begin(table);
        for (var i = 0; i < values; i++) Add(row, i);
        if (raw.sqlite3_column_type(row, values) != raw.SQLITE_INTEGER || raw.sqlite3_column_int64(row, values) != End())
            throw SqliteErrors.Damaged(connection.DataSource, $"a row of {table} is not what was written");
    }

    /// <summary>That of a row whose values are given to a function of SQL.</summary>
    public long Of(string table, ReadOnlySpan<sqlite3_value> row)
    {
        Begin(table);
        foreach (var value in row)
        {
            var type = raw.sqlite3_value_type(value);
            if (type == raw.SQLITE_NULL) place++;
            else if (type == raw.SQLITE_INTEGER) Add(raw.sqlite3_value_int64(value));
            else Add(type, raw.sqlite3_value_blob(value));
        }

        return End();
    }

    /// <summary>Begins a row.</summary>
    public void Begin(string table)
    {
        (length, place) = (0, 0);
        length = Encoding.UTF8.GetBytes(table, bytes);
    }

    /// <summary>Passes over a value that is absent.</summary>
    public void AddNothing() => place++;

    /// <summary>Adds the next value.</summary>
    public void Add(long value) => BinaryPrimitives.WriteInt64LittleEndian(Next(raw.SQLITE_INTEGER, sizeof(long)), value);

    /// <summary>Adds the next value.</summary>
    public void Add(ReadOnlySpan<byte> value) => Add(raw.SQLITE_BLOB, value);

    /// <summary>Adds the next value.</summary>
    /// <returns>The id's bytes, until something else is added.</returns>
    public ReadOnlySpan<byte> Add(RecordId id)
    {
        var bytes = Next(raw.SQLITE_BLOB, RecordId.Size);
        id.Write(bytes);
        return bytes;
    }

    /// <summary>Adds the next value.</summary>
    /// <returns>The text in UTF-8, until something else is added.</returns>
    public ReadOnlySpan<byte> Add(string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        if (size > Longest)
        {
            var whole = Encoding.UTF8.GetBytes(text);
            Add(raw.SQLITE_TEXT, whole);
            return whole;
        }

        var utf8 = Next(raw.SQLITE_TEXT, size);
        Encoding.UTF8.GetBytes(text, utf8);
        return utf8;
    }

    /// <summary>The checksum of what was added.</summary>
    public long End() => unchecked((long)XxHash3.HashToUInt64(bytes.AsSpan(0, length)));

    private void Add(sqlite3_stmt row, int column)
    {
        var type = raw.sqlite3_column_type(row, column);
        if (type == raw.SQLITE_NULL) place++;
        else if (type == raw.SQLITE_INTEGER) Add(raw.sqlite3_column_int64(row, column));
        else Add(type, raw.sqlite3_column_blob(row, column));
    }

    private void Add(int type, ReadOnlySpan<byte> value)
    {
        if (value.Length <= Longest) value.CopyTo(Next(type, value.Length));
        else BinaryPrimitives.WriteUInt64LittleEndian(Next(type, value.Length, sizeof(ulong)), XxHash3.HashToUInt64(value));
    }

    private Span<byte> Next(int type, int size) => Next(type, size, size);

    private Span<byte> Next(int type, int size, int stored)
    {
        const int Header = 6;
        if (bytes.Length < length + Header + stored) Array.Resize(ref bytes, (length + Header + stored) * 2);
        bytes[length] = place++;
        bytes[length + 1] = (byte)type;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(length + 2), size);
        var span = bytes.AsSpan(length + Header, stored);
        length += Header + stored;
        return span;
    }
}
