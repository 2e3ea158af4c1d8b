using Microsoft.Data.Sqlite;
using Ticketing.Grains.Abstractions;

namespace Ticketing.Storage.Sqlite;

/// <summary>
/// The pairs that are in no lookup's table yet. In the file they stand as they arrived, a row for each commit; here they are found by their owners. The writer adds them and takes them
/// away; any thread may ask.
/// </summary>
internal sealed class Arrivals
{
    /// <summary>The table of them.</summary>
    public const string Table = "arrivals";

    /// <summary>Its columns, in the order in which a row's checksum goes over them.</summary>
    public const string Columns = "number, pairs";

    /// <summary>How many pairs are put in order together: of fewer too few are neighbours, more would be memory.</summary>
    public const int Enough = 8192;

    private readonly Lock gate = new();
    private readonly int enough;
    private Batch gathering = new();
    private Batch? ripe;

    /// <summary>None yet.</summary>
    /// <param name="enough">How many pairs are put in order together.</param>
    public Arrivals(int enough = Enough) => this.enough = enough;

    /// <summary>The number of the newest row.</summary>
    public long Newest { get; private set; }

    /// <summary>The pairs that are being put into the lookups' tables, in order, and the last row that they are from; none while there are not enough. For the writer.</summary>
    public (Pair[] Pairs, long Last)? Ripe => ripe is null ? null : (ripe.InOrder, ripe.Last);

    /// <summary>Takes up those that stand in a file.</summary>
    /// <exception cref="StorageException">They are not what was written.</exception>
    public void Load(SqliteConnection connection)
    {
        foreach (var (number, pairs) in Read(connection)) Add(pairs, number);
    }

    /// <summary>Reads those that stand in a file, row by row.</summary>
    /// <exception cref="StorageException">They are not what was written.</exception>
    public static IEnumerable<(long Number, Pair[] Pairs)> Read(SqliteConnection connection)
    {
        var checksum = new RowChecksum();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns}, {RowChecksum.Column} FROM {Table} ORDER BY number";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            checksum.Verify(reader, Table, connection);
            var bytes = reader.GetFieldValue<byte[]>(1);
            var pairs = new Pair[bytes.Length / Pair.Size];
            for (var i = 0; i < pairs.Length; i++) pairs[i] = Pair.Read(bytes.AsSpan(i * Pair.Size));
            yield return (reader.GetInt64(0), pairs);
        }
    }

    /// <summary>A row of them is durable.</summary>
    public void Add(ReadOnlySpan<Pair> pairs, long number)
    {
        lock (gate)
        {
            Newest = number;
            gathering.Add(pairs, number);
            Ripen();
        }
    }

    /// <summary>What was ripe is in the lookups' tables.</summary>
    public void Stored()
    {
        lock (gate)
        {
            ripe = null;
            Ripen();
        }
    }

    /// <summary>The records of an owner that may be in no lookup's table yet, in the order of ids.</summary>
    /// <param name="lookup">The lookup's number.</param>
    /// <param name="owner">The owner.</param>
    /// <param name="after">Only ids greater than this; none for all.</param>
    public RecordId[] Find(int lookup, RecordId owner, Cell after)
    {
        var found = new List<RecordId>();
        // The writer waits meanwhile.
        lock (gate)
        {
            gathering.Find(lookup, owner, found);
            ripe?.Find(lookup, owner, found);
        }

        return [.. found.Where(id => !after.HasValue || id > after.Id).Distinct().Order()];
    }

    private void Ripen()
    {
        if (ripe is not null || gathering.Count < enough) return;
        gathering.Order();
        (ripe, gathering) = (gathering, new());
    }

    private sealed class Batch
    {
        private readonly Dictionary<(int Lookup, RecordId Owner), List<RecordId>> byOwner = [];

        public int Count { get; private set; }

        public long Last { get; private set; }

        public Pair[] InOrder { get; private set; } = [];

        public void Add(ReadOnlySpan<Pair> some, long number)
        {
            Last = number;
            Count += some.Length;
            foreach (var pair in some)
            {
                if (!byOwner.TryGetValue((pair.Lookup, pair.Owner), out var ids)) byOwner.Add((pair.Lookup, pair.Owner), ids = []);
                ids.Add(pair.Id);
            }
        }

        /// <summary>There are far fewer owners than pairs, and an owner's records come nearly in order.</summary>
        public void Order()
        {
            var owners = byOwner.Keys.ToArray();
            owners.AsSpan().Sort();
            InOrder = new Pair[Count];
            var place = 0;
            foreach (var (lookup, owner) in owners)
            {
                var ids = byOwner[(lookup, owner)];
                ids.Sort();
                foreach (var id in ids) InOrder[place++] = new((byte)lookup, owner, id);
            }
        }

        public void Find(int lookup, RecordId owner, List<RecordId> found)
        {
            if (byOwner.TryGetValue((lookup, owner), out var ids)) found.AddRange(ids);
        }
    }
}
