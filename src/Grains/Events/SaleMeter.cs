using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Ticketing.Grains.Events;

/// <summary>
/// What sales show of themselves. Counters are added to once a batch, not once a purchase; gauges cost nothing until somebody asks, and then look at the
/// events that are awake in this process.
/// </summary>
internal sealed class SaleMeter
{
    private static readonly InstrumentAdvice<int> Sizes = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096] };

    private readonly ConcurrentDictionary<LedgerWatch, bool> awake = new();
    private readonly TimeProvider time;
    private readonly Histogram<int> batches;
    private readonly Histogram<int> replays;
    private long purchases;

    public SaleMeter(IMeterFactory meters, TimeProvider time)
    {
        this.time = time;
        var meter = meters.Create(Meters.Name);
        // Asked for and not told, so that it is there, and 0, before the first purchase.
        meter.CreateObservableCounter("ticketing.purchases", () => Interlocked.Read(ref purchases), "{ticket}", "Seats sold, counted when the purchase is durable; repeats and refusals are not");
        batches = meter.CreateHistogram("ticketing.journal.batch.size", "{entry}", "Entries in a batch of an event's journal, which is one durable append", advice: Sizes);
        replays = meter.CreateHistogram("ticketing.journal.replay.length", "{batch}", "Batches that an event read when it woke, beyond its snapshot", advice: Sizes);
        meter.CreateObservableGauge("ticketing.journal.length", LongestTail, "{batch}", "Batches since the snapshot of the event that has most of them, of those awake in this process");
        meter.CreateObservableGauge("ticketing.outbox.age", OldestOrder, "s", "Time that the oldest order to give money back has waited, of the events awake in this process; 0 when none waits");
    }

    /// <summary>Watches a ledger from now on.</summary>
    /// <param name="ledger">A ledger that was just opened.</param>
    /// <param name="now">The time.</param>
    public LedgerWatch Watch(Ledger ledger, DateTimeOffset now)
    {
        var watch = new LedgerWatch(ledger, this, now);
        awake.TryAdd(watch, true);
        if (ledger.Tail > 0) replays.Record(ledger.Tail);
        return watch;
    }

    /// <summary>The event goes to sleep, or could not wake: nothing is shown of it any more.</summary>
    public Task Forget(LedgerWatch? watch)
    {
        if (watch is not null && awake.TryRemove(watch, out _)) watch.Close();
        return Task.CompletedTask;
    }

    /// <summary>A batch is durable.</summary>
    /// <param name="entries">How many entries it has.</param>
    /// <param name="sold">How many of them sold a seat.</param>
    public void Count(int entries, int sold)
    {
        batches.Record(entries);
        if (sold > 0) Interlocked.Add(ref purchases, sold);
    }

    private int LongestTail() => awake.Select(one => one.Key.Tail).DefaultIfEmpty().Max();

    private double OldestOrder()
    {
        var now = time.GetUtcNow();
        return awake.Select(one => one.Key.OldestOrder is { } since ? Math.Max(0, (now - since).TotalSeconds) : 0).DefaultIfEmpty().Max();
    }
}
