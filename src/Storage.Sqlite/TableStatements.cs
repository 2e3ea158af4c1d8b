using Microsoft.Data.Sqlite;

namespace Ticketing.Storage.Sqlite;

/// <summary>The statements that write one kind of record, prepared on first use. Their first parameter is the key; those of a whole row have the version, the members and the checksum next.</summary>
internal sealed class TableStatements(SqliteConnection connection, RecordTable table) : IDisposable
{
    private readonly Statement?[] inserts = new Statement?[Enum.GetValues<WriteRule>().Length];
    private Statement? update;
    private Statement? delete;
    private Statement? version;

    /// <summary>Makes a row, and does by the rule with one that is there.</summary>
    public Statement Insert(WriteRule rule) => inserts[(int)rule] ??= new(connection, InsertSql(rule));

    /// <summary>Changes the row of the version that its last parameter is.</summary>
    public Statement Update => update ??= new(
        connection,
        $"UPDATE {table.Name} SET version = ?2, {string.Join(", ", table.Columns.Select((column, i) => $"{column.Name} = ?{i + 3}"))}, row_checksum = ?{table.Columns.Count + 3} " +
        $"WHERE id = ?1 AND version = ?{table.Columns.Count + 4}");

    /// <summary>Removes the row of the version that its second parameter is.</summary>
    public Statement Delete => delete ??= new(connection, $"DELETE FROM {table.Name} WHERE id = ? AND version = ?");

    /// <summary>Answers a row's version.</summary>
    public Statement Version => version ??= new(connection, $"SELECT version FROM {table.Name} WHERE id = ?");

    public void Dispose()
    {
        foreach (var statement in (Statement?[])[.. inserts, update, delete, version]) statement?.Dispose();
    }

    private string InsertSql(WriteRule rule)
    {
        var names = string.Join(", ", table.Columns.Select(column => column.Name));
        var values = string.Join(", ", Enumerable.Repeat("?", table.Columns.Count + 3));
        var sql = $"INSERT INTO {table.Name} (id, version, {names}, row_checksum) VALUES ({values}) ON CONFLICT (id) DO ";
        if (rule is WriteRule.IfAbsent or WriteRule.IfExpected) return sql + "NOTHING";
        sql += $"UPDATE SET version = excluded.version, {string.Join(", ", table.Columns.Select(column => $"{column.Name} = excluded.{column.Name}"))}, row_checksum = excluded.row_checksum";
        return rule == WriteRule.IfNewer ? sql + " WHERE excluded.version > version" : sql;
    }
}
