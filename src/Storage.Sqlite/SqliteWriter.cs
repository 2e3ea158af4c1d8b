using Microsoft.Data.Sqlite;

namespace Ticketing.Storage.Sqlite;

/// <summary>Writes groups of units, each group one transaction and one flush.</summary>
internal sealed class SqliteWriter(Statements statements) : IDisposable
{
    public SqliteConnection Connection => statements.Connection;

    public void Commit(IReadOnlyList<Unit> units)
    {
        try
        {
            Run("BEGIN IMMEDIATE");
            foreach (var unit in units) unit.Outcome = Write(unit);
            Run("COMMIT");
        }
        catch (SqliteException e)
        {
            RollBack();
            throw SqliteErrors.Explain(e, Connection.DataSource);
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    public void Dispose() => statements.Dispose();

    private UnitOutcome Write(Unit unit) => unit switch
    {
        AppendUnit append => Append(append),
        WriteUnit write => Write(write.Write, write.Repeated),
        SnapshotUnit snapshot => Save(snapshot),
        _ => throw new InvalidOperationException($"no statement for {unit.GetType().Name}"),
    };

    private UnitOutcome Append(AppendUnit append)
    {
        var key = Statements.ValueOf(append.Key);
        var (batch, id) = (append.Batch, append.Batch.Id.ToByteArray());
        var insert = statements["append", 5, () =>
            "INSERT INTO journal (event, number, batch, chain, payload) VALUES ($0, $1, $2, $3, $4) ON CONFLICT (event, number) DO NOTHING"];
        if (Execute(insert, key, batch.Number, id, batch.Chain, batch.Payload) == 0)
        {
            var select = statements["whose", 2, () => "SELECT batch FROM journal WHERE event = $0 AND number = $1"];
            Bind(select, key, batch.Number);
            // The records of a batch that is ours were written with it.
            return select.ExecuteScalar() is byte[] owner && owner.AsSpan().SequenceEqual(id) ? UnitOutcome.Committed : UnitOutcome.Conflict;
        }

        foreach (var write in append.Writes) Write(write, repeated: false);
        return UnitOutcome.Committed;
    }

    private UnitOutcome Write(RecordWrite write, bool repeated)
    {
        if (write.Members is null) return Remove(write, repeated);
        // An absent record is expected: only an insert will do. A present one: only an update.
        var changed = write.Rule == WriteRule.IfExpected && write.Expected != 0 ? Update(write) : Insert(write);
        if (changed == 1 || write.Rule != WriteRule.IfExpected) return UnitOutcome.Committed;
        return VersionOf(write.Table, write.Key) == write.Version ? UnitOutcome.Committed : UnitOutcome.Conflict;
    }

    private int Insert(RecordWrite write)
    {
        var table = write.Table;
        var count = table.Columns.Count;
        var insert = statements[(table, write.Rule), count + 2, () =>
        {
            var names = string.Join(", ", table.Columns.Select(column => column.Name));
            var values = string.Join(", ", table.Columns.Select((column, i) => Statements.Parameter(column.Type, i + 2)));
            var sql = $"INSERT INTO {table.Name} (id, version, {names}) VALUES ({Statements.Parameter(table.KeyType, 0)}, $1, {values}) ON CONFLICT (id) DO ";
            if (write.Rule is WriteRule.IfAbsent or WriteRule.IfExpected) return sql + "NOTHING";
            sql += $"UPDATE SET version = excluded.version, {string.Join(", ", table.Columns.Select(column => $"{column.Name} = excluded.{column.Name}"))}";
            return write.Rule == WriteRule.IfNewer ? sql + " WHERE excluded.version > version" : sql;
        }
        ];
        BindRow(insert, write);
        return insert.ExecuteNonQuery();
    }

    private int Update(RecordWrite write)
    {
        var table = write.Table;
        var count = table.Columns.Count;
        var update = statements[(table, "update"), count + 3, () =>
            $"UPDATE {table.Name} SET version = $1, {string.Join(", ", table.Columns.Select((column, i) => $"{column.Name} = {Statements.Parameter(column.Type, i + 2)}"))} " +
            $"WHERE id = {Statements.Parameter(table.KeyType, 0)} AND version = ${count + 2}"];
        BindRow(update, write);
        update.Parameters[count + 2].Value = write.Expected;
        return update.ExecuteNonQuery();
    }

    private UnitOutcome Remove(RecordWrite write, bool repeated)
    {
        var table = write.Table;
        var delete = statements[(table, "delete"), 2, () => $"DELETE FROM {table.Name} WHERE id = {Statements.Parameter(table.KeyType, 0)} AND version = $1"];
        if (Execute(delete, Statements.ValueOf(write.Key), write.Expected) == 1) return UnitOutcome.Committed;
        // What is gone when a removal is repeated was removed by the first try.
        return repeated && VersionOf(table, write.Key) is null ? UnitOutcome.Committed : UnitOutcome.Conflict;
    }

    private UnitOutcome Save(SnapshotUnit unit)
    {
        var key = Statements.ValueOf(unit.Key);
        var (number, payload, chain) = (unit.Snapshot.Number, unit.Snapshot.Payload, unit.Snapshot.Chain);
        var chunks = Math.Max(1, (payload.Length + SnapshotUnit.ChunkSize - 1) / SnapshotUnit.ChunkSize);
        var insert = statements["snapshot", 6, () =>
            "INSERT OR REPLACE INTO snapshots (event, number, chunk, chunks, chain, payload) VALUES ($0, $1, $2, $3, $4, $5)"];
        for (var i = 0; i < chunks; i++)
        {
            var start = i * SnapshotUnit.ChunkSize;
            Execute(insert, key, number, (long)i, (long)chunks, chain, payload[start..Math.Min(payload.Length, start + SnapshotUnit.ChunkSize)]);
        }

        // This one may be the older: a snapshot that was written late.
        Execute(statements["prune", 1, () => "DELETE FROM snapshots WHERE event = $0 AND number < (SELECT max(number) FROM snapshots WHERE event = $0)"], key);
        return UnitOutcome.Committed;
    }

    private long? VersionOf(RecordTable table, Cell key)
    {
        var select = statements[(table, "version"), 1, () => $"SELECT version FROM {table.Name} WHERE id = {Statements.Parameter(table.KeyType, 0)}"];
        Bind(select, Statements.ValueOf(key));
        return (long?)select.ExecuteScalar();
    }

    private static void BindRow(SqliteCommand command, RecordWrite write)
    {
        command.Parameters[0].Value = Statements.ValueOf(write.Key);
        command.Parameters[1].Value = write.Version;
        for (var i = 0; i < write.Members!.Length; i++) command.Parameters[i + 2].Value = Statements.ValueOf(write.Members[i]);
    }

    private static void Bind(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
    }

    private static int Execute(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        Bind(command, values);
        return command.ExecuteNonQuery();
    }

    private void Run(string sql) => statements[sql, 0, () => sql].ExecuteNonQuery();

    private void RollBack()
    {
        try
        {
            Run("ROLLBACK");
        }
        catch (SqliteException)
        {
            // Some errors (a full disk among them) have rolled back already.
        }
    }
}
