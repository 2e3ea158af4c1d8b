using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Events;
using Ticketing.Grains.Payments;
using Ticketing.Storage;

namespace Ticketing.Simulation.Tests.Outside;

/// <summary>What is durable, by the rules that both engines keep (IEngine): a batch's key is unique, a record is written when its rule holds.</summary>
internal sealed class Store
{
    private readonly SortedDictionary<RecordId, SortedList<long, JournalBatch>> journals = [];
    private readonly Dictionary<RecordId, Snapshot> snapshots = [];
    private readonly Dictionary<RecordTable, SortedDictionary<Cell, Row>> tables = Tables.All.ToDictionary(table => table, _ => new SortedDictionary<Cell, Row>(new ByKey()));

    /// <summary>Hears of each batch when it becomes durable.</summary>
    public Action<RecordId, JournalBatch>? Inserted { get; set; }

    /// <summary>Hears of each snapshot when it is stored.</summary>
    public Action<RecordId, Snapshot>? Snapshotted { get; set; }

    /// <summary>Hears of each payment when it is stored.</summary>
    public Action<PaymentState>? PaymentStored { get; set; }

    /// <summary>All journals.</summary>
    public IEnumerable<KeyValuePair<RecordId, SortedList<long, JournalBatch>>> Journals => journals;

    /// <summary>Carries a unit out.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="withRecords">Whether the batch's records are written too; where they are not one write, an engine may die between the two.</param>
    public UnitOutcome Apply(Unit unit, bool withRecords = true)
    {
        switch (unit)
        {
            case AppendUnit append:
                if (!Insert(append.Key, append.Batch)) return UnitOutcome.Conflict;
                if (withRecords) foreach (var write in append.Writes) Put(write);
                return UnitOutcome.Committed;
            case WriteUnit write: return Put(write.Write) ? UnitOutcome.Committed : UnitOutcome.Conflict;
            case SnapshotUnit snapshot:
                Snapshotted?.Invoke(snapshot.Key, snapshot.Snapshot);
                if (!snapshots.TryGetValue(snapshot.Key, out var known) || known.Number < snapshot.Snapshot.Number) snapshots[snapshot.Key] = snapshot.Snapshot;
                return UnitOutcome.Committed;
            default: throw new InvalidOperationException($"no unit of type {unit.GetType().Name}");
        }
    }

    public JournalBatch[] Journal(RecordId key, long after, int limit) =>
        journals.TryGetValue(key, out var journal) ? [.. journal.Values.SkipWhile(batch => batch.Number <= after).Take(limit)] : [];

    public Snapshot? SnapshotOf(RecordId key) => snapshots.GetValueOrDefault(key);

    public Row? Find(RecordTable table, Cell key) => tables[table].GetValueOrDefault(key);

    public IEnumerable<Row> Rows(RecordTable table) => tables[table].Values;

    public int Count(RecordTable table) => tables[table].Count;

    public Row[] List(Query query)
    {
        var columns = query.Where.Select(condition => (Index: query.Table.Columns.ToList().FindIndex(column => column.Name == condition.Column), condition)).ToArray();
        return [.. tables[query.Table].Values.Where(row => (!query.After.HasValue || ByKey.Order(row.Key, query.After) > 0) && columns.All(column => Holds(column.condition, row.Members[column.Index]))).Take(query.Limit)];
    }

    private bool Insert(RecordId key, JournalBatch batch)
    {
        if (!journals.TryGetValue(key, out var journal)) journals.Add(key, journal = []);
        if (journal.TryGetValue(batch.Number, out var there)) return there.Id == batch.Id;
        journal.Add(batch.Number, batch);
        Inserted?.Invoke(key, batch);
        return true;
    }

    private bool Put(RecordWrite write)
    {
        var table = tables[write.Table];
        var there = table.GetValueOrDefault(write.Key);
        if (write.Members is null)
        {
            if (there is null || there.Version != write.Expected) return false;
            return table.Remove(write.Key);
        }

        var row = new Row(write.Key, write.Version, write.Members);
        switch (write.Rule)
        {
            case WriteRule.IfAbsent when there is not null:
            case WriteRule.IfNewer when there is not null && there.Version >= write.Version: return true;
            // A repeat finds what it wrote.
            case WriteRule.IfExpected when (there?.Version ?? 0) != write.Expected: return there?.Version == write.Version;
            default:
                table[write.Key] = row;
                if (write.Table == Tables.Payments) PaymentStored?.Invoke(Tables.Payments.Read(row));
                return true;
        }
    }

    private static bool Holds(Condition condition, Cell cell) => condition.Test switch
    {
        Test.Absent => !cell.HasValue,
        Test.Equal => cell.HasValue && ByKey.Order(cell, condition.Value) == 0,
        Test.AtMost => cell.HasValue && ByKey.Order(cell, condition.Value) <= 0,
        Test.MoreThan => cell.HasValue && ByKey.Order(cell, condition.Value) > 0,
        _ => throw new InvalidOperationException($"no test {condition.Test}"),
    };

    private sealed class ByKey : IComparer<Cell>
    {
        public static int Order(Cell a, Cell b) => a.Type switch
        {
            ColumnType.Id => a.Id.CompareTo(b.Id),
            ColumnType.Number => a.Number.CompareTo(b.Number),
            _ => string.CompareOrdinal(a.Text, b.Text),
        };

        public int Compare(Cell x, Cell y) => Order(x, y);
    }
}
