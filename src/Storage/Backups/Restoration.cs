using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Backups;

namespace Ticketing.Storage.Backups;

/// <summary>What a restore brought back, and proved while it did.</summary>
public sealed record Restored
{
    /// <summary>Events, deleted ones included.</summary>
    public long Events { get; internal set; }

    /// <summary>Batches of their journals, each replayed.</summary>
    public long Batches { get; internal set; }

    /// <summary>Tickets, as the ledgers have them.</summary>
    public long Tickets { get; internal set; }

    /// <summary>Those of them that have a seat.</summary>
    public long Seats { get; internal set; }

    /// <summary>Tickets that were sold after the tickets were backed up and before the ledgers were; the ledgers have them.</summary>
    public long TicketsOnlyInLedgers { get; internal set; }

    /// <summary>Tickets that no ledger has: sold after the ledgers were backed up, and lost. Nothing in a set that was taken in order.</summary>
    public long TicketsLost { get; internal set; }

    /// <summary>Payments.</summary>
    public long Payments { get; internal set; }

    /// <summary>Payments by what they had to learn from the ledgers.</summary>
    public IReadOnlyDictionary<Learned, long> Learned => LearnedCounts;

    /// <summary>Notifications.</summary>
    public long Notifications { get; internal set; }

    /// <summary>People.</summary>
    public long Users { get; internal set; }

    /// <summary>Credentials, each of another person.</summary>
    public long Credentials { get; internal set; }

    /// <summary>E-mail addresses, each of one person.</summary>
    public long Emails { get; internal set; }

    /// <summary>Titles, each of one event.</summary>
    public long Titles { get; internal set; }

    /// <summary>Events that have something to do and will be woken for it.</summary>
    public long EventsWithOpenWork { get; internal set; }

    /// <summary>Backups in the installation's own directory that are listed again.</summary>
    public long Backups { get; internal set; }

    /// <summary>Files there that are no complete backups, or not under their own names.</summary>
    public long BackupsLeftAlone { get; internal set; }

    internal Dictionary<Learned, long> LearnedCounts { get; } = Enum.GetValues<Learned>().ToDictionary(one => one, _ => 0L);
}

/// <summary>
/// Fills an empty database from a set of backups. The ledgers are the truth: tickets and events are what they add up to, payments and notifications that were
/// born after theirs were backed up are born again, and payments are brought in line. What does not hold ends it with one line; then the database is good for nothing.
/// </summary>
/// <param name="set">The set.</param>
/// <param name="backups">Where the installation that is restored has its backups.</param>
/// <param name="engine">The database, empty.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">Gets a line now and then.</param>
public sealed class Restoration(BackupSet set, BackupDirectory backups, IEngine engine, TimeProvider time, Action<string> tell)
{
    private readonly Restored restored = new();

    /// <summary>Does it.</summary>
    /// <returns>What came of it. All of it holds.</returns>
    /// <exception cref="InvalidDataException">A file is damaged, or the set contradicts itself. The message is one line.</exception>
    /// <exception cref="StorageException">The database cannot be written.</exception>
    public async Task<Restored> Run(CancellationToken cancellation)
    {
        Step("checksums", () =>
        {
            foreach (var file in set.Files.Values) BackupCheck.Checksum(file);
            return set.Files.Count;
        });
        var paymentsTakenAt = await Load(BackupService.Payments, cancellation);
        await Load(BackupService.Notifications, cancellation);
        await Load(BackupService.Users, cancellation);
        await Load(BackupService.Auth, cancellation);
        var ledgers = new RestoredLedgers(engine, restored, time.GetUtcNow(), paymentsTakenAt);
        await Step("Events", () => ledgers.Load(set.Files[BackupService.Events], Progress("Events"), cancellation));
        await Step("Tickets", () => new RestoredTickets(engine, restored).Compare(set.Files[BackupService.Tickets], cancellation));
        await Step("payments", () => ledgers.FindPaymentsWithoutTicket(cancellation));
        await Step("claims", () => new RestoredClaims(engine, restored, time.GetUtcNow()).Make(ledgers.Made, cancellation));
        await Prove(cancellation);
        Step("backups", () => Adopt(cancellation));
        return restored;
    }

