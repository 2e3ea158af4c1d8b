using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Events;
using Ticketing.Storage;
using Xunit.Abstractions;
using static Ticketing.Grains.Tests.Events.SaleCluster;

namespace Ticketing.Grains.Tests.Events;

/// <summary>What a purchase costs, counted and not timed.</summary>
[Collection(Name)]
public sealed class CostTests(SaleCluster cluster, ITestOutputHelper output) : IDisposable
{
    private const int Purchases = 90;

    public void Dispose() => cluster.EndTest();

    [Fact]
    public async Task A_purchase_costs_the_same_at_a_hundred_and_at_fifty_thousand_seats()
    {
        var small = await CostOf(await cluster.NewEvent(100), 1);
        var large = await CostOf(await cluster.NewEvent(50_000), 1);
        var full = await CostOf(await FilledEvent(50_000, 49_900), 49_901);

        Assert.Equal(Purchases, small.Batches);
        Assert.Equal((small.Batches, small.JournalBytes, small.Records), (large.Batches, large.JournalBytes, large.Records));
        // A seat's number is written in one to three bytes.
        Assert.InRange(full.JournalBytes, small.JournalBytes, small.JournalBytes + (2 * Purchases));
        // The event's own work after it woke is one fence, and what it wakes for is counted before.
        Assert.Equal((small.Batches, small.Records), (full.Batches, full.Records));
        Assert.Equal(0, small.Snapshots + large.Snapshots + full.Snapshots);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task An_event_with_fifty_thousand_tickets_wakes(int snapshotsLost)
    {
        var key = await EventSoldOneByOne(50_000, 49_998, snapshotsLost);
        var watch = Stopwatch.StartNew();
        Assert.True((await cluster.Event(key).Buy(cluster.NewPurchase(49_999))).IsDone);
        var cold = watch.Elapsed;
        watch.Restart();
        Assert.True((await cluster.Event(key).Buy(cluster.NewPurchase(50_000))).IsDone);
        output.WriteLine($"first purchase {cold.TotalMilliseconds:F0} ms, second {watch.Elapsed.TotalMilliseconds:F1} ms");

        watch.Restart();
        var ledger = await Ledger.Open(key, cluster.Journal, cluster.Time.GetUtcNow());
        output.WriteLine($"opening the ledger alone {watch.Elapsed.TotalMilliseconds:F0} ms");
        Assert.Equal(0u, ledger.Sale.Remaining);
    }

    private async Task<SharedEngine.Cost> CostOf(EventKey key, uint first)
    {
        // The event wakes and writes its reminder with a purchase that does not count.
        Assert.True((await cluster.Event(key).Buy(cluster.NewPurchase(first))).IsDone);
        var before = cluster.Engine.Costs[key.Value];
        for (var seat = first + 1; seat <= first + Purchases; seat++) Assert.True((await cluster.Event(key).Buy(cluster.NewPurchase(seat))).IsDone);
        var cost = cluster.Engine.Costs[key.Value].Since(before);
        output.WriteLine($"{cost}, {(double)cost.JournalBytes / Purchases:F1} bytes a purchase");
        return cost;
    }

    /// <summary>An event most of whose seats were sold by a ledger that nobody holds any more.</summary>
    private async Task<EventKey> FilledEvent(uint capacity, uint sold)
    {
        var key = EventKey.New(cluster.Time.GetUtcNow());
        await LedgerBench.OneThread(async () =>
        {
            var ledger = await LedgerBench.NewEvent(cluster.Journal, key, capacity);
            await ledger.Fill(1, sold);
        });
        return key;
    }

    /// <summary>An event whose journal has a batch for each purchase: as long as it can get.</summary>
    private async Task<EventKey> EventSoldOneByOne(uint capacity, uint sold, int snapshotsLost)
    {
        var (journal, key) = (new ScriptedJournal(), EventKey.New(cluster.Time.GetUtcNow()));
        await LedgerBench.OneThread(async () =>
        {
            var ledger = await LedgerBench.NewEvent(journal, key, capacity);
            for (var seat = 1u; seat <= sold; seat++) Assert.True(await ledger.Buy(seat));
        });
        var snapshot = journal.Snapshots[^(1 + snapshotsLost)];
        var loop = cluster.Silo(0).GetRequiredService<CommitLoop>();
        var units = journal.Batches.Select(batch => (Unit)new AppendUnit(key.Value, batch, [])).Append(new SnapshotUnit(key.Value, snapshot));
        Assert.All(await Task.WhenAll(units.Select(loop.Commit)), outcome => Assert.Equal(UnitOutcome.Committed, outcome));
        output.WriteLine($"{journal.Batches.Count} batches of {journal.JournalBytes} bytes, {journal.Batches.Count - snapshot.Number} of them after the snapshot");
        return key;
    }
}
