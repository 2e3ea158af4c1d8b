using System.Diagnostics.Metrics;
using Ticketing.Grains;

namespace Ticketing.Storage;

/// <summary>What the commit loop shows of itself.</summary>
internal sealed class CommitMeter
{
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private static readonly InstrumentAdvice<int> Sizes = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] };

    private readonly Histogram<double> duration;
    private readonly Histogram<int> size;
    private long failures;

    public CommitMeter(IMeterFactory meters, Func<int> waiting)
    {
        var meter = meters.Create(Meters.Name);
        meter.CreateObservableGauge("ticketing.commit.queue", waiting, "{unit}", "Units that wait for the next flush, of which each is an event's batch or a record");
        duration = meter.CreateHistogram("ticketing.commit.flush.duration", "s", "Time of an attempt to make a group of units durable, whether it succeeded or not", advice: Seconds);
        size = meter.CreateHistogram("ticketing.commit.flush.size", "{unit}", "Units that became durable together", advice: Sizes);
        meter.CreateObservableCounter("ticketing.commit.failures", () => Interlocked.Read(ref failures), "{attempt}", "Attempts to make units durable whose outcome stayed unknown");
    }

    /// <summary>A group is durable.</summary>
    public void Flushed(TimeSpan took, int units)
    {
        duration.Record(took.TotalSeconds);
        size.Record(units);
    }

    /// <summary>An attempt failed.</summary>
    public void Failed(TimeSpan took)
    {
        duration.Record(took.TotalSeconds);
        Interlocked.Increment(ref failures);
    }
}
