using Microsoft.Data.Sqlite;
using Ticketing.Grains.Abstractions;

namespace Ticketing.Storage.Sqlite;

/// <summary>Writes groups of units, each group one transaction and one flush. Each value of a row is bound, and goes into the row's checksum, in one pass.</summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly Checkpoints checkpoints;
    private readonly LookupWriter lookups;
    private readonly RowChecksum checksum = new();
    private readonly Dictionary<RecordTable, TableStatements> tables;
    private readonly Statement begin;
    private readonly Statement commit;
    private readonly Statement rollBack;
    private readonly Statement append;
    private readonly Statement isOwner;
    private readonly Statement save;
    private readonly Statement prune;

    /// <summary>Prepares its statements.</summary>
    /// <param name="connection">Its connection.</param>
    /// <param name="second">Another one to the same file, for the checkpoints.</param>
    /// <param name="arrivals">The pairs of lookups that the file has outside of the lookups' tables.</param>
    public SqliteWriter(SqliteConnection connection, SqliteConnection second, Arrivals arrivals)
    {
        this.connection = connection;
        checkpoints = new(connection, second);
        lookups = new(connection, arrivals);
        tables = Tables.All.ToDictionary(table => table, table => new TableStatements(connection, table));
        begin = new(connection, "BEGIN IMMEDIATE");
        commit = new(connection, "COMMIT");
        rollBack = new(connection, "ROLLBACK");
        append = new(connection, "INSERT INTO journal (event, number, batch, chain, payload, row_checksum) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (event, number) DO NOTHING");
        isOwner = new(connection, "SELECT 1 FROM journal WHERE event = ? AND number = ? AND batch = ?");
        save = new(connection, "INSERT OR REPLACE INTO snapshots (event, number, chunk, chunks, chain, payload, row_checksum) VALUES (?, ?, ?, ?, ?, ?, ?)");
        prune = new(connection, "DELETE FROM snapshots WHERE event = ?1 AND number < (SELECT max(number) FROM snapshots WHERE event = ?1)");
    }

    public SqliteConnection Connection => connection;

    public void Commit(IReadOnlyList<Unit> units)
    {
        try
        {
            begin.Execute();
            foreach (var unit in units) unit.Outcome = Write(unit);
            lookups.Store();
            commit.Execute();
        }
        catch (SqliteException e)
        {
            RollBack();
            throw SqliteErrors.Explain(e, connection.DataSource);
        }
        catch
        {
            RollBack();
            throw;
        }

        lookups.Committed();
        checkpoints.Committed();
    }

    public void Dispose()
    {
        checkpoints.Dispose();
        lookups.Dispose();
        foreach (var table in tables.Values) table.Dispose();
        foreach (var statement in (Statement[])[begin, commit, rollBack, append, isOwner, save, prune]) statement.Dispose();
        connection.Dispose();
    }

    private UnitOutcome Write(Unit unit) => unit switch
    {
        AppendUnit append => Append(append),
        WriteUnit write => Write(write.Write, write.Repeated),
        SnapshotUnit snapshot => Save(snapshot),
        _ => throw new InvalidOperationException($"no statement for {unit.GetType().Name}"),
    };

    private UnitOutcome Append(AppendUnit unit)
    {
        Span<byte> id = stackalloc byte[16];
        unit.Batch.Id.TryWriteBytes(id);
        checksum.Begin("journal");
        Bind(append, 1, unit.Key);
        Bind(append, 2, unit.Batch.Number);
        Bind(append, 3, id);
        Bind(append, 4, unit.Batch.Chain);
        Bind(append, 5, unit.Batch.Payload);
        append.Bind(6, checksum.End());
        // The records of a batch that is ours were written with it.
        if (append.Execute() == 0) return IsOwner(unit.Key, unit.Batch.Number, id) ? UnitOutcome.Committed : UnitOutcome.Conflict;
        foreach (var write in unit.Writes) Write(write, repeated: false);
        return UnitOutcome.Committed;
    }

    private bool IsOwner(RecordId key, long number, ReadOnlySpan<byte> id)
    {
        BindKey(isOwner, Cell.Of(key));
        isOwner.Bind(2, number);
        isOwner.Bind(3, id);
        return isOwner.Number() is not null;
    }

    private UnitOutcome Write(RecordWrite write, bool repeated)
    {
        var table = tables[write.Table];
        if (write.Members is null) return Remove(table, write, repeated);
        // An absent record is expected: only an insert will do. A present one: only an update.
        var updates = write.Rule == WriteRule.IfExpected && write.Expected != 0;
        var inserts = write.Rule == WriteRule.IfAbsent || (write.Rule == WriteRule.IfExpected && !updates);
        // Most of what is looked up is new, which an insert tells without another look.
        var isNew = (inserts || (!updates && lookups.Has(write.Table))) && Put(table.Insert(WriteRule.IfAbsent), write);
        var isWritten = isNew;
        if (!isNew && !inserts)
        {
            isNew = lookups.IsNew(write);
            isWritten = updates ? Put(table.Update, write, write.Expected) : Put(table.Insert(write.Rule), write);
        }

        if (isWritten && isNew) lookups.Note(write);
        if (isWritten || write.Rule != WriteRule.IfExpected) return UnitOutcome.Committed;
        return VersionOf(table, write.Key) == write.Version ? UnitOutcome.Committed : UnitOutcome.Conflict;
    }

    /// <summary>Runs a statement of a whole row.</summary>
    /// <returns>Whether it wrote the row.</returns>
    private bool Put(Statement statement, RecordWrite write, long? expected = null)
    {
        checksum.Begin(write.Table.Name);
        Bind(statement, 1, write.Key);
        Bind(statement, 2, write.Version);
        var place = 3;
        foreach (var member in write.Members!) Bind(statement, place++, member);
        statement.Bind(place++, checksum.End());
        if (expected is { } version) statement.Bind(place, version);
        return statement.Execute() == 1;
    }

    private UnitOutcome Remove(TableStatements table, RecordWrite write, bool repeated)
    {
        BindKey(table.Delete, write.Key);
        table.Delete.Bind(2, write.Expected);
        if (table.Delete.Execute() == 1) return UnitOutcome.Committed;
        // What is gone when a removal is repeated was removed by the first try.
        return repeated && VersionOf(table, write.Key) is null ? UnitOutcome.Committed : UnitOutcome.Conflict;
    }

    private UnitOutcome Save(SnapshotUnit unit)
    {
        var payload = unit.Snapshot.Payload;
        var chunks = Math.Max(1, (payload.Length + SnapshotUnit.ChunkSize - 1) / SnapshotUnit.ChunkSize);
        for (var i = 0; i < chunks; i++)
        {
            var start = i * SnapshotUnit.ChunkSize;
            checksum.Begin("snapshots");
            Bind(save, 1, unit.Key);
            Bind(save, 2, unit.Snapshot.Number);
            Bind(save, 3, i);
            Bind(save, 4, chunks);
            Bind(save, 5, unit.Snapshot.Chain);
            Bind(save, 6, payload.AsSpan(start, Math.Min(payload.Length - start, SnapshotUnit.ChunkSize)));
            save.Bind(7, checksum.End());
            save.Execute();
        }

        // This one may be the older: a snapshot that was written late.
        BindKey(prune, Cell.Of(unit.Key));
        prune.Execute();
        return UnitOutcome.Committed;
    }

    private long? VersionOf(TableStatements table, Cell key)
    {
        BindKey(table.Version, key);
        return table.Version.Number();
    }

    /// <summary>Binds what a row is found by.</summary>
    private void BindKey(Statement statement, Cell key)
    {
        // Its checksum is nobody's.
        checksum.Begin("");
        Bind(statement, 1, key);
    }

    private void Bind(Statement statement, int place, Cell cell)
    {
        switch (cell.HasValue ? cell.Type : (ColumnType?)null)
        {
            case null:
                checksum.AddNothing();
                statement.BindNothing(place);
                break;
            case ColumnType.Id: Bind(statement, place, cell.Id); break;
            case ColumnType.Number: Bind(statement, place, cell.Number); break;
            case ColumnType.Text: statement.BindText(place, checksum.Add(cell.Text)); break;
            case ColumnType.Bytes: Bind(statement, place, cell.Bytes); break;
            default: throw new InvalidOperationException($"no value for {cell.Type}");
        }
    }

    private void Bind(Statement statement, int place, RecordId id) => statement.Bind(place, checksum.Add(id));

    private void Bind(Statement statement, int place, long number)
    {
        checksum.Add(number);
        statement.Bind(place, number);
    }

    private void Bind(Statement statement, int place, byte[] bytes)
    {
        // As a span, none would be the same as empty.
        ArgumentNullException.ThrowIfNull(bytes);
        Bind(statement, place, bytes.AsSpan());
    }

    private void Bind(Statement statement, int place, ReadOnlySpan<byte> bytes)
    {
        checksum.Add(bytes);
        statement.Bind(place, bytes);
    }

    private void RollBack()
    {
        lookups.RolledBack();
        try
        {
            rollBack.Execute();
        }
        catch (SqliteException)
        {
            // Some errors (a full disk among them) have rolled back already.
        }
    }
}
