using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.History;
using Ticketing.Storage.Moving;

namespace Ticketing.Storage.Verifying;

/// <summary>
/// Looks whether the sales in a database are what they should be: every event's journal by the checker of histories, and the records of events, tickets, payments and
/// notifications against what it adds up to. Writes nothing; the database may be served meanwhile.
/// </summary>
/// <param name="from">The database.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">Gets a line for each step, and now and then.</param>
public sealed class Verification(Origin from, TimeProvider time, Action<string> tell)
{
    private readonly HashSet<RecordId> verified = [];
    private readonly Progress progress = new(time, tell);

    /// <summary>What was found.</summary>
    public CheckTable Table { get; } = new();

    /// <summary>How many events were looked at.</summary>
    public int Events => verified.Count;

    /// <summary>Verifies one event.</summary>
    /// <param name="key">The event.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidDataException">There is no such event. The message is one line.</exception>
    /// <exception cref="StorageException">The database cannot be read. The message is one line.</exception>
    public async Task Event(EventKey key, CancellationToken cancellation)
    {
        var engine = new PatientEngine(from.Engine, time, cancellation);
        await progress.Step("journals", async count =>
        {
            if (!await Verify(engine, key.Value, count, cancellation)) throw new InvalidDataException($"there is no event {key} in {from.Name}");
        });
        await from.CheckUnused();
    }

    /// <summary>Verifies all events, and that no record is of an event without a journal.</summary>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="StorageException">The database cannot be read. The message is one line.</exception>
    public async Task All(CancellationToken cancellation)
    {
        var engine = new PatientEngine(from.Engine, time, cancellation);
        await progress.Step("journals", async count =>
        {
            await foreach (var key in engine.Journals(cancellation)) await Verify(engine, key, count, cancellation);
        });
        await progress.Step("orphans", async count =>
        {
            await NoneWithoutJournal(engine, Tables.Events, row => row.Key.Id, count, cancellation);
            // Not read as a ticket: one that cannot be was found with its event.
            var column = Tables.Tickets.Columns.ToList().FindIndex(one => one.Name == "event_id");
            await NoneWithoutJournal(engine, Tables.Tickets, row => row.Members[column].Id, count, cancellation);
        });
        await from.CheckUnused();
    }

    private async Task<bool> Verify(PatientEngine engine, RecordId key, Action count, CancellationToken cancellation)
    {
        var isThere = await new EventVerification(engine, from.IsOneWrite, Table, new(key), count).Run(cancellation);
        if (isThere) verified.Add(key);
        return isThere;
    }

    /// <summary>An event that was made meanwhile has a journal: that is written first.</summary>
    private async Task NoneWithoutJournal(PatientEngine engine, RecordTable table, Func<Row, RecordId> eventOf, Action count, CancellationToken cancellation)
    {
        var records = StoredRecords.Row(Table);
        var (known, unknown) = (new HashSet<RecordId>(verified), new HashSet<RecordId>());
        await foreach (var row in engine.Rows(table))
        {
            cancellation.ThrowIfCancellationRequested();
            count();
            var key = eventOf(row);
            if (known.Contains(key)) continue;
            if (unknown.Contains(key) || (await engine.ReadJournal(key, long.MinValue, 1)).Count == 0)
            {
                unknown.Add(key);
                records.Violate(new($"{key}", 0, 0, table == Tables.Tickets ? $"{row.Key.Id}" : null, $"a record of {table.Name} is of an event that has no journal"));
            }
            else
            {
                known.Add(key);
            }
        }
    }
}
