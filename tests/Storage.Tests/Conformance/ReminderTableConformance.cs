using System.Globalization;

namespace Ticketing.Storage.Tests.Conformance;

/// <summary>The behaviours that Orleans' own suite for reminder tables checks.</summary>
public abstract class ReminderTableConformance(Database database) : LoopConformance(database)
{
    private static readonly DateTime Start = new(2026, 5, 1, 12, 0, 0, DateTimeKind.Utc);

    private IReminderTable Table => Port<IReminderTable>();

    [SkippableFact]
    public async Task A_reminder_is_read_back_by_its_grain_and_name()
    {
        var grain = GrainId.Create("event", Samples.Id().ToString());
        var etag = await Put(grain, "deadlines");
        await Restart();
        var read = (await Table.ReadRow(grain, "deadlines"))!;
        Assert.Equal((grain, "deadlines", Start, TimeSpan.FromMinutes(1.5), etag), (read.GrainId, read.ReminderName, read.StartAt, read.Period, read.ETag));
        Assert.Equal(DateTimeKind.Utc, read.StartAt.Kind);
    }

    [SkippableFact]
    public async Task What_is_not_there_is_read_as_nothing()
    {
        var grain = GrainId.Create("event", "none");
        Assert.Null(await Table.ReadRow(grain, "deadlines"));
        Assert.Empty((await Table.ReadRows(grain)).Reminders);
        Assert.Empty((await Table.ReadRows(0, 0)).Reminders);
    }

    [SkippableFact]
    public async Task Every_upsert_makes_a_new_ETag_and_replaces_the_row()
    {
        var grain = GrainId.Create("event", "1");
        var entry = Entry(grain, "deadlines");
        var first = (await Table.UpsertRow(entry))!;
        Assert.Equal(first, entry.ETag);
        var tags = new HashSet<string> { first };
        for (var minutes = 1; minutes <= 5; minutes++)
        {
            entry.Period = TimeSpan.FromMinutes(minutes);
            Assert.True(tags.Add((await Table.UpsertRow(entry))!));
        }

        var row = Assert.Single((await Table.ReadRows(grain)).Reminders);
        Assert.Equal((TimeSpan.FromMinutes(5), entry.ETag), (row.Period, row.ETag));
    }

    [SkippableFact]
    public async Task Only_the_newest_ETag_removes()
    {
        var grain = GrainId.Create("event", "1");
        var stale = await Put(grain, "deadlines");
        var newest = await Put(grain, "deadlines");
        foreach (var etag in new[] { stale, "", "0", "-1", "foreign" }) Assert.False(await Table.RemoveRow(grain, "deadlines", etag));
        Assert.False(await Table.RemoveRow(grain, "other", newest));
        Assert.False(await Table.RemoveRow(GrainId.Create("event", "2"), "deadlines", newest));
        Assert.Equal(newest, (await Table.ReadRow(grain, "deadlines"))!.ETag);

        Assert.True(await Table.RemoveRow(grain, "deadlines", newest));
        Assert.Null(await Table.ReadRow(grain, "deadlines"));
        Assert.False(await Table.RemoveRow(grain, "deadlines", newest));
    }

    [SkippableFact]
    public async Task A_grain_finds_its_own_reminders_and_no_others()
    {
        // One with a hash that is negative for who reads it as signed.
        var one = Enumerable.Range(0, 100).Select(i => GrainId.Create("event", $"{i}")).First(grain => grain.GetUniformHashCode() > int.MaxValue);
        var other = GrainId.Create("event", one.Key + "0");
        foreach (var name in new[] { "a", "b", "c" }) await Put(one, name);
        await Put(other, "d");
        Assert.Equal(["a", "b", "c"], (await Table.ReadRows(one)).Reminders.Select(row => row.ReminderName).Order());
        Assert.Equal(["d"], (await Table.ReadRows(other)).Reminders.Select(row => row.ReminderName));
    }

