using System.Diagnostics.CodeAnalysis;

namespace Ticketing.Grains.Events;

/// <summary>
/// A batch that takes entries until the moment in which storage writes it, so that all that was decided while the one before was being flushed shares the next flush, and no flush
/// waits for an activation's turn. Its ledger adds to it; storage seals it, if its turn comes, and settles it, each once, from any thread.
/// </summary>
public sealed class OpenBatch
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource<AppendOutcome> settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BytesWriter payload = EntryFormat.Begin();
    private readonly List<Entry> entries = [];
    private readonly List<RecordChange> changes = [];
    private readonly long number;
    private readonly Guid id;
    private readonly byte[] chain;
    private OpenBatch? before;
    private bool isFull;
    private bool isAbandoned;
    private volatile bool isSealed;
    private volatile bool isCommitted;

    /// <summary>Begins a batch.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="id">Its id.</param>
    /// <param name="chain">The chain after the batch before, where nothing is under way.</param>
    /// <param name="before">The batch before, if it is under way; then the chain is its.</param>
    internal OpenBatch(long number, Guid id, byte[] chain, OpenBatch? before) => (this.number, this.id, this.chain, this.before) = (number, id, chain, before);

    /// <summary>Its number.</summary>
    internal long Number => number;

    /// <summary>Completes on its ledger's side: whether it is durable, or that cannot be said.</summary>
    internal TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What became of it.</summary>
    internal Task<AppendOutcome> Settled => settled.Task;

    /// <summary>Whether it takes no more entries because it is being written, or was, or will not be.</summary>
    internal bool IsSealed => isSealed;

    /// <summary>What was written, once it is sealed.</summary>
    internal JournalBatch? Written { get; private set; }

    /// <summary>The fault of this program for which it could not be written, if it was one.</summary>
    internal Exception? Failure { get; private set; }

    /// <summary>The event as it stands after it; absent in a fence before a new event's first entries. For its ledger, and the store when it is sealed.</summary>
    internal EventChanged? Record { get; private set; }

    /// <summary>Its entries; for its ledger.</summary>
    internal List<Entry> Entries => entries;

    /// <summary>How long it is so far, in bytes; for its ledger.</summary>
    internal int Length => payload.Length;

    /// <summary>The sale as it stands after it, if a snapshot is to be stored when it is durable.</summary>
    internal byte[]? Snapshot { get; set; }

    /// <summary>Adds what was decided, unless it is too late. All of it is made before, so that the store, which may want the batch at the same moment, waits for next to nothing.</summary>
    /// <param name="decided">The entries.</param>
    /// <param name="bytes">The same as bytes.</param>
    /// <param name="changed">What they change in the records, but for the event's own.</param>
    /// <param name="known">The event as it stands after them.</param>
    /// <returns>Whether they are in the batch now.</returns>
    internal bool TryAdd(Entry[] decided, ReadOnlySpan<byte> bytes, List<RecordChange> changed, EventChanged known)
    {
        lock (gate)
        {
            if (isFull || isSealed || (entries.Count > 0 && entries.Count + decided.Length > Ledger.MostEntries)) return false;
            entries.AddRange(decided);
            payload.Bytes(bytes);
            changes.AddRange(changed);
            Record = known;
            return true;
        }
    }

    /// <summary>Makes it an activation's first batch, which takes nothing else.</summary>
    /// <param name="opened">The word that the activation opened.</param>
    /// <param name="tail">What the last batch changed.</param>
    /// <param name="known">The event as it stands; absent before a new event's first entries: a fence must not store an event that the journal does not know yet.</param>
    internal void Fence(Opened opened, IReadOnlyCollection<RecordChange> tail, EventChanged? known)
    {
        EntryFormat.Add(payload, opened);
        entries.Add(opened);
        changes.AddRange(tail);
        (Record, isFull) = (known, true);
    }

    /// <summary>Lets it take no more entries.</summary>
    internal void Fill()
    {
        lock (gate) isFull = true;
    }

    /// <summary>Has it not written, unless it is being written already.</summary>
    /// <returns>Whether it will not be.</returns>
    internal bool TryAbandon()
    {
        lock (gate)
        {
            if (isSealed) return false;
            return isAbandoned = isSealed = true;
        }
    }

    /// <summary>Ends it, for a store that is about to write it and has settled the batch before.</summary>
    /// <param name="batch">What is to be inserted.</param>
    /// <param name="writes">What it changes in the records.</param>
    /// <returns>Whether it is to be written: not when the batch before was not. It is to be settled in any case.</returns>
    public bool TrySeal([NotNullWhen(true)] out JournalBatch? batch, out IReadOnlyList<RecordChange> writes)
    {
        lock (gate) isSealed = true;
        (batch, writes) = (null, changes);
        if (isAbandoned || before is { isCommitted: false }) return false;
        if (Record is not null) changes.Add(Record);
        var bytes = payload.ToArray();
        batch = Written = new(number, id, bytes, Ledger.Chain(before?.Written!.Chain ?? chain, number, bytes));
        before = null;
        return true;
    }

    /// <summary>Tells what became of it; the store has to, before it seals the next one.</summary>
    /// <param name="outcome">What became of it.</param>
    /// <param name="failure">The fault of this program for which it was not written, if it was one.</param>
    public void Settle(AppendOutcome outcome, Exception? failure = null)
    {
        Failure = failure;
        isCommitted = outcome == AppendOutcome.Committed;
        settled.SetResult(outcome);
    }
}
