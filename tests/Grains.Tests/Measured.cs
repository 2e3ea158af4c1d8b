using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Ticketing.Grains.Tests;

/// <summary>Reads instruments of ours.</summary>
internal static class Measured
{
    /// <summary>Watches one of a process's instruments from now on.</summary>
    public static MetricCollector<T> Collect<T>(this IServiceProvider process, string instrument)
        where T : struct => new(process.GetRequiredService<IMeterFactory>(), Meters.Name, instrument);

    /// <summary>What a gauge or a counter that must be asked shows now.</summary>
    public static T Now<T>(this MetricCollector<T> collector)
        where T : struct
    {
        collector.RecordObservableInstruments();
        return collector.LastMeasurement!.Value;
    }

    public static T[] Values<T>(this MetricCollector<T> collector)
        where T : struct => [.. collector.GetMeasurementSnapshot().Select(one => one.Value)];
}
