using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;

namespace Ticketing.Grains.Events;

/// <summary>What became of a batch.</summary>
public enum AppendOutcome
{
    /// <summary>It is durable.</summary>
    Committed,

    /// <summary>Its number belongs to another batch: a younger activation writes this journal.</summary>
    Fenced,

    /// <summary>It may or may not be durable; repeating the insert did not settle it in time.</summary>
    Unknown,
}

/// <summary>One record of a journal: what was decided between two flushes. Inserted, never changed.</summary>
/// <param name="Number">1, 2, 3 … without gaps. With the event it is the unique key, which is the fence.</param>
/// <param name="Id">Whose batch this is: a number taken by another id is lost. Its first eight bytes, big-endian, are the activation's that wrote it.</param>
/// <param name="Payload">The entries, in the format that its first byte names.</param>
/// <param name="Chain">SHA-256 of the chain before, the number and the payload: a batch edited or missing breaks the chain.</param>
public sealed record JournalBatch(long Number, Guid Id, byte[] Payload, byte[] Chain);

/// <summary>A sale as it stood after a batch.</summary>
/// <param name="Number">The batch; the journal is read from the one after it.</param>
/// <param name="Payload">The sale.</param>
/// <param name="Chain">The chain after that batch.</param>
public sealed record Snapshot(long Number, byte[] Payload, byte[] Chain);

/// <summary>What a batch does to the records that lists and reads are answered from.</summary>
public abstract record RecordChange;

/// <summary>The ticket stands like this now.</summary>
/// <param name="Ticket">The ticket.</param>
/// <param name="Version">Grows along the ledger; an older version never replaces a newer one.</param>
/// <param name="IsDeleted">Whether it left every list.</param>
public sealed record TicketChanged(TicketRecord Ticket, long Version, bool IsDeleted = false) : RecordChange;

/// <summary>The event stands like this now. Its version is the record's own.</summary>
/// <param name="Event">The event.</param>
/// <param name="IsDeleted">Whether it left every list.</param>
public sealed record EventChanged(EventRecord Event, bool IsDeleted) : RecordChange;

/// <summary>A payment is born; if it is there already, it is left as it is.</summary>
/// <param name="State">The first state of its grain.</param>
public sealed record PaymentBorn(PaymentState State) : RecordChange;

/// <summary>A notification is born; if it is there already, it is left as it is.</summary>
/// <param name="State">The first state of its grain.</param>
public sealed record NotificationBorn(NotificationState State) : RecordChange;

/// <summary>The journals of all events. Safe against two writers of one journal, and against answers that get lost.</summary>
public interface IJournal
{
    /// <summary>Whether another process may write it too.</summary>
    bool IsShared { get; }

    /// <summary>
    /// Takes a batch to be written. When its turn comes, and not before the one that was taken before it is settled, it is sealed, inserted together with its record changes, and settled when they are
    /// durable. Repeats the insert by itself while the outcome is unknown. Does not throw.
    /// </summary>
    void Append(EventKey key, OpenBatch batch);

    /// <summary>The batches after a number, in order.</summary>
    /// <param name="key">The event.</param>
    /// <param name="after">0 for all.</param>
    /// <param name="limit">How many at most.</param>
    ValueTask<IReadOnlyList<JournalBatch>> Read(EventKey key, long after, int limit);

    /// <summary>The newest snapshot, or nothing.</summary>
    ValueTask<Snapshot?> ReadSnapshot(EventKey key);

    /// <summary>Stores a snapshot in place of older ones. Does not throw: without it the event merely wakes more slowly.</summary>
    Task SaveSnapshot(EventKey key, Snapshot snapshot);
}
