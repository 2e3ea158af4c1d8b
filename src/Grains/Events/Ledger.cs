using System.Buffers.Binary;
using System.Security.Cryptography;
using Ticketing.Grains.Abstractions.Events;

namespace Ticketing.Grains.Events;

/// <summary>
/// A sale and its journal, as one activation writes them. What was decided is collected while the batch before is being written, and storage takes it as the
/// next one when it has done that. Runs on one thread at a time (an activation's), knows nothing of Orleans, and never throws for what storage does: from the first
/// batch that is not certainly durable it is <see cref="Stopped"/>, and whoever waits is told that the outcome is unknown.
/// </summary>
internal sealed class Ledger
{
    /// <summary>The most entries in a batch: about a hundred bytes each, far below what any engine takes as one record.</summary>
    internal const int MostEntries = 4096;

    /// <summary>A journal shorter than this is read as fast as a snapshot.</summary>
    internal const int SnapshotAfterBytes = 64 * 1024;

    private const int RoomForEntry = 160;
    private const int ReadAtOnce = 256;
    private const int AttemptsToOpen = 5;
    private static readonly Task<bool> Yes = Task.FromResult(true);
    private static readonly Task<bool> No = Task.FromResult(false);

    private readonly EventKey key;
    private readonly IJournal journal;
    private readonly int snapshotAfterBytes;
    private readonly ulong writer = WriterOf(Guid.NewGuid());
    // Those that storage has not got yet: it has at most one that is still open, so that none is taken together with the one it follows.
    private readonly Queue<OpenBatch> waiting = new();
    // What the last batch that was read changed, fences apart: its records may be missing, those of all before it cannot be.
    private List<RecordChange>? tail;
    private OpenBatch? newest;
    private OpenBatch? sent;
    private Task followed = Task.CompletedTask;
    // Those who wait for the look at the journal that has not begun yet: one that has may have seen it before something that they know.
    private TaskCompletionSource<bool>? nextLook;
    private bool looking;
    private bool opened;
    private long number;
    private byte[] chain = [];
    private bool snapshotUnderWay;
    private long bytesUnderWay;
    private long bytesSinceSnapshot;
    private int batchesSinceSnapshot;
    private long snapshotBytes;

    private Ledger(EventKey key, IJournal journal, int snapshotAfterBytes)
    {
        this.key = key;
        this.journal = journal;
        this.snapshotAfterBytes = snapshotAfterBytes;
        Sale = new(key);
    }

    /// <summary>The sale: what is durable, and what was decided since.</summary>
    public Sale Sale { get; private set; }

    /// <summary>Whether the journal is lost to this activation. Nothing is repaired: a fresh one replays.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Whether it stopped because a younger activation writes the journal.</summary>
    public bool Fenced { get; private set; }

    /// <summary>The fault of this program that stopped it, if it was one.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>What was wrong with the snapshot, if it could not be used; the sale was then read from its journal alone.</summary>
    public InvalidDataException? DamagedSnapshot { get; private set; }

    /// <summary>How many batches the journal has since its snapshot. May be read by any thread.</summary>
    public int Tail => Volatile.Read(ref batchesSinceSnapshot);

    /// <summary>Hears of the entries of each batch when it is durable, before anybody is answered.</summary>
    public Action<List<Entry>>? Committed { get; set; }

    /// <summary>Hears how the event stands after each batch when that is durable, before anybody is answered; closed when the ledger stops.</summary>
    public Showcase? Showcase { get; set; }

    /// <summary>Whether all that was ever decided is durable.</summary>
    public bool IsAtRest => !Stopped && newest is null && !Sale.HasDecided;

    /// <summary>Completes when all that was decided so far is durable (true), or when that cannot be said (false).</summary>
    public Task<bool> Durable() => Stopped ? No : newest?.Done.Task ?? Yes;

    /// <summary>Replays the journal and, if there is one, fences it: no older activation can append from then on.</summary>
    /// <param name="key">The event.</param>
    /// <param name="journal">Where its journal is.</param>
    /// <param name="now">The time.</param>
    /// <param name="snapshotAfterBytes">How long the tail grows before a snapshot is taken.</param>
    /// <returns>The ledger; a <see cref="Stopped"/> one when storage cannot write, or other activations kept taking the journal.</returns>
    /// <exception cref="InvalidDataException">The journal is damaged: a batch is missing, edited or unreadable.</exception>
    public static async Task<Ledger> Open(EventKey key, IJournal journal, DateTimeOffset now, int snapshotAfterBytes = SnapshotAfterBytes)
    {
        for (var attempt = 1; ; attempt++)
        {
            var ledger = await Replay(key, journal, snapshotAfterBytes);
            if (ledger.number == 0) return ledger;
            ledger.Fence(now);
            if (await ledger.Durable() || attempt == AttemptsToOpen) return ledger;
        }
    }

