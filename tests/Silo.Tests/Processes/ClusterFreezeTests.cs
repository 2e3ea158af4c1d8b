using System.Diagnostics;
using System.Net;
using MongoDB.Bson;
using MongoDB.Driver;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;
using Xunit.Abstractions;

namespace Ticketing.Silo.Tests.Processes;

/// <summary>A silo that others have declared dead and that does not know it: the worst neighbour there is.</summary>
[Collection(ClusterCollection.Name)]
public sealed class ClusterFreezeTests(ITestOutputHelper output)
{
    private const int SeatsPerEvent = 200;
    private const int Frozen = 1;

    [SkippableFact]
    public async Task A_silo_that_was_frozen_until_it_was_declared_dead_can_change_nothing_when_it_goes_on()
    {
        await using var cluster = await Cluster.Start();
        var api = cluster.Apis[0];
        var buyers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => api.NewPerson()));
        var events = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => api.NewEvent(SeatsPerEvent)));
        // Nobody gives up: a request that is stuck in the frozen silo is asked for again elsewhere, and when it arrives in the end, its key has its answer.
        var load = new Load(buyers, events, SeatsPerEvent, seed: 11, givesUp: false, thinkMilliseconds: 250);
        load.Serve(cluster.Apis);
        await Eventually.Sees("sales", () => Task.FromResult(ClusterBooks.Sold(load)), sold => sold > 100, ClusterBooks.Patience);

        // In the middle of it: some of what it has decided is not stored yet.
        cluster.Silos[Frozen].Freeze();
        using var database = new MongoClient(cluster.Url);
        await Eventually.Sees("it declared dead", () => StatusOf(database, cluster, Frozen), status => status == "Dead", ClusterBooks.Patience);
        var before = ClusterBooks.Sold(load);
        await Eventually.Sees("the others take over", () => Task.FromResult(ClusterBooks.Sold(load)), sold => sold > before + 60, ClusterBooks.Patience);
        await load.Finish();
        // Every event is woken elsewhere, so that what was on its way when the silo stopped finds its number taken.
        foreach (var eventId in events) (await api.Buy(buyers[0], eventId, SeatsPerEvent + 1)).Failed(HttpStatusCode.Conflict);
        await ClusterBooks.Check(cluster, load, events, SeatsPerEvent);
        var settled = await Settled(database, cluster);

        cluster.Silos[Frozen].Thaw();
        var code = await cluster.Silos[Frozen].Exit(ClusterBooks.Patience);

        Assert.NotEqual(0, code);
        var changed = Differences(settled, await Everything(database, cluster));
        Assert.True(changed.Length == 0, $"{changed.Length} documents changed:\n{string.Join('\n', changed.Take(5))}");
        output.WriteLine($"{ClusterBooks.Sold(load)} sold, {load.Unknown} answers were 503; thawed, it ended by itself with exit code {code} and had changed nothing");
        // And its place is taken by one that starts anew.
        using (await cluster.StartSilo(Frozen).Ready())
        {
            Assert.Equal("Active", await StatusOf(database, cluster, Frozen));
        }

        (await api.Buy(buyers[0], await api.NewEvent(), 1)).Done();
        await ClusterBooks.Prove(cluster);
    }

    /// <summary>What the table says of the newest silo at an address.</summary>
    private static async Task<string?> StatusOf(MongoClient database, Cluster cluster, int silo)
    {
        var table = await (await Collection(database, cluster, "membership").FindAsync(new BsonDocument())).SingleAsync();
        return table["silos"].AsBsonDocument.Values.Select(value => value.AsBsonDocument)
            .Where(one => one["address"].AsString.StartsWith(cluster.AddressOf(silo), StringComparison.Ordinal))
            .MaxBy(one => one["started_at"].ToUniversalTime())?["status"].AsString;
    }

    /// <summary>Waits until nothing is under way any more.</summary>
    private static async Task<Dictionary<string, BsonDocument>> Settled(MongoClient database, Cluster cluster)
    {
        Dictionary<string, BsonDocument>? last = null;
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < ClusterBooks.Patience;)
        {
            var now = await Everything(database, cluster);
            if (last is not null && Differences(last, now).Length == 0) return now;
            last = now;
            await Task.Delay(TimeSpan.FromSeconds(3));
        }

        Assert.Fail("the database never came to rest");
        return last!;
    }

    /// <summary>
    /// Everything that is stored, but for who is in the cluster, and reminders: whoever owns one's place on the ring stores it for whoever asks, so a living silo may do that for the
    /// thawed one, before that one learns what it is. A reminder too many wakes an event once more and ends nothing.
    /// </summary>
    private static async Task<Dictionary<string, BsonDocument>> Everything(MongoClient database, Cluster cluster)
    {
        var all = new Dictionary<string, BsonDocument>();
        var names = await (await database.GetDatabase(MongoUrl.Create(cluster.Url).DatabaseName).ListCollectionNamesAsync()).ToListAsync();
        foreach (var name in names.Where(name => name is not ("membership" or "reminders")))
        {
            foreach (var document in await (await Collection(database, cluster, name).FindAsync(new BsonDocument())).ToListAsync()) all.Add($"{name} {document["_id"]}", document);
        }

        return all;
    }

    private static string[] Differences(Dictionary<string, BsonDocument> before, Dictionary<string, BsonDocument> after) =>
    [
        .. before.Where(pair => !after.TryGetValue(pair.Key, out var now) || now != pair.Value).Select(pair => $"{pair.Key} was {pair.Value} and is {after.GetValueOrDefault(pair.Key)}"),
        .. after.Where(pair => !before.ContainsKey(pair.Key)).Select(pair => $"{pair.Key} is new: {pair.Value}"),
    ];

    private static IMongoCollection<BsonDocument> Collection(MongoClient database, Cluster cluster, string name) =>
        database.GetDatabase(MongoUrl.Create(cluster.Url).DatabaseName).GetCollection<BsonDocument>(name);
}
