using System.Globalization;

namespace Ticketing.Storage;

/// <summary>The reminders. Whole seconds are kept, times are UTC; every upsert makes a new ETag, and only the newest can remove.</summary>
/// <param name="engine">The database.</param>
/// <param name="loop">The process's one writer.</param>
public sealed class ReminderTable(IEngine engine, CommitLoop loop) : IReminderTable
{
    private const int AtOnce = 1000;

    /// <inheritdoc/>
    public async Task<ReminderTableData> ReadRows(GrainId grainId)
    {
        var hash = Cell.Of((long)grainId.GetUniformHashCode());
        var rows = await All([new("hash", Test.Equal, hash), new("grain", Test.Equal, Cell.Of(grainId.ToString()))]);
        return new(rows.Select(Entry).ToList());
    }

    /// <inheritdoc/>
    public async Task<ReminderTableData> ReadRows(uint begin, uint end)
    {
        var above = new Condition("hash", Test.MoreThan, Cell.Of((long)begin));
        var upTo = new Condition("hash", Test.AtMost, Cell.Of((long)end));
        // Ranges are (begin, end] on a ring: begin = end is the whole ring, and one that ends before it begins goes through zero.
        List<Row> rows = (begin, end) switch
        {
            _ when begin < end => await All([above, upTo]),
            _ when begin == end => await All([]),
            _ => [.. await All([above]), .. await All([upTo])],
        };
        return new(rows.Select(Entry).ToList());
    }

    /// <inheritdoc/>
    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) =>
        await engine.Find(Tables.Reminders, Key(grainId, reminderName)) is { } row ? Entry(row) : null;

    /// <inheritdoc/>
    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        var version = Versions.Next();
        var start = entry.StartAt.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(entry.StartAt, DateTimeKind.Utc) : entry.StartAt.ToUniversalTime();
        Cell[] members =
        [
            Cell.Of((long)entry.GrainId.GetUniformHashCode()), Cell.Of(entry.GrainId.ToString()), Cell.Of(entry.ReminderName),
            Cell.Of(new DateTimeOffset(start).ToUnixTimeSeconds()), Cell.Of(entry.Period.Ticks),
        ];
        var write = new RecordWrite(Tables.Reminders, WriteRule.Always, 0, Key(entry.GrainId, entry.ReminderName), version, members);
        if (await loop.Commit(new WriteUnit(write)) != UnitOutcome.Committed)
            throw new TimeoutException($"it is not known whether reminder {entry.ReminderName} of {entry.GrainId} was stored");
        return entry.ETag = version.ToString(CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        if (!long.TryParse(eTag, NumberStyles.None, CultureInfo.InvariantCulture, out var expected) || expected == 0) return false;
        var outcome = await loop.Commit(new WriteUnit(new(Tables.Reminders, WriteRule.IfExpected, expected, Key(grainId, reminderName), 0, null)));
        if (outcome == UnitOutcome.Unknown) throw new TimeoutException($"it is not known whether reminder {reminderName} of {grainId} was removed");
        return outcome == UnitOutcome.Committed;
    }

    /// <inheritdoc/>
    public async Task TestOnlyClearTable()
    {
        foreach (var row in await All([]))
            await loop.Commit(new WriteUnit(new(Tables.Reminders, WriteRule.IfExpected, row.Version, row.Key, 0, null)));
    }

    private async Task<List<Row>> All(Condition[] where)
    {
        var all = new List<Row>();
        while (true)
        {
            var rows = await engine.List(new(Tables.Reminders, where, all.Count == 0 ? Cell.None : all[^1].Key, AtOnce));
            all.AddRange(rows);
            if (rows.Count < AtOnce) return all;
        }
    }

    // The length tells the grain's id from the name, since either may hold any sign.
    private static Cell Key(GrainId grainId, string name)
    {
        var grain = grainId.ToString();
        return Cell.Of($"{grain.Length}/{grain}/{name}");
    }

    private static ReminderEntry Entry(Row row) => new()
    {
        GrainId = GrainId.Parse(row.Members[1].Text, CultureInfo.InvariantCulture),
        ReminderName = row.Members[2].Text,
        StartAt = DateTimeOffset.FromUnixTimeSeconds(row.Members[3].Number).UtcDateTime,
        Period = TimeSpan.FromTicks(row.Members[4].Number),
        ETag = row.Version.ToString(CultureInfo.InvariantCulture),
    };
}