    /// <summary>Replays the journal and leaves it as it is.</summary>
    /// <returns>The sale as it stood at some moment of this call, whoever writes it.</returns>
    /// <exception cref="InvalidDataException">The journal is damaged: a batch is missing, edited or unreadable.</exception>
    public static async Task<Sale> Read(EventKey key, IJournal journal) => (await Replay(key, journal, SnapshotAfterBytes)).Sale;

    private static async Task<Ledger> Replay(EventKey key, IJournal journal, int snapshotAfterBytes)
    {
        var ledger = new Ledger(key, journal, snapshotAfterBytes);
        if (await journal.ReadSnapshot(key) is { } snapshot) ledger.Restore(snapshot);
        await ledger.ReplayTail();
        return ledger;
    }

    /// <summary>
    /// Sends what the sale has decided on its way to storage, if it has decided anything. Every answer waits for this, refusals too: what was not stored answers nobody, and
    /// neither does what is out of date.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <returns>Completes when all that was decided so far is durable, and no younger activation wrote the journal before this call (true); or when that cannot be said (false).</returns>
    public Task<bool> Commit(DateTimeOffset now)
    {
        if (Stopped) return No;
        if (!Sale.HasDecided) return UpToDate();
        try
        {
            if (!opened) Fence(now);
            Add(Sale.TakeDecided());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // What cannot be written must not be sold from either.
            Failure = e;
            Stop();
        }

        return Durable();
    }