    /// <summary>Stores a file's rows as they are.</summary>
    /// <returns>The moment that the file is of.</returns>
    private async Task<DateTimeOffset> Load(BackupService service, CancellationToken cancellation)
    {
        DateTimeOffset takenAt = default;
        await Step($"{service}", () =>
        {
            var path = set.Files[service];
            var contents = Contents.Of(service);
            var progress = Progress($"{service}");
            var shown = 0L;
            using var reader = new BackupReader(path, service);
            var group = new UnitGroup(engine);
            while (reader.Next() is BackupRow { Table: var table, Row: var row })
            {
                cancellation.ThrowIfCancellationRequested();
                if (table == contents.Tables[0] && BackupCheck.Shows(contents, row, path)) shown++;
                // A second record of a key would be a conflict.
                group.Add(new WriteUnit(new(table, WriteRule.IfExpected, 0, row.Key, row.Version, row.Members)));
                progress(reader.Count);
            }

            group.Flush();
            if (shown != reader.Records) throw new InvalidDataException($"{Path.GetFileName(path)} holds {shown} records, not the {reader.Records} that it says");
            takenAt = reader.TakenAt;
            return Task.FromResult(reader.Count);
        });
        return takenAt;
    }

    /// <summary>Looks at the database once more as it will be served.</summary>
    private async Task Prove(CancellationToken cancellation)
    {
        var tickets = await engine.Scan(Tables.Tickets).LongCountAsync(cancellation);
        if (tickets != restored.Tickets) throw new InvalidDataException($"the database has {tickets} tickets, the ledgers have {restored.Tickets}");
        restored.Notifications = await engine.Scan(Tables.Notifications).LongCountAsync(cancellation);
        restored.Users = await engine.Scan(Tables.Users).LongCountAsync(cancellation);
        restored.Credentials = await engine.Scan(Tables.Credentials).LongCountAsync(cancellation);
        if (restored.Users != restored.Emails) throw new InvalidDataException($"{restored.Users} people have {restored.Emails} e-mail addresses");
    }

    private long Adopt(CancellationToken cancellation)
    {
        try
        {
            return new RestoredBackups(engine, backups, restored, time.GetUtcNow()).Adopt(Progress("backups"), cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What was restored is worth more than the list of backups.
            tell($"  the backups in {backups.Path} are not listed again: {e.Message}");
            return 0;
        }
    }

    private void Step(string what, Func<long> work)
    {
        var began = time.GetTimestamp();
        Tell(what, work(), began);
    }

    private async Task Step(string what, Func<Task<long>> work)
    {
        var began = time.GetTimestamp();
        Tell(what, await work(), began);
    }

    private void Tell(string what, long count, long began) =>
        tell($"  {what,-16} {count,12:N0}   {time.GetElapsedTime(began).TotalSeconds,8:N1} s");

    /// <summary>Tells how far long work is, every few seconds.</summary>
    private Action<long> Progress(string what)
    {
        var (began, told) = (time.GetTimestamp(), time.GetTimestamp());
        return count =>
        {
            if ((count & 0xFF) != 0 || time.GetElapsedTime(told) < TimeSpan.FromSeconds(5)) return;
            told = time.GetTimestamp();
            tell($"  {what,-16} {count,12:N0} … {time.GetElapsedTime(began).TotalSeconds,8:N1} s");
        };
    }
}

/// <summary>Units that are stored some at once. The restore is the only writer.</summary>
internal sealed class UnitGroup(IEngine engine)
{
    private const int MostUnits = 1000;
    private const int MostWrites = 8000;
    private readonly List<Unit> units = new(MostUnits);
    private int writes;

    public void Add(Unit unit)
    {
        units.Add(unit);
        writes += unit is AppendUnit append ? append.Writes.Count + 1 : 1;
        if (units.Count >= MostUnits || writes >= MostWrites) Flush();
    }

    public void Flush()
    {
        if (units.Count == 0) return;
        engine.Commit(units);
        foreach (var unit in units)
        {
            if (unit.Outcome == UnitOutcome.Conflict) throw new InvalidDataException($"the set holds {Name(unit)} twice");
        }

        units.Clear();
        writes = 0;
    }

    private static string Name(Unit unit) => unit switch
    {
        WriteUnit write => $"record {write.Write.Key.Id} of {write.Write.Table.Name}",
        AppendUnit append => $"batch {append.Batch.Number} of event {append.Key}",
        _ => "something",
    };
}
