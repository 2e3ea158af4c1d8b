using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Ticketing.Storage.Sqlite;

/// <summary>Looks for damage in a database that is large, while it is served; from the moment that some is found nothing more is read or written.</summary>
internal sealed class InspectionBeside : IDisposable
{
    // It ends what is being asked, and nothing where something is about to be.
    private const int InterruptEvery = 100;

    private readonly CancellationTokenSource ending = new();
    private readonly SqliteConnection connection;
    private readonly Thread thread;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? damage;

    /// <summary>Begins.</summary>
    /// <param name="connection">A connection of its own, which it closes.</param>
    public InspectionBeside(SqliteConnection connection)
    {
        this.connection = connection;
        thread = new Thread(Look) { Name = "inspection", IsBackground = true };
        thread.Start();
    }

    /// <summary>Refuses everything once damage was found: nothing can be relied on, everybody is told to ask later, and the process is not ready.</summary>
    /// <exception cref="StorageException">Damage was found.</exception>
    public void ThrowIfDamaged()
    {
        if (damage is not null) throw new StorageException(damage) { IsAway = true };
    }

    /// <summary>Completes when all was looked at.</summary>
    public Task Ended => ended.Task;

    /// <summary>Ends it, wherever it is.</summary>
    public void Dispose()
    {
        ending.Cancel();
        // What it asked last may take SQLite long.
        do raw.sqlite3_interrupt(connection.Handle!);
        while (!thread.Join(InterruptEvery));
        connection.Dispose();
        ending.Dispose();
    }

    private void Look()
    {
        try
        {
            Inspection.OfPages(connection);
            Inspection.OfRows(connection, ending.Token);
            if (!ending.IsCancellationRequested) Inspection.OfLookups(connection);
        }
        catch (StorageException e)
        {
            damage = e.Message;
        }
        catch (SqliteException) when (ending.IsCancellationRequested)
        {
            // It was interrupted.
        }
        catch (SqliteException e) when (e.SqliteErrorCode is not (raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB))
        {
            // It could not be looked at just now: that is no damage, and the next start looks again.
        }
        catch (SqliteException e)
        {
            damage = SqliteErrors.Explain(e, connection.DataSource).Message;
        }
        finally
        {
            ended.SetResult();
        }
    }
}
