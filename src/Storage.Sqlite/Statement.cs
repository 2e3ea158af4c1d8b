using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Ticketing.Storage.Sqlite;

/// <summary>A statement that is prepared once and then bound and run many times without an allocation, which the library's commands cannot. Used by one thread.</summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 database;
    private readonly sqlite3_stmt handle;

    public Statement(SqliteConnection connection, string sql)
    {
        database = connection.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out handle), database);
    }

    /// <summary>Binds no value.</summary>
    /// <param name="place">Which parameter, from 1.</param>
    public void BindNothing(int place) => Check(raw.sqlite3_bind_null(handle, place));

    /// <summary>Binds a number.</summary>
    public void Bind(int place, long value) => Check(raw.sqlite3_bind_int64(handle, place, value));

    /// <summary>Binds bytes.</summary>
    public void Bind(int place, ReadOnlySpan<byte> value) => Check(raw.sqlite3_bind_blob(handle, place, value));

    /// <summary>Binds a text, all of it: also what comes after a NUL.</summary>
    /// <param name="place">Which parameter, from 1.</param>
    /// <param name="value">The text in UTF-8.</param>
    public void BindText(int place, ReadOnlySpan<byte> value) =>
        // An empty span has no address, and a text without an address would be none.
        Check(value.IsEmpty ? raw.sqlite3_bind_text(handle, place, "") : raw.sqlite3_bind_text(handle, place, value));

    /// <summary>Runs a statement that answers nothing.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Execute()
    {
        Step();
        raw.sqlite3_reset(handle);
        return raw.sqlite3_changes(database);
    }

    /// <summary>Runs a statement that answers at most one number.</summary>
    public long? Number()
    {
        var number = Step() ? raw.sqlite3_column_int64(handle, 0) : default(long?);
        raw.sqlite3_reset(handle);
        return number;
    }

    public void Dispose() => handle.Dispose();

    private bool Step()
    {
        var result = raw.sqlite3_step(handle);
        if (result is raw.SQLITE_ROW or raw.SQLITE_DONE) return result == raw.SQLITE_ROW;
        try
        {
            SqliteException.ThrowExceptionForRC(result, database);
            throw new InvalidOperationException($"SQLite answers {result}");
        }
        finally
        {
            raw.sqlite3_reset(handle);
        }
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(result, database);
    }
}
