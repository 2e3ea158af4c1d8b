using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Events;

namespace Ticketing.Storage.Sqlite;

/// <summary>
/// The embedded engine: one SQLite file in a data directory, in WAL mode with <c>synchronous=FULL</c>, so that a commit is flushed before it is
/// acknowledged (https://www.sqlite.org/wal.html). One process owns the directory; a second one is refused.
/// </summary>
public sealed class SqliteEngine : IEngine
{
    /// <summary>What a lock that somebody else holds is called: EAGAIN of Linux and of macOS, and the sharing violation of Windows.</summary>
    private static readonly int[] InUse = [11, 35, unchecked((int)0x80070020)];

    /// <summary>A file up to this size, of some hundred thousand tickets, is looked at within seconds, and before the start.</summary>
    private const long LookedAtFirst = 128 << 20;

    private readonly FileStream? ownership;
    private readonly string file;
    private readonly SqliteWriter? writer;
    private readonly string? address;
    private readonly ConcurrentBag<Statements> readers = [];
    private readonly Arrivals arrivals;
    // All reads are of one transaction, and so of one connection.
    private readonly bool isOfOneMoment;
    private readonly DateTime lastWrite;
    private readonly InspectionBeside? beside;
    private volatile bool disposed;

    /// <summary>Opens the database in a directory, or makes it.</summary>
    /// <param name="directory">The data directory; made if it is not there.</param>
    /// <param name="mostPages">The most pages of 4 KiB that the file may grow to; absent for as much as the disk holds.</param>
    /// <param name="lookedAtFirst">The most bytes of a file whose pages and rows are all looked at before it is open; those of a larger one are looked at meanwhile.</param>
    /// <param name="putInOrder">How many pairs of lookups are put in order together before they are written.</param>
    /// <exception cref="StorageException">The directory cannot be used, belongs to a running process, or holds something else or something damaged. The message is one line.</exception>
    public SqliteEngine(string directory, long? mostPages = null, long lookedAtFirst = LookedAtFirst, int putInOrder = Arrivals.Enough)
        : this(directory, Own(directory), mostPages, lookedAtFirst, putInOrder)
    {
    }

    /// <summary>Opens the database in a directory that this process has taken, or makes it.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="ownership">What <see cref="Own"/> answered; the engine's from now on.</param>
    /// <exception cref="StorageException">The directory cannot be used, or holds something else or something damaged. The message is one line.</exception>
    public SqliteEngine(string directory, FileStream ownership)
        : this(directory, ownership, null, LookedAtFirst, Arrivals.Enough)
    {
    }

    private SqliteEngine(string directory, FileStream ownership, long? mostPages, long lookedAtFirst, int putInOrder)
    {
        this.ownership = ownership;
        arrivals = new(putInOrder);
        file = Path.Combine(directory, SqliteWorkplace.Database);
        SqliteConnection? connection = null;
        try
        {
            Inspection.OfFiles(file);
            if (!Path.Exists(file)) Create(file);
            connection = Connect(file, SqliteOpenMode.ReadWrite);
            var isLarge = new FileInfo(file).Length > lookedAtFirst && Schema.IsCurrent(connection);
            Inspect(connection, whole: !isLarge);
            // A commit that split a page goes through all that are cached: with more of them each would cost more than they save.
            Schema.Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;");
            if (mostPages is { } pages) Schema.Execute(connection, $"PRAGMA max_page_count = {pages};");
            // Where shared memory is missing (some network drives), SQLite goes on in another mode without a word.
            if (Schema.Pragma(connection, "journal_mode") is not "wal") throw new StorageException($"the directory {directory} cannot hold a database: use a local disk");
            if (!Schema.IsCurrent(connection))
            {
                Schema.Create(connection);
                arrivals.Load(connection);
            }

            writer = new SqliteWriter(connection, Connect(file, SqliteOpenMode.ReadWrite), arrivals);
            if (isLarge) beside = new InspectionBeside(Connect(file, SqliteOpenMode.ReadOnly));
        }
        catch (Exception e)
        {
            writer?.Dispose();
            connection?.Dispose();
            ownership?.Dispose();
            if (e is SqliteException sqlite) throw SqliteErrors.Explain(sqlite, file);
            throw;
        }
    }

