using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Events;

namespace Ticketing.Storage;

/// <summary>
/// A database, as small as it can be for two of them to pass one conformance suite. <see cref="Commit"/> is called by the <see cref="CommitLoop"/> alone,
/// from one thread; reads come from any thread and see what was committed before they began.
/// </summary>
public interface IEngine : IDisposable
{
    /// <summary>Whether other processes may use the database at the same time.</summary>
    bool IsShared { get; }

    /// <summary>
    /// Makes a group of units durable together, and sets the outcome of each: a conflict of one does not touch the others. Repeating a unit that was committed
    /// finds it committed. Where batch and records cannot be one write, the batch goes first and is the commit; a repeated batch writes its records again.
    /// </summary>
    /// <param name="units">The units, in the order they were asked for.</param>
    /// <exception cref="StorageException">What became of the units is not known; they may be repeated.</exception>
    void Commit(IReadOnlyList<Unit> units);

    /// <summary>The batches of a journal after a number, in order.</summary>
    ValueTask<IReadOnlyList<JournalBatch>> ReadJournal(RecordId key, long after, int limit);

    /// <summary>The events that have a journal, in the order of their ids.</summary>
    /// <param name="after">Only ids greater than this; absent for all.</param>
    /// <param name="limit">How many at most.</param>
    ValueTask<IReadOnlyList<RecordId>> ListJournals(RecordId? after, int limit);

    /// <summary>The newest complete snapshot of a journal, or nothing.</summary>
    ValueTask<Snapshot?> ReadSnapshot(RecordId key);

    /// <summary>The record with a key, or nothing.</summary>
    ValueTask<Row?> Find(RecordTable table, Cell key);

    /// <summary>The records a query asks for.</summary>
    ValueTask<IReadOnlyList<Row>> List(Query query);

    /// <summary>All records of a table as they stood at one moment, in the order of keys, as a stream. What is written meanwhile waits for nothing.</summary>
    IAsyncEnumerable<Row> Scan(RecordTable table);
}

/// <summary>Storage could not do what it was asked. The message is one line for an operator.</summary>
public sealed class StorageException : Exception
{
    /// <summary>Storage could not do what it was asked.</summary>
    public StorageException()
    {
    }

    /// <summary>Storage could not do what it was asked.</summary>
    /// <param name="message">One line for an operator.</param>
    public StorageException(string message)
        : base(message)
    {
    }

    /// <summary>Storage could not do what it was asked.</summary>
    /// <param name="message">One line for an operator.</param>
    /// <param name="cause">What the engine said.</param>
    public StorageException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Whether nothing at all can be stored or read for now, whatever it is: to try again at once would only keep people waiting.</summary>
    public bool IsAway { get; init; }
}