    [SkippableTheory]
    [InlineData("/")]
    [InlineData("\\")]
    [InlineData("#")]
    [InlineData("_")]
    [InlineData("?")]
    [InlineData("%")]
    [InlineData("*")]
    [InlineData("\n")]
    [InlineData("\0")]
    [InlineData("'")]
    [InlineData("\"")]
    [InlineData("🎟️")]
    public async Task Any_sign_survives_in_names_and_in_keys(string sign)
    {
        // Split in every way, so that none passes for another one.
        var places = new[] { ($"k{sign}", "n"), ("k", $"{sign}n"), ($"k{sign}n", sign), ("k", sign), ("k", $"{sign}n{sign}{sign}"), ($"k{sign}n{sign}", sign) };
        foreach (var (key, name) in places) await Put(GrainId.Create("event", key), name);
        await Restart();
        foreach (var (key, name) in places)
        {
            var row = (await Table.ReadRow(GrainId.Create("event", key), name))!;
            Assert.Equal((GrainId.Create("event", key), name), (row.GrainId, row.ReminderName));
        }

        Assert.Equal(places.Length, (await Table.ReadRows(0, 0)).Reminders.Count);
        foreach (var (key, name) in places)
        {
            var grain = GrainId.Create("event", key);
            Assert.True(await Table.RemoveRow(grain, name, (await Table.ReadRow(grain, name))!.ETag!));
        }

        Assert.Empty((await Table.ReadRows(0, 0)).Reminders);
    }

    [SkippableFact]
    public async Task Ranges_leave_out_their_begin_hold_their_end_and_wrap_around()
    {
        var grains = Enumerable.Range(0, 60).Select(i => GrainId.Create("event", $"{i}")).OrderBy(grain => grain.GetUniformHashCode()).ToArray();
        var hashes = grains.Select(grain => grain.GetUniformHashCode()).ToArray();
        // Without hashes of both halves, a signed comparison would pass.
        Assert.Contains(hashes, hash => hash > int.MaxValue);
        Assert.Contains(hashes, hash => hash < int.MaxValue);
        foreach (var grain in grains) await Put(grain, "r");

        uint[] bounds = [0, 1, hashes[0], hashes[1] - 1, hashes[20], int.MaxValue, 1u + int.MaxValue, hashes[40], hashes[40] + 1, hashes[59], uint.MaxValue];
        foreach (var begin in bounds)
        {
            foreach (var end in bounds)
            {
                var expected = grains.Where(grain => InRange(grain.GetUniformHashCode(), begin, end)).ToHashSet();
                var rows = (await Table.ReadRows(begin, end)).Reminders.Select(row => row.GrainId).ToArray();
                Assert.Equal(expected.Count, rows.Length);
                Assert.True(expected.SetEquals(rows), $"({begin}, {end}]");
            }
        }
    }

    [SkippableFact]
    public async Task More_rows_than_one_question_brings_are_all_found()
    {
        await Task.WhenAll(Enumerable.Range(0, 2500).Select(i => Put(GrainId.Create("event", $"{i}"), "r")));
        var rows = (await Table.ReadRows(0, 0)).Reminders;
        Assert.Equal(2500, rows.Select(row => row.GrainId).Distinct().Count());
        Assert.Equal(2500, rows.Count);
        await Table.TestOnlyClearTable();
        Assert.Empty((await Table.ReadRows(0, 0)).Reminders);
    }

    [SkippableTheory]
    [InlineData("2026-05-01T12:00:00.9999999", DateTimeKind.Utc, "2026-05-01T12:00:00")]
    [InlineData("2026-05-01T12:00:01", DateTimeKind.Unspecified, "2026-05-01T12:00:01")]
    [InlineData("1969-12-31T23:59:58", DateTimeKind.Utc, "1969-12-31T23:59:58")]
    public async Task Times_are_whole_seconds_of_UTC(string start, DateTimeKind kind, string expected)
    {
        var grain = GrainId.Create("event", "1");
        var entry = Entry(grain, "r");
        entry.StartAt = DateTime.SpecifyKind(DateTime.Parse(start, CultureInfo.InvariantCulture), kind);
        await Table.UpsertRow(entry);
        var read = (await Table.ReadRow(grain, "r"))!;
        Assert.Equal((DateTime.Parse(expected, CultureInfo.InvariantCulture), DateTimeKind.Utc), (read.StartAt, read.StartAt.Kind));
    }

    [SkippableFact]
    public async Task Concurrent_upserts_of_one_row_leave_one_row_with_the_ETag_of_one_of_them()
    {
        var grain = GrainId.Create("event", "1");
        var tags = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Put(grain, "r")));
        Assert.Contains(Assert.Single((await Table.ReadRows(grain)).Reminders).ETag, tags);
        Assert.Equal(50, tags.Distinct().Count());
    }

    private static bool InRange(uint hash, uint begin, uint end) => begin < end ? hash > begin && hash <= end : begin == end || hash > begin || hash <= end;

    private static ReminderEntry Entry(GrainId grain, string name) => new()
    {
        GrainId = grain,
        ReminderName = name,
        StartAt = Start,
        Period = TimeSpan.FromMinutes(1.5),
    };

    private async Task<string> Put(GrainId grain, string name) => (await Table.UpsertRow(Entry(grain, name)))!;
}