    private SqliteEngine(FileStream? ownership, string file)
    {
        arrivals = new();
        (this.file, this.ownership, isOfOneMoment) = (file, ownership, ownership is null);
        lastWrite = File.GetLastWriteTimeUtc(file);
        // Without a log beside it the file is all there is: SQLite is told that it does not change, and leaves nothing beside it either (https://www.sqlite.org/uri.html).
        if (!File.Exists(file + "-wal")) address = $"{new Uri(file).AbsoluteUri}?immutable=1";
        Statements? reader = null;
        try
        {
            // Before SQLite opens them: it would make its index of the log anew, and nobody could tell any more what the log has lost.
            if (isOfOneMoment) Inspection.OfFilesAtRest(file);
            else Inspection.OfFiles(file);
            reader = new(Connect(address ?? file, SqliteOpenMode.ReadOnly));
            // The moment is that of the first read in the transaction (https://www.sqlite.org/isolation.html).
            if (isOfOneMoment) Schema.Execute(reader.Connection, "BEGIN");
            Schema.CheckWhole(reader.Connection, file);
            if (isOfOneMoment) arrivals.Load(reader.Connection);
            else Inspect(reader.Connection, whole: true);
            readers.Add(reader);
        }
        catch (Exception e)
        {
            reader?.Dispose();
            ownership?.Dispose();
            if (e is SqliteException sqlite) throw SqliteErrors.Explain(sqlite, file);
            throw;
        }
    }

    /// <summary>Opens a database that is there, to read it. Nothing of it is changed; its directory belongs to this process meanwhile.</summary>
    /// <param name="file">The database file, of whatever name.</param>
    /// <exception cref="StorageException">There is none, it belongs to a running process, or it is not of this program's schema. The message is one line.</exception>
    public static SqliteEngine OpenToRead(string file)
    {
        var path = Path.GetFullPath(file);
        if (!File.Exists(path)) throw new StorageException($"there is no database {path}");
        return new(Own(Path.GetDirectoryName(path)!), path);
    }

    /// <summary>Opens a database that is there, to read it as it stands at this moment; the process that serves it goes on. Nothing of it is changed. Used by one thread.</summary>
    /// <param name="file">The database file, of whatever name.</param>
    /// <exception cref="StorageException">There is none, or it is not of this program's schema. The message is one line.</exception>
    public static SqliteEngine OpenThisMoment(string file)
    {
        var path = Path.GetFullPath(file);
        return File.Exists(path) ? new(ownership: null, path) : throw new StorageException($"there is no database {path}");
    }

    /// <summary>Looks, after everything was read, whether a file that nobody used when it was opened was left alone: only then was it read as of one moment.</summary>
    /// <exception cref="StorageException">It was not. The message is one line.</exception>
    internal void CheckUnchanged()
    {
        if (address is not null && (File.Exists(file + "-wal") || File.GetLastWriteTimeUtc(file) != lastWrite)) throw new StorageException($"a process began to serve {file} while it was read: do it again");
    }

    /// <inheritdoc/>
    public bool IsShared => false;

