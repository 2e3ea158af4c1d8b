using System.Diagnostics;
using System.Net;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;
using Ticketing.Storage.Tests.Mongo;
using Xunit.Abstractions;

namespace Ticketing.Silo.Tests.Processes;

/// <summary>A cluster whose database goes away under load and comes back.</summary>
[Collection(ClusterCollection.Name)]
public sealed class ClusterOutageTests(ITestOutputHelper output)
{
    private const int SeatsPerEvent = 200;
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(20);

    /// <summary>A call to a silo is given up after ten seconds; the rest is for two processors that seven processes share.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [SkippableFact]
    public async Task While_the_database_is_away_requests_are_answered_503_in_time_and_service_resumes_by_itself()
    {
        using var database = TestMongo.NewDatabase();
        await using var proxy = new MongoProxy(database.Url);
        await using var cluster = await Cluster.Start(url: proxy.Url);
        var api = cluster.Apis[0];
        var buyers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => api.NewPerson()));
        var events = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => api.NewEvent(SeatsPerEvent)));
        var load = new Load(buyers, events, SeatsPerEvent, seed: 9, thinkMilliseconds: 250);
        load.Serve(cluster.Apis);
        await Eventually.Sees("sales", () => Task.FromResult(ClusterBooks.Sold(load)), sold => sold > 80, ClusterBooks.Patience);

        await proxy.Stop();
        var away = Stopwatch.StartNew();
        await Eventually.Sees("purchases answered 503", () => Task.FromResult(load.Unknown), unknown => unknown > 20, ClusterBooks.Patience);
        var reply = await api.Buy(buyers[0], events[^1], SeatsPerEvent);
        reply.Failed(HttpStatusCode.ServiceUnavailable);
        Assert.NotNull(reply.Headers.RetryAfter);
        // Who asks for what lists are read from is told so too, and all processes live on.
        (await api.Get("/api/tickets", Jwt.Admin)).Failed(HttpStatusCode.ServiceUnavailable);
        Assert.All(cluster.Started, child => Assert.False(child.HasExited));
        if (away.Elapsed < Outage) await Task.Delay(Outage - away.Elapsed);
        var (sold, unknown) = (ClusterBooks.Sold(load), load.Unknown);
        proxy.Start();

        var back = Stopwatch.StartNew();
        await Eventually.Sees("sales again", () => Task.FromResult(ClusterBooks.Sold(load)), now => now > sold + 60, ClusterBooks.Patience);
        output.WriteLine($"away for {away.Elapsed.TotalSeconds:N0} s: {unknown} answers were 503, the longest wait {load.Slowest.TotalSeconds:N1} s; 60 more sold {back.Elapsed.TotalSeconds:N1} s after it was back");
        Assert.InRange(load.Slowest, TimeSpan.Zero, Bound);
        await load.Finish();
        await ClusterBooks.Check(cluster, load, events, SeatsPerEvent);
        // The same processes all along.
        Assert.Equal(cluster.Silos.Length + cluster.Gateways.Length, cluster.Started.Count);
        Assert.All(cluster.Started, child => Assert.False(child.HasExited));
    }
}
