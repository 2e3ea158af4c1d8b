using Ticketing.OnSale.Load;

namespace Ticketing.OnSale.Scenes;

/// <summary>This project on the embedded engine: purchases, refusals, reads and repeats.</summary>
internal static class SaleScene
{
    /// <summary>How many callers there are in process.</summary>
    public static IReadOnlyList<int> CallersInside { get; } = [1, 64, 256, 1024];

    private const int Parties = 64;
    private const int Repeated = 1000;
    private static readonly TimeSpan StreamTime = TimeSpan.FromSeconds(8);

    public static async Task Play(Stage stage)
    {
        using var directory = new DataDirectory();
        await using var shop = await Shop.Open(stage, directory);
        using (var crowd = await Crowd.Gather(shop.Address, Scale.Callers))
        {
            await shop.Warm(stage, crowd);
            var (hot, run, peak) = await Hot(stage, shop, crowd);
            await Smaller(stage, shop, crowd);
            await Besides(stage, shop, crowd, hot, run);
            await Steady(stage, shop, crowd, peak);
        }

        await Inside(stage, shop);
        await shop.Close(stage.Verified(directory));
    }

    private static async Task<(string Event, int Run, double PerSecond)> Hot(Stage stage, Shop shop, Crowd crowd)
    {
        var (seats, run) = (stage.Scale.Seats, Stage.NextRun);
        var hot = await shop.Events(1, seats);
        var before = await shop.Counters();
        var outcome = (await crowd.Rush(Asked.Purchases(Shop.Path, stage.Buyers, hot, seats, atOnce: false, run), seats)).Expect(200, seats);
        var after = await shop.Counters();
        await shop.ExpectSold(hot, seats);
        stage.Results.Add("hot50000", $"purchases over HTTP, one hot event of {seats:N0} seats", "per s", outcome.PerSecond);
        stage.Results.Add("hotP50", "    p50 in that rush of 256 callers", "ms", outcome.Milliseconds(50));
        stage.Results.Add("hotP99", "    p99 in that rush", "ms", outcome.Milliseconds(99));
        Costs(stage, "Hot", "", before, after, seats);
        stage.Results.Add("paused", "    share of the time in which the garbage collector stopped everything", "%", (after.PausedMilliseconds - before.PausedMilliseconds) * 100 / outcome.Took.TotalMilliseconds);
        return (hot[0], run, outcome.PerSecond);
    }

    /// <summary>What each of so many purchases cost.</summary>
    private static void Costs(Stage stage, string key, string where, Counters before, Counters after, int purchases)
    {
        stage.Results.Add($"cpu{key}", $"    processor time of the server for a purchase{where}", "us", (after.CpuMicroseconds - before.CpuMicroseconds) / purchases);
        stage.Results.Add($"allocated{key}", $"    bytes allocated for a purchase{where}", "bytes", (after.Allocated - before.Allocated) / (double)purchases);
        stage.Results.Add($"written{key}", $"    bytes written to disk for a purchase{where}", "bytes", (after.Written - before.Written) / (double)purchases);
        stage.Results.Add($"flushes{key}", $"    flushes for 1,000 purchases{where}", "flushes", (after.Flushes - before.Flushes) * 1000.0 / purchases);
    }

    private static async Task Smaller(Stage stage, Shop shop, Crowd crowd)
    {
        var total = stage.Scale.Seats;
        foreach (var (key, seats) in new[] { ("hot5000", total / 10), ("hot100", 100) })
            await Sell(key, $"purchases over HTTP, hot events of {seats:N0} seats, one after the other", total / seats, seats, atOnce: false);
        await Sell("events64", $"purchases over HTTP, {Parties} events at once", Parties, total / Parties, atOnce: true);
        await Sell("eventsMany", $"purchases over HTTP, {stage.Scale.ManyEvents:N0} events at once", stage.Scale.ManyEvents, Math.Max(25, total / stage.Scale.ManyEvents), atOnce: true);

        async Task Sell(string key, string name, int count, int seats, bool atOnce)
        {
            var events = await shop.Events(count, seats);
            var purchases = Math.Min(total, count * seats);
            var before = await shop.Counters();
            var outcome = (await crowd.Rush(Asked.Purchases(Shop.Path, stage.Buyers, events, seats, atOnce, Stage.NextRun), purchases)).Expect(200, purchases);
            var after = await shop.Counters();
            stage.Results.Add(key, name, "per s", outcome.PerSecond);
            if (atOnce) Costs(stage, key, $", {count:N0} events", before, after, purchases);
            await shop.ExpectSold(events, purchases);
        }
    }

    private static async Task Besides(Stage stage, Shop shop, Crowd crowd, string hot, int run)
    {
        var total = stage.Scale.Seats;
        var late = Asked.Late(Shop.Path, stage.Buyers, hot, total, Stage.NextRun);
        stage.Results.Add("refusals", "refusals over HTTP: the event is sold out", "per s", (await crowd.Rush(late, total)).Expect(409, total).PerSecond);
        var read = Asked.Read($"/api/events/{hot}");
        stage.Results.Add("reads", "reads of the event's availability over HTTP", "per s", (await crowd.Rush(read, total)).Expect(200, total).PerSecond);
        var again = Asked.Repeats(Shop.Path, stage.Buyers, [hot], total, run, Math.Min(total, Repeated));
        stage.Results.Add("repeats", "purchases repeated under the same operation id over HTTP", "per s", (await crowd.Rush(again, total)).Expect(200, total).PerSecond);
        await shop.ExpectSold([hot], total);
    }

    private static async Task Steady(Stage stage, Shop shop, Crowd crowd, double peak)
    {
        var count = (int)Math.Min(stage.Scale.Seats, peak / 2 * StreamTime.TotalSeconds);
        var events = await shop.Events(1, stage.Scale.Seats);
        var outcome = (await crowd.Stream(Asked.Purchases(Shop.Path, stage.Buyers, events, stage.Scale.Seats, atOnce: false, Stage.NextRun), count, peak / 2, stage.Seed)).Expect(200, count);
        stage.Results.Add("half", "purchases over HTTP at half of the peak, open loop", "per s", outcome.PerSecond);
        stage.Results.Add("p50", "    p50, from when a request was due", "ms", outcome.Milliseconds(50));
        stage.Results.Add("p99", "    p99", "ms", outcome.Milliseconds(99));
        stage.Results.Add("p999", "    p99.9", "ms", outcome.Milliseconds(99.9));
        await shop.ExpectSold(events, count);
    }

    private static async Task Inside(Stage stage, Shop shop)
    {
        foreach (var callers in CallersInside)
        {
            var count = callers == 1 ? stage.Scale.Seats / 10 : stage.Scale.Seats;
            var events = await shop.Events(2, stage.Scale.Seats);
            await shop.Sell(events[0], callers, count);
            var before = await shop.Counters();
            var perSecond = await shop.Sell(events[1], callers, count);
            var after = await shop.Counters();
            stage.Results.Add($"process{callers}", $"purchases in process, {callers:N0} callers", "per s", perSecond);
            if (callers == Scale.Callers) stage.Results.Add("flushes", "    flushes for 1,000 of these purchases", "flushes", (after.Flushes - before.Flushes) * 1000.0 / count);
            await shop.ExpectSold(events, 2 * count);
        }
    }
}