    /// <summary>The hash that ties a batch to all before it: SHA-256 of the chain before, the number (8 bytes, big-endian) and the payload.</summary>
    internal static byte[] Chain(ReadOnlySpan<byte> before, long number, ReadOnlySpan<byte> payload)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> digits = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(digits, number);
        hash.AppendData(before);
        hash.AppendData(digits);
        hash.AppendData(payload);
        return hash.GetHashAndReset();
    }

    private void Restore(Snapshot snapshot)
    {
        try
        {
            Sale = Sale.FromSnapshot(key, snapshot.Payload);
            (number, chain, snapshotBytes) = (snapshot.Number, snapshot.Chain, snapshot.Payload.Length);
        }
        catch (InvalidDataException e)
        {
            // The journal is whole without it: the event wakes more slowly, and right.
            DamagedSnapshot = e;
        }
    }

    private async Task ReplayTail()
    {
        while (true)
        {
            var batches = await journal.Read(key, number, ReadAtOnce);
            foreach (var batch in batches) Replay(batch);
            if (batches.Count < ReadAtOnce) return;
        }
    }

    private void Replay(JournalBatch batch)
    {
        var entries = Next(key, number, chain, batch);
        if (entries is not [Opened]) (tail ??= []).Clear();
        foreach (var entry in entries)
        {
            Sale.Apply(entry);
            if (tail is not null) Projection.Add(tail, Sale, key, entry, Sale.Position);
        }

        (number, chain) = (batch.Number, batch.Chain);
        bytesSinceSnapshot += batch.Payload.Length;
        batchesSinceSnapshot++;
    }

    /// <summary>The entries of the batch that comes next in a journal.</summary>
    /// <param name="key">The event.</param>
    /// <param name="number">The batch before; 0 at the beginning.</param>
    /// <param name="chain">The chain after the batch before; empty at the beginning.</param>
    /// <param name="batch">The batch.</param>
    /// <exception cref="InvalidDataException">It is another one, or edited, or unreadable.</exception>
    internal static List<Entry> Next(EventKey key, long number, ReadOnlySpan<byte> chain, JournalBatch batch)
    {
        if (batch.Number != number + 1) throw new InvalidDataException($"event {key}: batch {number + 1} of the journal is missing");
        if (!Chain(chain, batch.Number, batch.Payload).AsSpan().SequenceEqual(batch.Chain))
            throw new InvalidDataException($"event {key}: batch {batch.Number} of the journal is not what was written");
        return EntryFormat.Read(batch.Payload);
    }

    /// <summary>
    /// An activation's first batch: empty but for the word that it opened. It brings the records of the last batch along: where a store cannot write a batch and its
    /// records at once, the one before may have come no further than the batch. Nothing more was sealed until its records were there, so one batch is enough.
    /// </summary>
    private void Fence(DateTimeOffset now)
    {
        opened = true;
        var batch = Begin();
        batch.Fence(new(now, writer), tail ?? [], tail is null ? null : new(Sale.Record(), Sale.IsDeleted));
        tail = null;
        if (!Sale.HasDecided) TakeSnapshotIfDue(batch);
        SendNext();
    }

    private void Add(Entry[] decided)
    {
        var (bytes, changes, position) = (new BytesWriter(RoomForEntry * decided.Length), new List<RecordChange>(2 * decided.Length), Sale.Position - decided.Length);
        foreach (var entry in decided)
        {
            EntryFormat.Add(bytes, entry);
            Projection.Add(changes, Sale, key, entry, ++position);
        }

        var record = new EventChanged(Sale.Record(), Sale.IsDeleted);
        var batch = newest;
        if (batch is null || !batch.TryAdd(decided, bytes.Written, changes, record))
        {
            batch = Begin();
            batch.TryAdd(decided, bytes.Written, changes, record);
        }

        TakeSnapshotIfDue(batch);
        SendNext();
    }

    private OpenBatch Begin()
    {
        bytesUnderWay = newest is null ? 0 : bytesUnderWay + newest.Length;
        newest = new OpenBatch((newest?.Number ?? number) + 1, NextId(), chain, newest);
        waiting.Enqueue(newest);
        followed = Follow(newest, followed);
        return newest;
    }

    private void SendNext()
    {
        if (sent is { IsSealed: false } || !waiting.TryDequeue(out var next)) return;
        sent = next;
        journal.Append(key, next);
    }

    /// <summary>Notes what became of a batch, and tells those who wait for it.</summary>
    private async Task Follow(OpenBatch batch, Task before)
    {
        var outcome = await batch.Settled;
        await before;
        Fenced |= outcome == AppendOutcome.Fenced;
        Failure ??= batch.Failure;
        var durable = outcome == AppendOutcome.Committed;
        try
        {
            if (durable) Note(batch);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Nobody awaits this: without it, whoever waits for the batch would wait for ever.
            (Failure, durable) = (e, false);
        }

        if (newest == batch) newest = null;
        if (sent == batch) sent = null;
        // An event at rest keeps nothing of its batches.
        if (newest is null) followed = Task.CompletedTask;
        if (durable) SendNext();
        else Stop();
        batch.Done.TrySetResult(durable);
    }

    private void Note(OpenBatch batch)
    {
        var written = batch.Written!;
        (number, chain) = (written.Number, written.Chain);
        if (newest != batch) bytesUnderWay -= batch.Length;
        bytesSinceSnapshot += batch.Length;
        batchesSinceSnapshot++;
        if (batch.Snapshot is { } snapshot) Save(new(number, snapshot, chain));
        Committed?.Invoke(batch.Entries);
        if (batch.Record is { } record) Showcase?.Show(record);
    }

    /// <summary>
    /// For an answer that writes nothing. A batch that is not sealed yet will be refused if a younger activation writes the journal; one that is may have been written
    /// before that one began, so the journal is looked at.
    /// </summary>
    private Task<bool> UpToDate()
    {
        if (newest is { IsSealed: false } || !journal.IsShared) return Durable();
        var look = nextLook ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!looking) _ = Look();
        return newest is null ? look.Task : Both(newest.Done.Task, look.Task);

        static async Task<bool> Both(Task<bool> durable, Task<bool> current) => await durable && await current;
    }

    private async Task Look()
    {
        looking = true;
        while (nextLook is { } look)
        {
            nextLook = null;
            look.SetResult(await IsOwn());
        }

        looking = false;
    }

    private async Task<bool> IsOwn()
    {
        try
        {
            // This activation may write on meanwhile: its own batches are passed over.
            while (true)
            {
                var later = await journal.Read(key, number, ReadAtOnce);
                if (later.All(batch => WriterOf(batch.Id) == writer))
                {
                    if (later.Count < ReadAtOnce) return !Stopped;
                    continue;
                }

                Fenced = true;
                Stop();
                return false;
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Nothing is lost but this answer.
            return false;
        }
    }

    /// <summary>Who wrote a batch, by its id; of a batch from before ids said so, a number that is nobody's.</summary>
    internal static ulong WriterOf(Guid id) => BinaryPrimitives.ReadUInt64BigEndian(id.ToByteArray(bigEndian: true));

    /// <summary>An id of a batch: who writes it, and something unique.</summary>
    private Guid NextId()
    {
        var bytes = Guid.NewGuid().ToByteArray(bigEndian: true);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, writer);
        return new(bytes, bigEndian: true);
    }

    /// <summary>Gives the journal up, because memory can no longer be trusted to be what the journal says.</summary>
    public void Stop()
    {
        Stopped = true;
        Showcase?.Close();
        if (sent?.TryAbandon() == true) sent.Done.TrySetResult(false);
        while (waiting.TryDequeue(out var other))
        {
            other.Done.TrySetResult(false);
            other.Settle(AppendOutcome.Unknown);
        }
    }

    /// <summary>
    /// Taken when the tail has outgrown the snapshot before, so that all snapshots together cost about as much as the journal itself; and only when
    /// nothing was decided beyond the batch, so that it holds nothing that is not in the journal.
    /// </summary>
    private void TakeSnapshotIfDue(OpenBatch batch)
    {
        if (snapshotUnderWay || bytesSinceSnapshot + bytesUnderWay + batch.Length < Math.Max(snapshotAfterBytes, snapshotBytes)) return;
        snapshotUnderWay = true;
        batch.Fill();
        batch.Snapshot = Sale.ToSnapshot();
    }

    private void Save(Snapshot snapshot)
    {
        snapshotUnderWay = false;
        (bytesSinceSnapshot, batchesSinceSnapshot, snapshotBytes) = (0, 0, snapshot.Payload.Length);
        // Nobody waits for it: a snapshot that fails only makes the next activation read more.
        _ = journal.SaveSnapshot(key, snapshot);
    }
}
