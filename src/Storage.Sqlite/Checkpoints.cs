using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Ticketing.Storage.Sqlite;

/// <summary>
/// Carries what the log holds over into the database, beside the commits. SQLite by itself does so within a commit, and everybody who wants to commit waits while
/// thousands of pages are written and flushed. A checkpoint that fails is not told: what it would have carried over stays in the log, and the next one tries again.
/// </summary>
internal sealed class Checkpoints : IDisposable
{
    /// <summary>How many pages of 4 KiB are written to the log between two.</summary>
    private const int Every = 4000;

    /// <summary>
    /// The log begins anew only when nothing was written to it while a checkpoint went through it, which under load is never. From this many pages on the writer itself
    /// carries over what little was written meanwhile.
    /// </summary>
    private const int Longest = 32_000;

    private readonly int every;
    private readonly int longest;
    private readonly SqliteConnection writer;
    private readonly SqliteConnection own;
    private readonly Thread thread;
    private readonly AutoResetEvent due = new(false);
    private volatile State state;
    private volatile bool stopping;
    private volatile int length;
    private int pages;

    private enum State
    {
        Waiting,
        UnderWay,
        Done,
    }

    /// <summary>Begins.</summary>
    /// <param name="writer">The connection that commits.</param>
    /// <param name="own">Another one to the same file; disposed of with this.</param>
    /// <param name="every">How many pages are written to the log between two.</param>
    /// <param name="longest">From how many pages on the writer sees to it that the log begins anew.</param>
    public Checkpoints(SqliteConnection writer, SqliteConnection own, int every = Every, int longest = Longest)
    {
        (this.writer, this.own, this.every, this.longest) = (writer, own, every, longest);
        raw.sqlite3_wal_autocheckpoint(writer.Handle!, 0);
        // Before a connection has read anything it does not know that there is a log.
        Schema.Execute(own, "SELECT count(*) FROM sqlite_schema");
        thread = new Thread(Run) { Name = "checkpoint", IsBackground = true };
        thread.Start();
    }

    /// <summary>A transaction was committed. Called by the writer's thread.</summary>
    public void Committed()
    {
        raw.sqlite3_db_status(writer.Handle!, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var written, out _, resetFlg: 1);
        pages += written;
        if (state == State.Done)
        {
            if (length >= longest) Checkpoint(writer);
            state = State.Waiting;
        }

        if (state != State.Waiting || pages < every) return;
        (pages, state) = (0, State.UnderWay);
        due.Set();
    }

    public void Dispose()
    {
        stopping = true;
        due.Set();
        thread.Join();
        own.Dispose();
        due.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            due.WaitOne();
            if (stopping) return;
            Checkpoint(own);
            // What was written meanwhile: the writer will have less to do, if it has to.
            if (length >= longest && !stopping) Checkpoint(own);
            state = State.Done;
        }
    }

    /// <summary>Waits for nobody: what a reader still needs as it was stays in the log.</summary>
    private void Checkpoint(SqliteConnection connection)
    {
        if (raw.sqlite3_wal_checkpoint_v2(connection.Handle!, null, raw.SQLITE_CHECKPOINT_PASSIVE, out var log, out _) == raw.SQLITE_OK) length = log;
    }
}
