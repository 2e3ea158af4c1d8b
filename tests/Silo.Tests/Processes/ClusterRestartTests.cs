using System.Diagnostics;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Users;
using Xunit.Abstractions;

namespace Ticketing.Silo.Tests.Processes;

/// <summary>An update, as an operator carries it out: every process is asked to end and started anew, one after the other, while people buy.</summary>
[Collection(ClusterCollection.Name)]
public sealed class ClusterRestartTests(ITestOutputHelper output)
{
    private const int SeatsPerEvent = 200;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task All_silos_and_gateways_are_restarted_under_load_and_every_request_gets_its_answer()
    {
        await using var cluster = await Cluster.Start();
        var api = cluster.Apis[0];
        var buyers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => api.NewPerson()));
        var events = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => api.NewEvent(SeatsPerEvent)));
        // Nobody gives up: what was not answered is asked for again under the same key until it is.
        var load = new Load(buyers, events, SeatsPerEvent, seed: 5, givesUp: false, thinkMilliseconds: 250);
        load.Serve(cluster.Apis);
        var watch = Stopwatch.StartNew();
        for (var silo = 0; silo < cluster.Silos.Length; silo++)
        {
            await End(cluster.Silos[silo], $"silo {silo + 1}", watch);
            using var _ = await cluster.StartSilo(silo).Ready();
        }

        for (var gateway = 0; gateway < cluster.Gateways.Length; gateway++)
        {
            await End(cluster.Gateways[gateway], $"gateway {gateway + 1}", watch);
            using var _ = await cluster.StartGateway(gateway).Ready();
        }

        await load.Finish();
        output.WriteLine($"{watch.Elapsed.TotalSeconds:N0} s: {load.Attempts.Count} purchases asked for, {ClusterBooks.Sold(load)} sold, {load.Unknown} answers were 503, {load.Attempts.Count(attempt => attempt.Tries > 1)} asked for more than once, the longest wait {load.Slowest.TotalSeconds:N1} s");
        Assert.All(load.Attempts, attempt => Assert.True(attempt.Ticket is not null || attempt.Refusal is not null, $"{attempt.Key} was never answered"));
        await ClusterBooks.Check(cluster, load, events, SeatsPerEvent);
        ClusterBooks.AssertNoSurprises(cluster);
    }

    private async Task End(Child child, string name, Stopwatch watch)
    {
        var begun = watch.Elapsed;
        child.Terminate();
        Assert.Equal(0, await child.Exit(StopPatience));
        output.WriteLine($"{name} ended in order after {(watch.Elapsed - begun).TotalSeconds:N1} s");
    }
}
