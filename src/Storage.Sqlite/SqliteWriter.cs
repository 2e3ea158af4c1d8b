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
        var insert = statements["append", 6, () =>
            "INSERT INTO journal (event, number, batch, chain, payload, row_checksum) VALUES ($0, $1, $2, $3, $4, $5) ON CONFLICT (event, number) DO NOTHING"];
        if (Execute(insert, key, batch.Number, id, batch.Chain, batch.Payload, Checksum(key, batch, id)) == 0)
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
        var insert = statements[(table, write.Rule), count + 3, () =>
        {
            var names = string.Join(", ", table.Columns.Select(column => column.Name));
            var values = string.Join(", ", table.Columns.Select((column, i) => Statements.Parameter(column.Type, i + 2)));
            var sql = $"INSERT INTO {table.Name} (id, version, {names}, row_checksum) VALUES ({Statements.Parameter(table.KeyType, 0)}, $1, {values}, ${count + 2}) ON CONFLICT (id) DO ";
            if (write.Rule is WriteRule.IfAbsent or WriteRule.IfExpected) return sql + "NOTHING";
            sql += $"UPDATE SET version = excluded.version, {string.Join(", ", table.Columns.Select(column => $"{column.Name} = excluded.{column.Name}"))}, row_checksum = excluded.row_checksum";
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
        var update = statements[(table, "update"), count + 4, () =>
            $"UPDATE {table.Name} SET version = $1, {string.Join(", ", table.Columns.Select((column, i) => $"{column.Name} = {Statements.Parameter(column.Type, i + 2)}"))}, row_checksum = ${count + 2} " +
            $"WHERE id = {Statements.Parameter(table.KeyType, 0)} AND version = ${count + 3}"];
        BindRow(update, write);
        update.Parameters[count + 3].Value = write.Expected;
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
        var insert = statements["snapshot", 7, () =>
            "INSERT OR REPLACE INTO snapshots (event, number, chunk, chunks, chain, payload, row_checksum) VALUES ($0, $1, $2, $3, $4, $5, $6)"];
        for (var i = 0; i < chunks; i++)
        {
            var start = i * SnapshotUnit.ChunkSize;
            var chunk = payload[start..Math.Min(payload.Length, start + SnapshotUnit.ChunkSize)];
            var checksum = statements.Checksum;
            checksum.Begin("snapshots");
            checksum.Add(key);
            checksum.Add(number);
            checksum.Add(i);
            checksum.Add(chunks);
            checksum.Add(chain);
            checksum.Add(chunk);
            Execute(insert, key, number, (long)i, (long)chunks, chain, chunk, checksum.End());
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

    private long Checksum(byte[] key, Grains.Events.JournalBatch batch, byte[] id)
    {
        var checksum = statements.Checksum;
        checksum.Begin("journal");
        checksum.Add(key);
        checksum.Add(batch.Number);
        checksum.Add(id);
        checksum.Add(batch.Chain);
        checksum.Add(batch.Payload);
        return checksum.End();
    }

    private void BindRow(SqliteCommand command, RecordWrite write)
    {
        command.Parameters[0].Value = Statements.ValueOf(write.Key);
        command.Parameters[1].Value = write.Version;
        for (var i = 0; i < write.Members!.Length; i++) command.Parameters[i + 2].Value = Statements.ValueOf(write.Members[i]);
        command.Parameters[write.Members.Length + 2].Value = statements.Checksum.Of(write);
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
