using System.Text;
using Microsoft.Data.Sqlite;
using Ticketing.Grains.Abstractions;

namespace Ticketing.Storage.Sqlite;

/// <summary>The prepared statements of one connection, which is used by one thread at a time.</summary>
internal sealed class Statements(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<object, SqliteCommand> prepared = [];

    private readonly RowChecksum checksum = new();

    public SqliteConnection Connection => connection;

    /// <summary>Makes the checksums of this connection's rows.</summary>
    public RowChecksum Checksum => checksum;

    /// <summary>The statement of a name, prepared on first use. Its parameters are $0, $1, ….</summary>
    public SqliteCommand this[object name, int parameters, Func<string> sql]
    {
        get
        {
            if (prepared.TryGetValue(name, out var command)) return command;
            command = connection.CreateCommand();
            command.CommandText = sql();
            for (var i = 0; i < parameters; i++) command.Parameters.Add(new SqliteParameter($"${i}", DBNull.Value));
            command.Prepare();
            prepared.Add(name, command);
            return command;
        }
    }

    /// <summary>Looks whether a row is what was written (<see cref="RowChecksum.Verify"/>).</summary>
    public void Verify(SqliteDataReader reader, string table) => checksum.Verify(reader, table, connection);

    public void Dispose()
    {
        foreach (var command in prepared.Values) command.Dispose();
        connection.Dispose();
    }

    /// <summary>How a parameter is written in a statement.</summary>
    public static string Parameter(ColumnType type, int number) => type == ColumnType.Text ? $"CAST(${number} AS TEXT)" : $"${number}";

    /// <summary>What a cell is called in a parameter.</summary>
    public static object ValueOf(Cell cell) => !cell.HasValue ? DBNull.Value : cell.Type switch
    {
        ColumnType.Id => ValueOf(cell.Id),
        ColumnType.Number => cell.Number,
        // The library would end a longer text at its first NUL. As bytes it goes whole, and the statement casts it back.
        ColumnType.Text => cell.Text.Contains('\0', StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(cell.Text) : cell.Text,
        ColumnType.Bytes => cell.Bytes,
        _ => throw new InvalidOperationException($"no value for {cell.Type}"),
    };

    /// <summary>An id's twelve bytes.</summary>
    public static byte[] ValueOf(RecordId id)
    {
        var bytes = new byte[RecordId.Size];
        id.Write(bytes);
        return bytes;
    }

    /// <summary>Reads a column.</summary>
    public static Cell Read(SqliteDataReader reader, int ordinal, ColumnType type)
    {
        if (reader.IsDBNull(ordinal)) return Cell.None;
        return type switch
        {
            ColumnType.Id => Cell.Of(RecordId.Read(reader.GetFieldValue<byte[]>(ordinal))),
            ColumnType.Number => Cell.Of(reader.GetInt64(ordinal)),
            ColumnType.Text => Cell.Of(reader.GetString(ordinal)),
            ColumnType.Bytes => Cell.Of(reader.GetFieldValue<byte[]>(ordinal)),
            _ => throw new InvalidOperationException($"no value for {type}"),
        };
    }
}
