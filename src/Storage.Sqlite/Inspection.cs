using Microsoft.Data.Sqlite;
using Ticketing.Grains.Abstractions;

namespace Ticketing.Storage.Sqlite;

/// <summary>Looks for damage in a database before anything is answered from it: SQLite knows whether its pages fit together, and each row whether it is what was written.</summary>
internal static class Inspection
{
    /// <summary>Looks at the files, before SQLite does: it would make an empty file a new database, and take what is left of a log for all of it.</summary>
    /// <exception cref="StorageException">They are damaged.</exception>
    public static void OfFiles(string file)
    {
        var database = new FileInfo(file);
        // SQLite takes a single byte for none.
        if (database is { Exists: true, Length: <= 1 }) throw SqliteErrors.Damaged(file, "it is empty");
        if (!database.Exists && new FileInfo(file + "-wal") is { Exists: true, Length: > 0 }) throw SqliteErrors.Damaged(file, "its log is there, and it is not");
        if (WriteAheadLog.Fault(file) is { } fault) throw SqliteErrors.Damaged(file, fault);
    }

    /// <summary>The same of files that another process may serve: then they change while they are looked at, and it has looked itself.</summary>
    public static void OfFilesAtRest(string file)
    {
        var ownership = Path.Combine(Path.GetDirectoryName(file)!, "lock");
        try
        {
            using var held = File.Exists(ownership) ? new FileStream(ownership, FileMode.Open, FileAccess.Read, FileShare.None) : null;
            OfFiles(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is served, or not ours to hold.
        }
    }

    /// <summary>Looks whether all pages, tables and indexes fit together.</summary>
    /// <exception cref="StorageException">They do not.</exception>
    public static void OfPages(SqliteConnection connection)
    {
        if (Schema.Pragma(connection, "integrity_check(1)") is not "ok" and var fault)
            throw SqliteErrors.Damaged(connection.DataSource, $"{fault}".Replace("*** in database main ***", "", StringComparison.Ordinal).ReplaceLineEndings(" ").Trim());
    }

    /// <summary>Looks whether each record is found by what it is looked up by.</summary>
    /// <exception cref="StorageException">One is not.</exception>
    public static void OfLookups(SqliteConnection connection)
    {
        // As of one moment: a pair that is an arrival no more is in a table, if one looks at both at the same time.
        using var moment = connection.BeginTransaction(deferred: true);
        var arrivals = Arrivals.Read(connection).SelectMany(row => row.Pairs).ToHashSet();
        for (var number = 0; number < Lookup.All.Count; number++)
        {
            var (lookup, column) = (Lookup.All[number], Lookup.All[number].Column.Name);
            using var command = connection.CreateCommand();
            command.CommandText = $"""
                SELECT {column}, id FROM {lookup.Table.Name} one
                WHERE {column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {lookup.Name} WHERE {column} = one.{column} AND id = one.id)
                """;
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var pair = new Pair((byte)number, RecordId.Read(reader.GetFieldValue<byte[]>(0)), RecordId.Read(reader.GetFieldValue<byte[]>(1)));
                if (!arrivals.Contains(pair)) throw SqliteErrors.Damaged(connection.DataSource, $"a row of {lookup.Table.Name} is missing in {lookup.Name}");
            }
        }
    }

    /// <summary>Looks whether each row is what was written.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="StorageException">One is not.</exception>
    public static void OfRows(SqliteConnection connection, CancellationToken cancellation = default)
    {
        var checksum = new RowChecksum();
        foreach (var (table, columns) in Schema.Checked)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT {columns}, {RowChecksum.Column} FROM {table}";
            using var reader = command.ExecuteReader();
            while (reader.Read() && !cancellation.IsCancellationRequested) checksum.Verify(reader, table, connection);
        }
    }
}
