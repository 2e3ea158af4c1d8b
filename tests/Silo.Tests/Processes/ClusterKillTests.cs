using System.Diagnostics;
using System.Globalization;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Users;
using Xunit.Abstractions;

namespace Ticketing.Silo.Tests.Processes;

/// <summary>
/// Three silos and two gateways on one MongoDB under load, and silos that are killed one after the other. TICKETING_CLUSTER_KILLS sets how often (3), TICKETING_SEED
/// the moments; a failure prints the seed.
/// </summary>
[Collection(ClusterCollection.Name)]
public sealed class ClusterKillTests(ITestOutputHelper output)
{
    private const int Buyers = 16;
    private const int Events = 40;
    private const int SeatsPerEvent = 200;
    private static readonly int Kills = Number("TICKETING_CLUSTER_KILLS") ?? 3;

    [SkippableFact]
    public async Task Whatever_was_acknowledged_survives_the_killing_of_one_silo_after_another_and_nothing_is_sold_twice()
    {
        var seed = Number("TICKETING_SEED") ?? Environment.TickCount;
        output.WriteLine($"{Kills} kills, seed {seed} (set TICKETING_SEED to repeat it)");
        var luck = new Random(seed);
        await using var cluster = await Cluster.Start();
        var api = cluster.Apis[0];
        var buyers = await Task.WhenAll(Enumerable.Range(0, Buyers).Select(_ => api.NewPerson()));
        var events = await Task.WhenAll(Enumerable.Range(0, Events).Select(_ => api.NewEvent(SeatsPerEvent)));
        var watch = Stopwatch.StartNew();
        var load = new Load(buyers, events, SeatsPerEvent, seed, thinkMilliseconds: 250);
        load.Serve(cluster.Apis);
        for (var kill = 1; kill <= Kills; kill++)
        {
            await Task.Delay(luck.Next(300, 3000));
            var silo = kill % cluster.Silos.Length;
            var sold = ClusterBooks.Sold(load);
            await cluster.Silos[silo].Kill();
            using var _ = await cluster.StartSilo(silo).Ready();
            output.WriteLine($"kill {kill} at {watch.Elapsed.TotalSeconds:N0} s: {sold} sold before, {ClusterBooks.Sold(load)} when the silo was back");
        }

        await load.Finish();
        output.WriteLine($"{watch.Elapsed.TotalSeconds:N0} s: {load.Attempts.Count} purchases asked for, {ClusterBooks.Sold(load)} sold, {load.Unknown} answers were 503, {load.Attempts.Count(attempt => attempt.Tries > 1)} asked for more than once");
        Assert.Contains(load.Attempts, attempt => attempt is { Tries: > 1, Ticket: not null });
        await ClusterBooks.Check(cluster, load, events, SeatsPerEvent);
        output.WriteLine($"all settled after {watch.Elapsed.TotalSeconds:N0} s");
        await ClusterBooks.Prove(cluster);
        ClusterBooks.AssertNoSurprises(cluster);
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
