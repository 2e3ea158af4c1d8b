using Ticketing.Grains.Abstractions;

namespace Ticketing.Storage.Moving;

/// <summary>Carries everything from one engine to another, as it is: numbers, versions and bytes stay the same, so whoever held a version before can go on with it.</summary>
/// <param name="from">The database that is read.</param>
/// <param name="to">The database that is written, empty.</param>
/// <param name="progress">Tells how far it is.</param>
internal sealed class Carriage(IEngine from, IEngine to, Progress progress)
{
    private const int MostUnits = 1000;
    private const int MostBytes = 4 << 20;

    private readonly List<Unit> units = new(MostUnits);
    private long bytes;

    /// <summary>Does it.</summary>
    /// <exception cref="InvalidDataException">The target was not empty.</exception>
    /// <exception cref="StorageException">A database does not do what it is asked.</exception>
    public async Task Run(CancellationToken cancellation)
    {
        await progress.Step("journal", count => Journals(count, cancellation));
        await progress.Step("snapshots", count => Snapshots(count, cancellation));
        foreach (var table in Tables.All) await progress.Step(table.Name, count => Rows(table, count, cancellation));
    }

    private async Task Journals(Action count, CancellationToken cancellation)
    {
        await foreach (var key in from.Journals(cancellation))
        {
            await foreach (var batch in from.Batches(key))
            {
                cancellation.ThrowIfCancellationRequested();
                Add(new AppendUnit(key, batch, []), batch.Payload.Length);
                count();
            }
        }

        Flush();
    }

    private async Task Snapshots(Action count, CancellationToken cancellation)
    {
        await foreach (var key in from.Journals(cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            if (await from.ReadSnapshot(key) is not { } snapshot) continue;
            Add(new SnapshotUnit(key, snapshot), snapshot.Payload.Length);
            count();
        }

        Flush();
    }

    private async Task Rows(RecordTable table, Action count, CancellationToken cancellation)
    {
        await foreach (var row in from.Rows(table))
        {
            cancellation.ThrowIfCancellationRequested();
            // A record that is there is a conflict: somebody else writes to what was empty.
            Add(new WriteUnit(new(table, WriteRule.IfExpected, 0, row.Key, row.Version, row.Members)), row.Members.Sum(Size));
            count();
        }

        Flush();
    }

    private void Add(Unit unit, long size)
    {
        units.Add(unit);
        bytes += size;
        if (units.Count >= MostUnits || bytes >= MostBytes) Flush();
    }

    private void Flush()
    {
        if (units.Count == 0) return;
        to.Commit(units);
        if (units.Find(unit => unit.Outcome != UnitOutcome.Committed) is { } refused) throw new InvalidDataException($"the target has {Name(refused)} already: somebody else writes to it");
        units.Clear();
        bytes = 0;
    }

    private static string Name(Unit unit) => unit switch
    {
        AppendUnit append => Piece.Of(append.Key, append.Batch).Key,
        SnapshotUnit snapshot => Piece.Of(snapshot.Key, snapshot.Snapshot).Key,
        WriteUnit write => $"{Piece.Of(new(write.Write.Key, write.Write.Version, write.Write.Members!)).Key} of {write.Write.Table.Name}",
        _ => "something",
    };

    private static long Size(Cell cell) => !cell.HasValue ? 0 : cell.Type switch
    {
        ColumnType.Id => RecordId.Size,
        ColumnType.Number => sizeof(long),
        ColumnType.Text => cell.Text.Length,
        ColumnType.Bytes => cell.Bytes.Length,
        _ => throw new InvalidOperationException($"no size of {cell.Type}"),
    };
}
