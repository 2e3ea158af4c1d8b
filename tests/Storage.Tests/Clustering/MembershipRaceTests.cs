using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MongoDB.Driver;
using Orleans.Configuration;
using Ticketing.Clustering.Mongo;
using Ticketing.Storage.Tests.Mongo;

namespace Ticketing.Storage.Tests.Clustering;

/// <summary>What Orleans needs of the table in which silos find one another, when many change it at once and answers are lost.</summary>
public sealed class MembershipRaceTests : IDisposable
{
    private const int Racers = 12;

    private readonly Members members = new();

    public void Dispose() => members.Dispose();

    [SkippableFact]
    public async Task Silos_that_begin_a_new_cluster_at_once_all_succeed_and_begin_one()
    {
        for (var round = 0; round < 10; round++)
        {
            var id = $"cluster-{round}";
            var tables = Enumerable.Range(0, 4).Select(_ => members.Table(id)).ToArray();
            await Task.WhenAll(tables.Select(table => Task.Run(() => table.InitializeMembershipTable(true))));
            Assert.Equal(0, (await tables[0].ReadAll()).Version.Version);
            await Members.Insert(tables[1], Members.Silo());
        }
    }

    [SkippableFact]
    public async Task A_silo_that_is_told_that_another_has_just_begun_the_cluster_goes_on_and_any_other_error_is_one()
    {
        await using ScriptedMongo server = new();
        var table = new MongoMembershipTable(MongoConnection.To($"mongodb://{server.Address}/tickets"), Options.Create(new ClusterOptions { ClusterId = Members.ClusterId }));
        server.Answers["update"] = Answer(11000);
        await table.InitializeMembershipTable(true);
        server.Answers["update"] = Answer(121);
        await Assert.ThrowsAsync<MongoWriteException>(() => table.InitializeMembershipTable(true));

        static BsonDocument Answer(int code) =>
            new() { { "ok", 1 }, { "n", 0 }, { "writeErrors", new BsonArray { new BsonDocument { { "index", 0 }, { "code", code }, { "errmsg", "refused" } } } } };
    }

    [SkippableFact]
    public async Task Of_racing_inserts_from_one_reading_one_wins()
    {
        var tables = await Tables();
        var silo = Members.Silo();
        for (var round = 0; round < 5; round++)
        {
            var next = (await tables[0].ReadAll()).Version.Next();
            // Half of them in the first round are the same silo, as when a silo repeats itself.
            var outcomes = await Race(tables, (table, i) => table.InsertRow(round == 0 && i % 2 == 0 ? silo : Members.Silo(), next));
            Assert.Single(outcomes, won => won);
            var now = await tables[0].ReadAll();
            Assert.Equal((round + 1, round + 1), (now.Version.Version, now.Members.Count));
        }
    }

    [SkippableFact]
    public async Task Of_racing_updates_from_one_reading_one_wins_and_is_what_is_stored()
    {
        var tables = await Tables();
        var silo = await Members.Insert(tables[0], Members.Silo());
        for (var round = 0; round < 5; round++)
        {
            var read = await tables[0].ReadAll();
            var outcomes = await Race(tables, (table, i) =>
            {
                var mine = Members.Silo(SiloStatus.Active, silo.SiloAddress);
                mine.SiloName = $"racer {i}";
                return table.UpdateRow(mine, read.TryGet(silo.SiloAddress)!.Item2, read.Version.Next());
            });
            Assert.Single(outcomes, won => won);
            var now = await tables[0].ReadAll();
            Assert.Equal(read.Version.Version + 1, now.Version.Version);
            Assert.Equal($"racer {Array.IndexOf(outcomes, true)}", Assert.Single(now.Members).Item1.SiloName);
        }
    }

    [SkippableFact]
    public async Task Every_silo_that_reads_again_and_repeats_gets_its_change_in_once()
    {
        var tables = await Tables();
        var silo = await Members.Insert(tables[0], Members.Silo());
        await Race(tables, async (table, i) =>
        {
            while (true)
            {
                var read = await table.ReadAll();
                var (entry, tag) = (read.TryGet(silo.SiloAddress)!.Item1, read.TryGet(silo.SiloAddress)!.Item2);
                entry.AddSuspector(Members.Address($"10.1.0.{i}"), Samples.Noon.UtcDateTime);
                if (await table.UpdateRow(entry, tag, read.Version.Next())) return true;
            }
        });
        var now = await tables[0].ReadAll();
        Assert.Equal(1 + Racers, now.Version.Version);
        Assert.Equal(Racers, Assert.Single(now.Members).Item1.SuspectTimes!.Select(one => one.Item1).Distinct().Count());
    }

