namespace Ticketing.Storage.Moving;

/// <summary>What a copy came to.</summary>
/// <param name="Tables">Each table, the journal and the snapshots among them, as both sides have it.</param>
/// <param name="Ledgers">How many ledgers were replayed from the target.</param>
/// <param name="Tickets">How many tickets they add up to.</param>
/// <param name="Fault">What does not hold in the target, in one line; nothing when all holds.</param>
public sealed record Findings(IReadOnlyList<Comparison> Tables, long Ledgers, long Tickets, string? Fault)
{
    /// <summary>Why the target cannot be used, in one line; nothing when it can.</summary>
    public string? Problem
    {
        get
        {
            var different = Tables.Where(table => !table.IsSame).ToArray();
            if (different.Length > 0) return $"the two sides differ in {string.Join("; in ", different.Select(table => $"{table.Table}: {table.Difference}"))}";
            return Fault is null ? null : $"the copy is the same as its source, but both are damaged: {Fault}";
        }
    }
}

/// <summary>
/// Copies a database into an empty one of any engine, and proves the copy: both sides are read back and compared row by row, and every ledger of the target is replayed.
/// What does not hold leaves the target unusable.
/// </summary>
/// <param name="from">The source.</param>
/// <param name="to">The target.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">Gets a line for each step, and now and then.</param>
public sealed class Move(Origin from, Destination to, TimeProvider time, Action<string> tell)
{
    /// <summary>What is compared beside the tables.</summary>
    internal const string JournalTable = "journal";

    /// <summary>What is compared beside the tables.</summary>
    internal const string SnapshotTable = "snapshots";

    /// <summary>Copies everything. The target stays unusable.</summary>
    /// <exception cref="InvalidDataException">The target was not empty. The message is one line.</exception>
    /// <exception cref="StorageException">A database does not do what it is asked. The message is one line.</exception>
    public Task Copy(CancellationToken cancellation) =>
        new Carriage(new PatientEngine(from.Engine, time, cancellation), new PatientEngine(to.Engine, time, cancellation), new Progress(time, tell)).Run(cancellation);

    /// <summary>Reads both sides and compares them, and replays the target's ledgers. Changes nothing.</summary>
    /// <returns>What was found.</returns>
    /// <exception cref="StorageException">A database does not answer. The message is one line.</exception>
    public async Task<Findings> Compare(CancellationToken cancellation)
    {
        var (source, target) = (new PatientEngine(from.Engine, time, cancellation), new PatientEngine(to.Engine, time, cancellation));
        var (progress, ledgers) = (new Progress(time, tell), new LedgerInspection(target));
        var compared = new List<Comparison>();
        await Add(JournalTable, Batches(source, null), Batches(target, ledgers));
        await ledgers.End();
        await Add(SnapshotTable, Snapshots(source), Snapshots(target));
        foreach (var table in Tables.All) await Add(table.Name, Rows(source, table), Rows(target, table));
        return new(compared, ledgers.Ledgers, ledgers.Tickets, ledgers.Fault);

        Task Add(string table, IAsyncEnumerable<Piece> mine, IAsyncEnumerable<Piece> theirs) =>
            progress.Step(table, async count => compared.Add(await Comparison.Of(table, Counted(mine, count), theirs, cancellation)));
    }

    /// <summary>Makes the target usable, after everything was proven.</summary>
    /// <exception cref="StorageException">The source was in use meanwhile, or the target cannot be completed. The message is one line.</exception>
    public async Task Complete()
    {
        await from.CheckUnused();
        await to.Complete();
    }

    private static async IAsyncEnumerable<Piece> Counted(IAsyncEnumerable<Piece> pieces, Action count)
    {
        await foreach (var piece in pieces)
        {
            count();
            yield return piece;
        }
    }

    private static async IAsyncEnumerable<Piece> Batches(PatientEngine engine, LedgerInspection? ledgers)
    {
        await foreach (var key in engine.Journals())
        {
            await foreach (var batch in engine.Batches(key))
            {
                if (ledgers is not null) await ledgers.Add(key, batch);
                yield return Piece.Of(key, batch);
            }
        }
    }

    private static async IAsyncEnumerable<Piece> Snapshots(PatientEngine engine)
    {
        await foreach (var key in engine.Journals())
        {
            if (await engine.ReadSnapshot(key) is { } snapshot) yield return Piece.Of(key, snapshot);
        }
    }

    private static IAsyncEnumerable<Piece> Rows(PatientEngine engine, RecordTable table) => engine.Rows(table).Select(Piece.Of);
}
