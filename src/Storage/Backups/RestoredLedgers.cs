using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Backups;
using Ticketing.Grains.Events;
using Ticketing.Storage.Events;

namespace Ticketing.Storage.Backups;

/// <summary>An event that was restored, as far as it is needed after its ledger.</summary>
/// <param name="Key">The event.</param>
/// <param name="MadeBy">The operation that made it.</param>
/// <param name="HasOpenWork">Whether it must be woken.</param>
internal readonly record struct MadeEvent(EventKey Key, OperationId MadeBy, bool HasOpenWork);

/// <summary>Replays the journals of a backup into a database, and brings each ticket's payment in line with it.</summary>
/// <param name="engine">The database; payments and notifications are in it.</param>
/// <param name="restored">Gets the counts.</param>
/// <param name="now">The time.</param>
/// <param name="paymentsTakenAt">The moment that the payments are of.</param>
internal sealed class RestoredLedgers(IEngine engine, Restored restored, DateTimeOffset now, DateTimeOffset paymentsTakenAt)
{
    private readonly UnitGroup group = new(engine);
    private readonly List<RecordChange> changes = [];
    private DateTimeOffset takenAt;

    /// <summary>The events, about forty bytes each.</summary>
    public List<MadeEvent> Made { get; } = [];

    private bool PaymentsAreYounger => paymentsTakenAt > takenAt;

    /// <summary>Stores all ledgers of a file.</summary>
    /// <returns>How many rows and batches were read.</returns>
    public async Task<long> Load(string path, Action<long> progress, CancellationToken cancellation)
    {
        var name = Path.GetFileName(path);
        var contents = Contents.Of(BackupService.Events);
        var shown = 0L;
        using var reader = new BackupReader(path, BackupService.Events);
        takenAt = reader.TakenAt;
        var ledgers = new BackupCheck.Ledgers(name);
        LedgerReplay? current = null;
        while (reader.Next() is { } line)
        {
            cancellation.ThrowIfCancellationRequested();
            progress(reader.Count);
            if (line is BackupRow row)
            {
                if (BackupCheck.Shows(contents, row.Row, path)) shown++;
                ledgers.Expect(row.Row);
                continue;
            }

            var batch = (BackupBatch)line;
            var replay = ledgers.Begin(batch.Journal);
            if (current is not null && current != replay) await Finish(current);
            current = replay;
            Append(replay, batch);
        }

        ledgers.End();
        if (current is not null) await Finish(current);
        if (shown != reader.Records) throw new InvalidDataException($"{name} holds {shown} records, not the {reader.Records} that it says");
        return reader.Count;
    }

    /// <summary>Looks for payments of purchases that no ledger knows, and that each ticket has its payment in the database as it will be served.</summary>
    /// <returns>How many payments there are.</returns>
    public async Task<long> FindPaymentsWithoutTicket(CancellationToken cancellation)
    {
        var (count, paid) = (0L, 0L);
        await foreach (var row in engine.Scan(Tables.Payments).WithCancellation(cancellation))
        {
            count++;
            var state = Tables.Payments.Read(row);
            if (await engine.Find(Tables.Tickets, state.Payment!.TicketId.Value) is { } ticket)
            {
                if (ticket.Ticket.PaymentId == state.Payment.Id) paid++;
                continue;
            }

            var (next, learned) = state.WithoutTicket(takenAt, PaymentsAreYounger, now);
            restored.LearnedCounts[learned]++;
            if (next != state) Replace(row, next);
        }

        group.Flush();
        if (paid != restored.Tickets) throw new InvalidDataException($"{restored.Tickets - paid} tickets have no payment");
        return restored.Payments = count;
    }

    private void Append(LedgerReplay replay, BackupBatch batch)
    {
        changes.Clear();
        replay.Add(batch.Batch, changes);
        group.Add(new AppendUnit(batch.Journal.Value, batch.Batch, [.. changes.Select(Journal.Write)]));
        restored.Batches++;
    }

    /// <summary>Ends an event: its record, its tickets as they were stored against those of the ledger, and their payments.</summary>
    private async Task Finish(LedgerReplay replay)
    {
        var record = replay.Event!;
        group.Add(new WriteUnit(Journal.Write(record)));
        if (replay.Snapshot() is { } snapshot) group.Add(new SnapshotUnit(replay.Key.Value, snapshot));
        group.Flush();
        foreach (var ticket in replay.Tickets)
        {
            if (await engine.Find(Tables.Tickets, ticket.Id.Value) is not { } stored || stored.Ticket != ticket || stored.IsDeleted != replay.IsDeleted(ticket.Id))
                throw new InvalidDataException($"ticket {ticket.Id} is not what its ledger adds up to: another event has a ticket of the same id");
            restored.Tickets++;
            if (ticket.Status is TicketStatus.Pending or TicketStatus.Active) restored.Seats++;
            await Reconcile(ticket, replay);
        }

        group.Flush();
        restored.Events++;
        if (replay.HasOpenWork) restored.EventsWithOpenWork++;
        Made.Add(new(replay.Key, replay.MadeBy, replay.HasOpenWork));
    }

    private async Task Reconcile(TicketRecord ticket, LedgerReplay replay)
    {
        var row = await engine.Find(Tables.Payments, Cell.Of(ticket.PaymentId.Value)) ?? throw new InvalidDataException($"ticket {ticket.Id} has no payment");
        var state = Tables.Payments.Read(row);
        var (next, learned) = state.With(ticket, replay.IsReturnOrdered(ticket.Id), replay.IsUnpaid(ticket.Id), PaymentsAreYounger, now);
        restored.LearnedCounts[learned]++;
        if (next != state) Replace(row, next);
    }

    private void Replace(Row row, Ticketing.Grains.Payments.PaymentState next) =>
        group.Add(new WriteUnit(new(Tables.Payments, WriteRule.Always, 0, row.Key, Versions.Next(), Tables.Payments.Write(next))));
}
