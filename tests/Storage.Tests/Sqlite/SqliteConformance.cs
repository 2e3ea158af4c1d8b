using Ticketing.Grains.Abstractions;
using Ticketing.Storage.Tests.Conformance;

namespace Ticketing.Storage.Tests.Sqlite;

public sealed class SqliteJournalTests() : JournalConformance(new SqliteDatabase());

public sealed class SqliteSnapshotTests() : SnapshotConformance(new SqliteDatabase());

public sealed class SqliteWriteRuleTests() : WriteRuleConformance(new SqliteDatabase());

public sealed class SqliteQueryTests() : QueryConformance(new SqliteDatabase())
{
    /// <summary>More than every engine can do: a group is one transaction here.</summary>
    [Fact]
    public async Task Readers_on_many_threads_see_whole_groups_while_a_writer_goes_on()
    {
        using var stop = new CancellationTokenSource();
        var ids = (One: Samples.Id(), Other: Samples.Id());
        Commit(Pair(ids, 1));
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var reads = 0;
            for (; reads < 10 || !stop.IsCancellationRequested; reads++)
            {
                var rows = await Engine.List(new(Tables.Tickets, [], Cell.None, 10));
                Assert.Equal(rows[0].Version, rows[1].Version);
            }

            return reads;
        })).ToArray();
        for (var version = 2L; version <= 50; version++) Commit(Pair(ids, version));
        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), reads => Assert.True(reads >= 10));

        static Unit Pair((RecordId One, RecordId Other) ids, long version) => Samples.Append(
            ids.One, Samples.Batch(version), Samples.Put(Samples.Ticket(ids.One), version), Samples.Put(Samples.Ticket(ids.Other), version));
    }
}

public sealed class SqlitePortTests() : PortConformance(new SqliteDatabase());

public sealed class SqliteGrainStorageTests() : GrainStorageConformance(new SqliteDatabase());

public sealed class SqliteReminderTableTests() : ReminderTableConformance(new SqliteDatabase());

public sealed class SqliteCommitLoopTests() : CommitLoopConformance(new SqliteDatabase());
