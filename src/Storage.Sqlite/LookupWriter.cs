using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Ticketing.Grains.Abstractions;

namespace Ticketing.Storage.Sqlite;

/// <summary>
/// Writes the lookups: the pairs of a commit as one row of it, and with each commit some more of those that are in order already into their tables. What a commit holds is true together
/// with the records, or not at all.
/// </summary>
internal sealed class LookupWriter : IDisposable
{
    private const int AtLeast = 64;

    private readonly Arrivals arrivals;
    private readonly RowChecksum checksum = new();
    private readonly Dictionary<RecordTable, (int[] Lookups, Statement Same)> tables;
    private readonly Statement[] insert;
    private readonly Statement arrive;
    private readonly Statement leave;
    private readonly List<Pair> noted = [];
    private byte[] bytes = [];
    // How many of the ripe pairs are in their tables, and will be when the commit has ended.
    private int stored;
    private int storing;

    public LookupWriter(SqliteConnection connection, Arrivals arrivals)
    {
        this.arrivals = arrivals;
        insert = [.. Lookup.All.Select(one => new Statement(connection, $"INSERT INTO {one.Name} ({one.Column.Name}, id) VALUES (?, ?) ON CONFLICT DO NOTHING"))];
        arrive = new(connection, $"INSERT INTO {Arrivals.Table} ({Arrivals.Columns}, {RowChecksum.Column}) VALUES (?, ?, ?)");
        leave = new(connection, $"DELETE FROM {Arrivals.Table} WHERE number <= ?");
        tables = Enumerable.Range(0, Lookup.All.Count).GroupBy(number => Lookup.All[number].Table).ToDictionary(
            group => group.Key,
            group => (group.ToArray(), new Statement(connection, $"SELECT 1 FROM {group.Key.Name} WHERE id = ? {string.Concat(group.Select(number => $"AND {Lookup.All[number].Column.Name} IS ? "))}")));
    }

    /// <summary>Whether a table has lookups.</summary>
    public bool Has(RecordTable table) => tables.ContainsKey(table);

    /// <summary>Whether a record's table has lookups, and they have nothing of the record as it will be.</summary>
    public bool IsNew(RecordWrite write)
    {
        if (!tables.TryGetValue(write.Table, out var table)) return false;
        Span<byte> id = stackalloc byte[RecordId.Size];
        var place = 1;
        Bind(table.Same, place++, write.Key.Id, id);
        foreach (var number in table.Lookups)
        {
            var owner = write.Members![Lookup.All[number].Member];
            if (owner.HasValue) Bind(table.Same, place++, owner.Id, id);
            else table.Same.BindNothing(place++);
        }

        return table.Same.Number() is null;
    }

    /// <summary>A record was written that is new to its lookups, if its table has any.</summary>
    public void Note(RecordWrite write)
    {
        if (!tables.TryGetValue(write.Table, out var table)) return;
        foreach (var number in table.Lookups)
        {
            var owner = write.Members![Lookup.All[number].Member];
            if (owner.HasValue) noted.Add(new((byte)number, owner.Id, write.Key.Id));
        }
    }

    /// <summary>Writes what belongs to the commit that is about to end.</summary>
    public void Store()
    {
        storing = stored;
        if (noted.Count == 0) return;
        var length = noted.Count * Pair.Size;
        if (bytes.Length < length) bytes = new byte[length * 2];
        for (var i = 0; i < noted.Count; i++) noted[i].Write(bytes.AsSpan(i * Pair.Size));
        checksum.Begin(Arrivals.Table);
        checksum.Add(arrivals.Newest + 1);
        checksum.Add(bytes.AsSpan(0, length));
        arrive.Bind(1, arrivals.Newest + 1);
        arrive.Bind(2, bytes.AsSpan(0, length));
        arrive.Bind(3, checksum.End());
        arrive.Execute();
        if (arrivals.Ripe is not var (pairs, last)) return;
        // Faster than they arrive, or they would pile up.
        storing = Math.Min(pairs.Length, stored + (2 * noted.Count) + AtLeast);
        Span<byte> id = stackalloc byte[RecordId.Size];
        foreach (var pair in pairs.AsSpan(stored, storing - stored))
        {
            Bind(insert[pair.Lookup], 1, pair.Owner, id);
            Bind(insert[pair.Lookup], 2, pair.Id, id);
            insert[pair.Lookup].Execute();
        }

        if (storing < pairs.Length) return;
        leave.Bind(1, last);
        leave.Execute();
    }

    /// <summary>The commit has ended: its records can be looked up before anybody is answered.</summary>
    public void Committed()
    {
        if (noted.Count == 0) return;
        var all = arrivals.Ripe is var (pairs, _) && storing == pairs.Length;
        stored = all ? 0 : storing;
        if (all) arrivals.Stored();
        arrivals.Add(CollectionsMarshal.AsSpan(noted), arrivals.Newest + 1);
        noted.Clear();
    }

    /// <summary>The commit was rolled back.</summary>
    public void RolledBack() => noted.Clear();

    public void Dispose()
    {
        foreach (var statement in (Statement[])[arrive, leave, .. insert, .. tables.Values.Select(table => table.Same)]) statement.Dispose();
    }

    private static void Bind(Statement statement, int place, RecordId id, Span<byte> bytes)
    {
        id.Write(bytes);
        statement.Bind(place, bytes);
    }
}
