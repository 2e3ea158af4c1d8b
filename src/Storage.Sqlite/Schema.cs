using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Ticketing.Storage.Sqlite;

/// <summary>
/// The tables of a database file, made at start; a file of an earlier version gets what it lacks. Columns are only ever added, so its rows stay as they are and hold
/// nothing in the new ones; a lookup's table takes the place of its index.
/// </summary>
internal static class Schema
{
    /// <summary>"TKTG": tells our files from other SQLite files (https://www.sqlite.org/pragma.html#pragma_application_id).</summary>
    private const int ApplicationId = 0x544B5447;

    /// <summary>Grows with every table or column, so that an older program does not write what a newer one must be able to rely on.</summary>
    private const int Version = 4;

    private const string OfJournal = "event, number, batch, chain, payload";
    private const string OfSnapshots = "event, number, chunk, chunks, chain, payload";

    /// <summary>Every table, and its columns in the order in which a row's checksum goes over them.</summary>
    public static IEnumerable<(string Table, string Columns)> Checked => [("journal", OfJournal), ("snapshots", OfSnapshots), (Arrivals.Table, Arrivals.Columns), .. Tables.All.Select(table => (table.Name, Columns(table)))];

    /// <summary>Looks whether the file is ours, before anything of it is changed.</summary>
    /// <exception cref="StorageException">It is another program's, or of a version that this program does not know.</exception>
    public static void Check(SqliteConnection connection)
    {
        var (application, version) = ((long)Pragma(connection, "application_id")!, (long)Pragma(connection, "user_version")!);
        var tables = (long)Scalar(connection, "SELECT count(*) FROM sqlite_schema")!;
        if (application != ApplicationId && (application != 0 || tables > 0)) throw new StorageException($"the file {connection.DataSource} belongs to another program; if it does not, it is damaged: {SqliteErrors.WayBack}");
        if (version > Version) throw new StorageException($"the file {connection.DataSource} has schema {version}; this program knows schema {Version}: use a newer program; if no newer one wrote it, it is damaged: {SqliteErrors.WayBack}");
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

    /// <summary>Whether the file is of this program's schema, so that nothing is to be added.</summary>
    public static bool IsCurrent(SqliteConnection connection) => (long)Pragma(connection, "user_version")! == Version;

    /// <summary>Makes what is missing, all of it or nothing. Rows from before there were checksums get theirs.</summary>
    public static void Create(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        Execute(connection, $"""
            CREATE TABLE IF NOT EXISTS journal (
                event BLOB NOT NULL, number INTEGER NOT NULL, batch BLOB NOT NULL, chain BLOB NOT NULL, payload BLOB NOT NULL, row_checksum INTEGER,
                PRIMARY KEY (event, number)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS snapshots (
                event BLOB NOT NULL, number INTEGER NOT NULL, chunk INTEGER NOT NULL, chunks INTEGER NOT NULL, chain BLOB NOT NULL, payload BLOB NOT NULL, row_checksum INTEGER,
                PRIMARY KEY (event, number, chunk));
            CREATE TABLE IF NOT EXISTS {Arrivals.Table} (number INTEGER PRIMARY KEY, pairs BLOB NOT NULL, row_checksum INTEGER);
            {string.Join('\n', Tables.All.Select(Create))}
            """);
        var unsealed = Checked.Where(one => AddMissing(connection, one.Table, [new(RowChecksum.Column, ColumnType.Number)])).ToList();
        foreach (var table in Tables.All)
        {
            AddMissing(connection, table.Name, table.Columns);
            // Indexes come after the columns that they are made of.
            foreach (var index in table.Indexes.Where(index => !Lookup.IsOne(table, index))) Execute(connection, Create(table, index));
        }

        foreach (var lookup in Lookup.All) Create(connection, lookup);

        foreach (var (table, columns) in unsealed) Seal(connection, table, columns);
        Execute(connection, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version};");
        transaction.Commit();
    }

    /// <summary>Gives each row of a table the checksum of what it holds.</summary>
    public static void Seal(SqliteConnection connection, string table, string columns)
    {
        var checksum = new RowChecksum();
        // By the library's own way a text would come no further than its first NUL.
        raw.sqlite3_create_function(connection.Handle!, "seal", -1, raw.SQLITE_UTF8, null, (answer, _, row) => raw.sqlite3_result_int64(answer, checksum.Of(table, row)));
        Execute(connection, $"UPDATE {table} SET {RowChecksum.Column} = seal({columns})");
    }

    /// <summary>The tables, columns and indexes of a file, in words.</summary>
    private static List<string> Shape(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT 'the table ' || t.name || ' without ' || c.name || ' ' || c.type || iif(c."notnull", ' NOT NULL', '') || iif(c.pk, ' PRIMARY KEY ' || c.pk, '')
                FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'
            UNION ALL SELECT 'no index ' || t.name || ' of ' || t.tbl_name || ' by ' || c.seqno || ' ' || c.name
                FROM sqlite_schema t, pragma_index_info(t.name) c WHERE t.type = 'index'
            """;
        using var reader = command.ExecuteReader();
        var shape = new List<string>();
        while (reader.Read()) shape.Add(reader.GetString(0));
        return shape;
    }

    /// <summary>Looks whether a file of this schema has all that a new one has: what it lacks now was there.</summary>
    /// <exception cref="StorageException">It has not.</exception>
    public static void CheckShape(SqliteConnection connection)
    {
        using var model = new SqliteConnection("Data Source=:memory:");
        model.Open();
        Create(model);
        if (Shape(model).Except(Shape(connection)).FirstOrDefault() is { } missing) throw SqliteErrors.Damaged(connection.DataSource, $"it has {missing}");
    }

    /// <summary>The columns of a record, its key and its version first.</summary>
    public static string Columns(RecordTable table) => $"id, version, {string.Join(", ", table.Columns.Select(column => column.Name))}";

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
        return sql.Append($", {RowChecksum.Column} INTEGER) WITHOUT ROWID;").ToString();
    }

    private static string Create(RecordTable table, string[] index)
    {
        // What the jobs are done with has no next_at and leaves their index.
        var where = index.Contains("next_at") ? " WHERE next_at IS NOT NULL" : "";
        return $"CREATE INDEX IF NOT EXISTS {table.Name}_{string.Join('_', index)} ON {table.Name} ({string.Join(", ", index)}){where};";
    }

    /// <summary>Makes the table of a lookup; where there are records already it takes the place of an index.</summary>
    private static void Create(SqliteConnection connection, Lookup lookup)
    {
        var (table, column) = (lookup.Table.Name, lookup.Column.Name);
        if ((long)Scalar(connection, $"SELECT count(*) FROM sqlite_schema WHERE name = '{lookup.Name}'")! > 0) return;
        Execute(connection, $"""
            CREATE TABLE {lookup.Name} ({column} BLOB NOT NULL, id BLOB NOT NULL, PRIMARY KEY ({column}, id)) WITHOUT ROWID;
            INSERT INTO {lookup.Name} SELECT {column}, id FROM {table} WHERE {column} IS NOT NULL ORDER BY {column}, id;
            DROP INDEX IF EXISTS {table}_{column};
            """);
    }

    /// <summary>Adds the columns that the file's table lacks.</summary>
    /// <returns>Whether there were any.</returns>
    private static bool AddMissing(SqliteConnection connection, string table, IEnumerable<Column> columns)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT name FROM pragma_table_info('{table}')";
        var present = new HashSet<string>();
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read()) present.Add(reader.GetString(0));
        }

        var missing = columns.Where(column => !present.Contains(column.Name)).ToList();
        foreach (var column in missing) Execute(connection, $"ALTER TABLE {table} ADD COLUMN {column.Name} {TypeOf(column.Type)};");
        return missing.Count > 0;
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
