using Ticketing.Grains.Abstractions;
using Ticketing.Storage.Sqlite;

namespace Ticketing.Storage.Tests.Sqlite;

/// <summary>What was acknowledged is there, whatever happens next.</summary>
public sealed class SqliteDurabilityTests : IDisposable
{
    private readonly SqliteDatabase database = new();
    private readonly Logs logs = new();

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Files_copied_from_under_a_running_engine_hold_every_acknowledged_commit()
    {
        using var engine = database.Open();
        var keys = new List<RecordId>();
        var copies = 0;
        for (var i = 1; i <= 200; i++)
        {
            var append = Samples.Append(Samples.Id(), Samples.Batch(1, new string('x', 5000)), Samples.Purchase(seat: (uint)i));
            engine.Commit([append]);
            keys.Add(append.Key);
            if (i % 50 != 0) continue;

            using var copy = new SqliteDatabase();
            foreach (var file in new[] { "ticketing.db", "ticketing.db-wal" }) File.Copy(Path.Combine(database.Directory, file), Path.Combine(copy.Directory, file));
            using var opened = copy.Open();
            foreach (var key in keys) Assert.Single(await opened.ReadJournal(key, 0, 10));
            Assert.Equal(i, (await opened.List(new(Tables.Tickets, [], Cell.None, 1000))).Count);
            copies++;
        }

        Assert.Equal(4, copies);
    }

    [Fact]
    public async Task A_killed_process_leaves_every_acknowledged_commit_and_can_be_followed_by_another_one()
    {
        for (var kill = 1; kill <= 5; kill++)
        {
            var last = new Dictionary<RecordId, int>();
            var tickets = new HashSet<RecordId>();
            await using (var seller = new ChildProcess("sell", database.Directory))
            {
                // Kills at different moments: the process goes on selling while these lines are read.
                for (var i = 0; i < kill * 150; i++) Note(await seller.ReadLine());
                seller.Kill();
                while (await seller.ReadLine() is { } rest) Note(rest);
            }

            using var engine = database.Open();
            foreach (var (key, number) in last)
                Assert.Equal(Enumerable.Range(1, number).Select(i => (long)i), (await engine.ReadJournal(key, 0, number)).Select(batch => batch.Number));
            foreach (var ticket in tickets) Assert.NotNull(await engine.Find(Tables.Tickets, Cell.Of(ticket)));

            void Note(string? line)
            {
                // The last line may have been cut off by the kill.
                if (line?.Split(' ') is not [var key, var number, { Length: RecordId.TextLength } ticket]) return;
                last[RecordId.Parse(key)] = int.Parse(number, System.Globalization.CultureInfo.InvariantCulture);
                tickets.Add(RecordId.Parse(ticket));
            }
        }
    }

    [Fact]
    public async Task On_a_full_disk_nothing_is_lost_the_reason_is_told_and_with_more_room_it_goes_on()
    {
        var kept = new List<RecordId>();
        var refused = new List<AppendUnit>();
        using (var small = new SqliteEngine(database.Directory, mostPages: 60))
        {
            await using var loop = new CommitLoop(small, logs);
            while (refused.Count < 3)
            {
                var append = Samples.Append(Samples.Id(), Samples.Batch(1, new string('x', 3000)), Samples.Purchase());
                var outcome = await loop.Commit(append);
                if (outcome == UnitOutcome.Committed) kept.Add(append.Key);
                else refused.Add(append);
                Assert.InRange(kept.Count, 0, 1000);
            }

            Assert.All(refused, append => Assert.Equal(UnitOutcome.Unknown, append.Outcome));
            Assert.Contains($"the disk that holds {database.File} is full", logs.Errors.First(), StringComparison.Ordinal);
            // Reading goes on, and so does writing as soon as there is room.
            foreach (var key in kept) Assert.Single(await small.ReadJournal(key, 0, 10));
            small.Setting("max_page_count = 80");
            var late = Samples.Append(Samples.Id(), Samples.Batch(1), Samples.Purchase());
            Assert.Equal(UnitOutcome.Committed, await loop.Commit(late));
            kept.Add(late.Key);
        }

        Assert.NotEmpty(kept);
        using var engine = database.Open();
        foreach (var key in kept) Assert.Single(await engine.ReadJournal(key, 0, 10));
        await using var again = new CommitLoop(engine, logs);
        foreach (var append in refused)
        {
            Assert.Empty(await engine.ReadJournal(append.Key, 0, 10));
            Assert.Equal(UnitOutcome.Committed, await again.Commit(Samples.Append(append.Key, append.Batch, [.. append.Writes])));
        }

        Assert.Equal(kept.Count + refused.Count, (await engine.List(new(Tables.Tickets, [], Cell.None, 2000))).Count);
    }

    [Fact]
    public async Task A_purchase_that_does_not_fit_on_the_disk_takes_no_smaller_write_with_it()
    {
        using var small = new SqliteEngine(database.Directory, mostPages: 60);
        await using var loop = new CommitLoop(small, logs);
        var (large, little) = (Samples.Append(Samples.Id(), Samples.Batch(1, new string('x', 1_000_000))), Samples.Append(Samples.Id(), Samples.Batch(1)));
        var asked = (loop.Commit(large), loop.Commit(little));
        Assert.Equal((UnitOutcome.Unknown, UnitOutcome.Committed), (await asked.Item1, await asked.Item2));
    }
}
