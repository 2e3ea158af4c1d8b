using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;
using Ticketing.Grains.Tests.Schedules;

namespace Ticketing.Grains.Tests.Events;

/// <summary>
/// The store of a scheduled world. An insert, its records, and the answer are steps of their own; a fault loses an answer (what was sent may still come, late), drops an insert
/// on its way, or cuts a batch's records off.
/// </summary>
internal sealed class ScheduledStore(World world, int faults)
{
    private readonly World world = world;
    private readonly Dictionary<TicketId, TicketChanged> tickets = [];
    private readonly HashSet<PaymentId> payments = [];
    private Snapshot? snapshot;

    /// <summary>The batches, in order, and whose each is.</summary>
    public List<(JournalBatch Batch, int Author)> Batches { get; } = [];

    public List<Entry> Entries { get; } = [];

    /// <summary>Who opened last.</summary>
    public int Writer { get; private set; } = -1;

    public IReadOnlyDictionary<TicketId, TicketChanged> Tickets => tickets;

    public IReadOnlySet<PaymentId> Payments => payments;

    public EventChanged? Event { get; private set; }

    /// <summary>From now on all goes well.</summary>
    public void Heal() => faults = 0;

    /// <summary>The store as one activation reaches it.</summary>
    public IJournal For(int author) => new Connection(this, author);

    /// <summary>Inserts a batch.</summary>
    /// <param name="author">Whose it is.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="changes">Its records.</param>
    /// <param name="answer">Is called once.</param>
    private void Append(int author, JournalBatch batch, RecordChange[] changes, Action<AppendOutcome> answer)
    {
        var thread = world.NewThread();
        var (dropped, cut, answered) = (false, false, false);
        world.Add(thread, $"{author} inserts {batch.Number}", Insert);
        if (faults == 0) return;
        Fault($"{author} gets no answer for {batch.Number}", () => { });
        Fault($"{author}'s {batch.Number} is dropped", () => dropped = true);
        Fault($"{author}'s records of {batch.Number} are cut off", () => cut = true);

        void Insert()
        {
            if (dropped) return;
            var isFree = Batches.TrueForAll(one => one.Batch.Number != batch.Number);
            if (!isFree)
            {
                Answer(AppendOutcome.Fenced);
                return;
            }

            Batches.Add((batch, author));
            var entries = EntryFormat.Read(batch.Payload);
            if (entries is [Opened]) Writer = author;
            Entries.AddRange(entries);
            if (!cut) world.Add(thread, $"{author} writes the records of {batch.Number}", Write);
        }

        void Write()
        {
            if (cut) return;
            foreach (var change in changes) Store(change);
            Answer(AppendOutcome.Committed);
        }

        void Answer(AppendOutcome outcome) => world.Add(thread, $"{author} is answered {outcome} for {batch.Number}", () => AnswerOnce(outcome));

        bool AnswerOnce(AppendOutcome outcome)
        {
            if (answered) return false;
            answered = true;
            answer(outcome);
            return true;
        }

        void Fault(string what, Action then) => world.Add(world.NewThread(), what, () =>
        {
            if (faults == 0 || !AnswerOnce(AppendOutcome.Unknown)) return;
            faults--;
            then();
        }, optional: true);
    }

    private void Store(RecordChange change)
    {
        if (change is TicketChanged ticket && IsNewer(tickets.GetValueOrDefault(ticket.Ticket.Id)?.Version, ticket.Version)) tickets[ticket.Ticket.Id] = ticket;
        if (change is EventChanged changed && IsNewer(Event?.Event.Version, changed.Event.Version)) Event = changed;
        if (change is PaymentBorn born) payments.Add(born.State.Payment!.Id);

        static bool IsNewer(long? before, long after) => before is null || before < after;
    }

    /// <summary>What is read is of a moment between question and answer.</summary>
    private Task<T> Read<T>(int author, string what, Func<T> read)
    {
        var thread = world.NewThread();
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Add(thread, $"{author} reads the {what}", () =>
        {
            var result = read();
            world.Add(thread, $"{author} gets the {what}", () => answer.SetResult(result));
        });
        return answer.Task;
    }

    private Task Save(int author, Snapshot one)
    {
        var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Add(world.NewThread(), $"{author} saves a snapshot of {one.Number}", () =>
        {
            if (snapshot is null || snapshot.Number < one.Number) snapshot = one;
            saved.SetResult();
        });
        return saved.Task;
    }

    private sealed class Connection(ScheduledStore store, int author) : IJournal
    {
        private readonly Queue<OpenBatch> waiting = [];
        private bool busy;

        public bool IsShared => true;

        public void Append(EventKey key, OpenBatch batch)
        {
            waiting.Enqueue(batch);
            TakeNext();
        }

        public async ValueTask<IReadOnlyList<JournalBatch>> Read(EventKey key, long after, int limit) =>
            await store.Read<IReadOnlyList<JournalBatch>>(author, "journal", () => [.. store.Batches.Select(one => one.Batch).Where(batch => batch.Number > after).Take(limit)]);

        public async ValueTask<Snapshot?> ReadSnapshot(EventKey key) => await store.Read(author, "snapshot", () => store.snapshot);

        public Task SaveSnapshot(EventKey key, Snapshot snapshot) => store.Save(author, snapshot);

        private void TakeNext()
        {
            if (busy || !waiting.TryDequeue(out var batch)) return;
            busy = true;
            store.world.Add(store.world.NewThread(), $"{author}'s next batch is taken", () =>
            {
                if (batch.TrySeal(out var written, out var changes)) store.Append(author, written, [.. changes], Settle);
                else Settle(AppendOutcome.Unknown);
            });

            void Settle(AppendOutcome outcome)
            {
                batch.Settle(outcome);
                busy = false;
                TakeNext();
            }
        }
    }
}
