using System.Text;
using Microsoft.Data.Sqlite;

namespace Ticketing.Storage.Sqlite;

/// <summary>
/// The tables of a database file, made at start; a file of an earlier version gets what it lacks. Columns are only ever added, so its rows stay as they are and hold
/// nothing in the new ones.
/// </summary>
internal static class Schema
{
    /// <summary>"TKTG": tells our files from other SQLite files (https://www.sqlite.org/pragma.html#pragma_application_id).</summary>
    private const int ApplicationId = 0x544B5447;

    /// <summary>Grows with every table or column, so that an older program does not write what a newer one must be able to rely on.</summary>
    private const int Version = 2;

    /// <summary>Looks whether the file is ours, before anything of it is changed.</summary>
    /// <exception cref="StorageException">It is another program's, or of a version that this program does not know.</exception>
    public static void Check(SqliteConnection connection)
    {
        var (application, version) = ((long)Pragma(connection, "application_id")!, (long)Pragma(connection, "user_version")!);
        var tables = (long)Scalar(connection, "SELECT count(*) FROM sqlite_schema")!;
        if (application != ApplicationId && (application != 0 || tables > 0)) throw new StorageException($"the file {connection.DataSource} belongs to another program");
        if (version > Version) throw new StorageException($"the file {connection.DataSource} has schema {version}; this program knows schema {Version}: use a newer program");
    }

    /// <summary>Looks whether the file is ours and has all that this program knows, so that it can be read as it is.</summary>
    /// <exception cref="StorageException">It is another program's, or of another schema.</exception>
    public static void CheckWhole(SqliteConnection connection, string file)
    {
        var (application, version) = ((long)Pragma(connection, "application_id")!, (long)Pragma(connection, "user_version")!);
        if (application != ApplicationId) throw new StorageException($"the file {file} is no database of this program");
        if (version < Version) throw new StorageException($"the file {file} has schema {version}: start this program on it once, which brings it up to schema {Version}");
        if (version > Version) throw new StorageException($"the file {file} has schema {version}; this program knows schema {Version}: use a newer program");
    }

    /// <summary>Makes what is missing, all of it or nothing.</summary>
    public static void Create(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        Execute(connection, $"""
            CREATE TABLE IF NOT EXISTS journal (
                event BLOB NOT NULL, number INTEGER NOT NULL, batch BLOB NOT NULL, chain BLOB NOT NULL, payload BLOB NOT NULL,
                PRIMARY KEY (event, number)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS snapshots (
                event BLOB NOT NULL, number INTEGER NOT NULL, chunk INTEGER NOT NULL, chunks INTEGER NOT NULL, chain BLOB NOT NULL, payload BLOB NOT NULL,
                PRIMARY KEY (event, number, chunk));
            {string.Join('\n', Tables.All.Select(Create))}
            """);
        foreach (var table in Tables.All)
        {
            var present = Columns(connection, table);
            // Indexes come after the columns that they are made of.
            foreach (var column in table.Columns.Where(one => !present.Contains(one.Name)))
                Execute(connection, $"ALTER TABLE {table.Name} ADD COLUMN {column.Name} {TypeOf(column.Type)};");
            foreach (var index in table.Indexes) Execute(connection, Create(table, index));
        }

        Execute(connection, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version};");
        transaction.Commit();
    }

    /// <summary>The word SQLite has for a type.</summary>
    public static string TypeOf(ColumnType type) => type switch
    {
        ColumnType.Id or ColumnType.Bytes => "BLOB",
        ColumnType.Number => "INTEGER",
        ColumnType.Text => "TEXT",
        _ => throw new InvalidOperationException($"no SQLite type for {type}"),
    };

    /// <summary>A setting of a connection or of its file.</summary>
    public static object? Pragma(SqliteConnection connection, string name) => Scalar(connection, $"PRAGMA {name}");

    /// <summary>Runs statements that answer nothing.</summary>
    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string Create(RecordTable table)
    {
        var sql = new StringBuilder($"CREATE TABLE IF NOT EXISTS {table.Name} (id {TypeOf(table.KeyType)} NOT NULL PRIMARY KEY, version INTEGER NOT NULL");
        foreach (var column in table.Columns) sql.Append($", {column.Name} {TypeOf(column.Type)}");
        return sql.Append(") WITHOUT ROWID;").ToString();
    }

    private static string Create(RecordTable table, string[] index)
    {
        // What the jobs are done with has no next_at and leaves their index.
        var where = index.Contains("next_at") ? " WHERE next_at IS NOT NULL" : "";
        return $"CREATE INDEX IF NOT EXISTS {table.Name}_{string.Join('_', index)} ON {table.Name} ({string.Join(", ", index)}){where};";
    }

    /// <summary>The columns that the file's table has.</summary>
    private static HashSet<string> Columns(SqliteConnection connection, RecordTable table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT name FROM pragma_table_info('{table.Name}')";
        using var reader = command.ExecuteReader();
        var names = new HashSet<string>();
        while (reader.Read()) names.Add(reader.GetString(0));
        return names;
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