    /// <inheritdoc/>
    public void Commit(IReadOnlyList<Unit> units)
    {
        if (writer is null) throw new InvalidOperationException($"{file} was opened to be read");
        beside?.ThrowIfDamaged();
        writer.Commit(units);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalBatch>> ReadJournal(RecordId key, long after, int limit) => Read(statements =>
    {
        var select = statements["journal", 3, () =>
            "SELECT event, number, batch, chain, payload, row_checksum FROM journal WHERE event = $0 AND number > $1 ORDER BY number LIMIT $2"];
        (select.Parameters[0].Value, select.Parameters[1].Value, select.Parameters[2].Value) = (Statements.ValueOf(key), after, limit);
        var batches = new List<JournalBatch>();
        using var reader = select.ExecuteReader();
        while (reader.Read())
        {
            statements.Verify(reader, "journal");
            batches.Add(new(reader.GetInt64(1), new Guid(reader.GetFieldValue<byte[]>(2)), reader.GetFieldValue<byte[]>(4), reader.GetFieldValue<byte[]>(3)));
        }

        return (IReadOnlyList<JournalBatch>)batches;
    });

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RecordId>> ListJournals(RecordId? after, int limit) => Read(statements =>
    {
        // From one journal over all of its batches to the next: each step is one look into the index.
        var select = statements["journals", 2, () => """
            WITH RECURSIVE found (event) AS (
                SELECT min(event) FROM journal WHERE event > $0
                UNION ALL SELECT (SELECT min(event) FROM journal WHERE event > found.event) FROM found WHERE found.event IS NOT NULL)
            SELECT event FROM found WHERE event IS NOT NULL LIMIT $1
            """];
        (select.Parameters[0].Value, select.Parameters[1].Value) = (after is { } id ? Statements.ValueOf(id) : [], limit);
        var ids = new List<RecordId>();
        using var reader = select.ExecuteReader();
        while (reader.Read()) ids.Add(RecordId.Read(reader.GetFieldValue<byte[]>(0)));
        return (IReadOnlyList<RecordId>)ids;
    });

    /// <inheritdoc/>
    public ValueTask<Snapshot?> ReadSnapshot(RecordId key) => Read(statements =>
    {
        var select = statements["snapshot", 1, () =>
            "SELECT event, number, chunk, chunks, chain, payload, row_checksum FROM snapshots WHERE event = $0 ORDER BY number DESC, chunk"];
        select.Parameters[0].Value = Statements.ValueOf(key);
        using var reader = select.ExecuteReader();
        if (!reader.Read()) return null;
        var (number, chunks, chain) = (reader.GetInt64(1), reader.GetInt64(3), reader.GetFieldValue<byte[]>(4));
        var payload = new MemoryStream();
        for (var i = 0; i < chunks; i++)
        {
            statements.Verify(reader, "snapshots");
            if (reader.GetInt64(1) != number || reader.GetInt64(2) != i) throw SqliteErrors.Damaged(file, "a snapshot is not complete");
            payload.Write(reader.GetFieldValue<byte[]>(5));
            if (i + 1 < chunks && !reader.Read()) throw SqliteErrors.Damaged(file, "a snapshot is not complete");
        }

        return new Snapshot(number, payload.ToArray(), chain);
    });

    /// <inheritdoc/>
    public ValueTask<Row?> Find(RecordTable table, Cell key) => Read(statements =>
    {
        var select = statements[(table, "find"), 1, () => $"SELECT {Listing.Columns(table)} FROM {table.Name} WHERE id = {Statements.Parameter(table.KeyType, 0)}"];
        select.Parameters[0].Value = Statements.ValueOf(key);
        using var reader = select.ExecuteReader();
        return reader.Read() ? Listing.Row(statements, reader, table) : null;
    });

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Row>> List(Query query) => Read(statements => Listing.Of(statements, query, arrivals));

    /// <inheritdoc/>
    public IAsyncEnumerable<Row> Scan(RecordTable table) => Rows(table).ToAsyncEnumerable();

    /// <summary>Closes the file and gives the directory up.</summary>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        beside?.Dispose();
        while (readers.TryTake(out var reader)) reader.Dispose();
        writer?.Dispose();
        ownership?.Dispose();
    }