    [SkippableFact]
    public async Task Heartbeats_and_changes_do_not_lose_one_another()
    {
        var tables = await Tables();
        var silos = new List<MembershipEntry>();
        foreach (var _ in tables.Take(4)) silos.Add(await Members.Insert(tables[0], Members.Silo(SiloStatus.Active)));
        const int Beats = 30;
        var beating = Task.WhenAll(silos.Select((silo, i) => Task.Run(async () =>
        {
            for (var beat = 1; beat <= Beats; beat++) await tables[i].UpdateIAmAlive(new() { SiloAddress = silo.SiloAddress, IAmAliveTime = Samples.Noon.AddSeconds(beat).UtcDateTime });
        })));
        var changes = 0;
        do
        {
            // One at a time from what was read before any heartbeat: no heartbeat may be in its way.
            var silo = silos[changes % silos.Count];
            var changed = Members.Silo(SiloStatus.Active, silo.SiloAddress);
            changed.SiloName = $"change {changes++}";
            Assert.True(await Members.Update(tables[^1], changed));
        }
        while (!beating.IsCompleted || changes < silos.Count);
        await beating;
        var now = await tables[0].ReadAll();
        Assert.Equal(silos.Count + changes, now.Version.Version);
        Assert.All(now.Members, member => Assert.Equal(Samples.Noon.AddSeconds(Beats).UtcDateTime, member.Item1.IAmAliveTime));
        Assert.All(now.Members, member => Assert.StartsWith("change ", member.Item1.SiloName, StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task A_reading_is_of_one_moment()
    {
        var tables = await Tables();
        foreach (var _ in Enumerable.Range(0, 8)) await Members.Insert(tables[0], Members.Silo());
        using CancellationTokenSource end = new();
        var reading = Task.WhenAll(tables.Skip(1).Take(4).Select(table => Task.Run(async () =>
        {
            var readings = 0;
            for (; !end.IsCancellationRequested || readings < 10; readings++)
            {
                var data = await table.ReadAll();
                // Each change leaves the table's new version as the tag of its silo: so one silo has just that one, in any moment.
                Assert.Equal(data.Version.Version, data.Members.Max(member => int.Parse(member.Item2, System.Globalization.CultureInfo.InvariantCulture)));
                Assert.Equal(data.Members.Count, data.Members.Count(member => member.Item1.SiloName == "silo" || member.Item1.SiloName == $"at {member.Item2}"));
            }
        })));
        for (var change = 0; change < 100; change++)
        {
            var read = await tables[0].ReadAll();
            var (entry, tag) = (read.Members[change % 8].Item1, read.Members[change % 8].Item2);
            entry.SiloName = $"at {read.Version.Version + 1}";
            Assert.True(await tables[0].UpdateRow(entry, tag, read.Version.Next()));
        }

        await end.CancelAsync();
        await reading;
    }

    [SkippableFact]
    public async Task Clean_up_gets_through_while_others_change_the_table_and_runs_at_once_in_many_silos()
    {
        var tables = await Tables();
        foreach (var _ in Enumerable.Range(0, 6)) await Members.Insert(tables[0], Members.Silo(SiloStatus.Dead, at: Samples.Noon.AddDays(-10)));
        var (living, joining) = (await Members.Insert(tables[0], Members.Silo(SiloStatus.Active)), Members.Silo());
        await Task.WhenAll(
            Race(tables, async (table, i) =>
            {
                await table.CleanupDefunctSiloEntries(Samples.Noon.AddDays(-7));
                return true;
            }),
            Task.Run(async () =>
            {
                // As the runtime does: it reads again when somebody was quicker.
                while (!await tables[0].InsertRow(joining, (await tables[0].ReadAll()).Version.Next()))
                {
                }
            }));
        var now = await tables[0].ReadAll();
        Assert.Equal(2, now.Members.Count);
        Assert.All(new[] { living, joining }, silo => Assert.NotNull(now.TryGet(silo.SiloAddress)));
        Assert.Equal(9, now.Version.Version);
    }

    [SkippableFact]
    public async Task A_change_whose_answer_is_lost_once_happens_once_and_is_answered()
    {
        var watching = await members.Begun();
        await using MongoProxy proxy = new(members.Url);
        var table = members.Table(url: proxy.Url);
        var silo = Members.Silo();

        proxy.Lose("update", 1);
        Assert.True(await table.InsertRow(silo, (await table.ReadAll()).Version.Next()));
        Assert.True(proxy.LossesLeft <= 0);
        Assert.Equal(1, (await watching.ReadAll()).Version.Version);

        proxy.Lose("update", 1);
        silo.Status = SiloStatus.Active;
        Assert.True(await Members.Update(table, silo));
        proxy.Lose("update", 1);
        await table.UpdateIAmAlive(new() { SiloAddress = silo.SiloAddress, IAmAliveTime = Samples.Noon.AddHours(1).UtcDateTime });
        proxy.Lose("update", 1);
        Assert.False(await table.InsertRow(silo, (await table.ReadAll()).Version.Next()));
        proxy.Lose("find", 1);
        var now = await table.ReadAll();
        Assert.Equal(2, now.Version.Version);
        Assert.Equal((SiloStatus.Active, Samples.Noon.AddHours(1).UtcDateTime), (now.Members[0].Item1.Status, now.Members[0].Item1.IAmAliveTime));
    }

    [SkippableFact]
    public async Task A_change_whose_answer_stays_lost_is_an_error_and_reading_shows_whether_it_happened()
    {
        await members.Begun();
        await using MongoProxy proxy = new(members.Url);
        var table = members.Table(url: proxy.Url);
        var silo = Members.Silo();

        proxy.Lose("update", 2);
        var lost = await Assert.ThrowsAnyAsync<MongoException>(async () => await table.InsertRow(silo, (await table.ReadAll()).Version.Next()));
        Assert.True(MongoConnection.IsAway(lost));

        // As the runtime goes on: it reads, finds itself there and changes its row.
        var now = await table.ReadAll();
        Assert.Equal(1, now.Version.Version);
        Assert.NotNull(now.TryGet(silo.SiloAddress));
        silo.Status = SiloStatus.Active;
        Assert.True(await Members.Update(table, silo));
        Assert.Equal(2, (await table.ReadAll()).Version.Version);
    }

    private async Task<MongoMembershipTable[]> Tables()
    {
        await members.Begun();
        return [.. Enumerable.Range(0, Racers).Select(_ => members.Table())];
    }

    private static Task<bool[]> Race(MongoMembershipTable[] tables, Func<MongoMembershipTable, int, Task<bool>> run) =>
        Task.WhenAll(tables.Select((table, i) => Task.Run(() => run(table, i))));
}
