using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Events;

namespace Ticketing.Storage.Events;

/// <summary>The journals, over an engine and the process's one writer.</summary>
internal sealed class Journal(IEngine engine, CommitLoop loop) : IJournal
{
    public bool IsShared => engine.IsShared;

    public void Append(EventKey key, OpenBatch batch) => loop.Commit(new OpenAppend(key.Value, batch));

    public ValueTask<IReadOnlyList<JournalBatch>> Read(EventKey key, long after, int limit) => StorageTrouble.Told(engine.ReadJournal(key.Value, after, limit));

    public ValueTask<Snapshot?> ReadSnapshot(EventKey key) => StorageTrouble.Told(engine.ReadSnapshot(key.Value));

    public Task SaveSnapshot(EventKey key, Snapshot snapshot) => loop.Commit(new SnapshotUnit(key.Value, snapshot));

    /// <summary>The record that a change is.</summary>
    internal static RecordWrite Write(RecordChange change) => change switch
    {
        TicketChanged ticket => Put(Tables.Tickets, WriteRule.IfNewer, ticket, ticket.Version),
        EventChanged record => Put(Tables.Events, WriteRule.IfNewer, record, record.Event.Version),
        PaymentBorn payment => Put(Tables.Payments, WriteRule.IfAbsent, payment.State, Versions.Next()),
        NotificationBorn notification => Put(Tables.Notifications, WriteRule.IfAbsent, notification.State, Versions.Next()),
        _ => throw new InvalidOperationException($"no record for {change.GetType().Name}"),
    };

    private static RecordWrite Put<T>(RecordTable<T> table, WriteRule rule, T record, long version) =>
        new(table, rule, 0, table.Key(record), version, table.Write(record));

    /// <summary>A batch that stays open until the loop takes it.</summary>
    private sealed class OpenAppend(RecordId key, OpenBatch batch) : AppendUnit(key, null!, [])
    {
        internal override bool TryTake()
        {
            if (!batch.TrySeal(out var written, out var changes)) return false;
            var writes = new RecordWrite[changes.Count];
            for (var i = 0; i < writes.Length; i++) writes[i] = Journal.Write(changes[i]);
            (Batch, Writes) = (written, writes);
            return true;
        }

        internal override void Answer(UnitOutcome outcome, Exception? failure = null)
        {
            base.Answer(outcome, failure);
            batch.Settle(
                outcome switch
                {
                    UnitOutcome.Committed => AppendOutcome.Committed,
                    UnitOutcome.Conflict => AppendOutcome.Fenced,
                    UnitOutcome.Unknown => AppendOutcome.Unknown,
                    var other => throw new InvalidOperationException($"no meaning for {other}"),
                },
                failure);
        }
    }
}