    /// <summary>Takes a data directory for this process, as an open engine does, until the answer is disposed of.</summary>
    /// <param name="directory">The data directory; made if it is not there.</param>
    /// <exception cref="StorageException">The directory cannot be used, or belongs to a running process. The message is one line.</exception>
    public static FileStream Own(string directory)
    {
        try
        {
            Make(directory);
            return new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (InUse.Contains(e.HResult))
        {
            throw new StorageException($"the data directory {directory} is in use by another process: end it, or choose another directory");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new StorageException($"the data directory {directory} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>A setting of the writer's connection.</summary>
    internal object? Setting(string name) => Schema.Pragma(writer!.Connection, name);

    /// <summary>Completes when a file that was too large for it has been looked at.</summary>
    internal Task LookedAt => beside?.Ended ?? Task.CompletedTask;

    /// <summary>A new directory is for this user alone: it will hold e-mail addresses, password hashes and keys.</summary>
    private static void Make(string directory)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
        else Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private ValueTask<T> Read<T>(Func<Statements, T> read)
    {
        var reader = TakeReader();
        try
        {
            return new(Explained(() => read(reader)));
        }
        finally
        {
            GiveBack(reader);
        }
    }

    /// <summary>One statement sees the database as it was when it began (https://www.sqlite.org/isolation.html), however long its rows are fetched.</summary>
    private IEnumerable<Row> Rows(RecordTable table)
    {
        var statements = TakeReader();
        try
        {
            using var rows = Explained(() =>
                statements[(table, "scan"), 0, () => $"SELECT {Listing.Columns(table)} FROM {table.Name} ORDER BY id"].ExecuteReader());
            while (Explained(rows.Read)) yield return Listing.Row(statements, rows, table);
        }
        finally
        {
            GiveBack(statements);
        }
    }

    private Statements TakeReader()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        beside?.ThrowIfDamaged();
        if (readers.TryTake(out var reader)) return reader;
        return isOfOneMoment ? throw new InvalidOperationException("one read at a time, or it is not of one moment") : new Statements(Connect(address ?? file, SqliteOpenMode.ReadOnly));
    }

    private void GiveBack(Statements reader)
    {
        if (disposed) reader.Dispose();
        else readers.Add(reader);
    }

    private T Explained<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.Explain(e, file);
        }
    }

    /// <summary>Makes a new database beside its place, so that what is in that place is a database or damaged, never one that was begun.</summary>
    private static void Create(string file)
    {
        var made = Path.Combine(Path.GetDirectoryName(file)!, "new.db");
        foreach (var rest in Directory.EnumerateFiles(Path.GetDirectoryName(file)!, "new.db*")) File.Delete(rest);
        using (var connection = Connect(made, SqliteOpenMode.ReadWriteCreate))
        {
            Schema.Execute(connection, "PRAGMA synchronous = FULL;");
            Schema.Create(connection);
        }

        File.Move(made, file);
    }

    /// <summary>Looks for damage, and leaves what is damaged as it is: the log beside it too, which closing would otherwise take in.</summary>
    private void Inspect(SqliteConnection connection, bool whole)
    {
        raw.sqlite3_db_config(connection.Handle!, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
        Schema.Check(connection);
        if (whole) Inspection.OfPages(connection);
        if (Schema.IsCurrent(connection))
        {
            Schema.CheckShape(connection);
            arrivals.Load(connection);
            if (whole) Inspection.OfRows(connection);
            if (whole) Inspection.OfLookups(connection);
        }

        raw.sqlite3_db_config(connection.Handle!, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, out _);
    }

    private static SqliteConnection Connect(string file, SqliteOpenMode mode)
    {
        // SQLite itself waits for a lock (busy_timeout); the library would have it wait again and again for 30 s, and the whole process with it.
        var settings = new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false, DefaultTimeout = 1 };
        var connection = new SqliteConnection(settings.ToString());
        try
        {
            connection.Open();
            Schema.Execute(connection, "PRAGMA busy_timeout = 2000;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
