using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using Ticketing.Grains;
using Ticketing.Storage.Sqlite;

namespace Ticketing.Storage.Tests;

/// <summary>What the commit loop shows of itself.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The test runner calls DisposeAsync.")]
public sealed class CommitMeterTests : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("ticketing-").FullName;
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider time = new();
    private readonly IMeterFactory meters;
    private readonly SqliteEngine engine;
    private readonly FaultyEngine faulty;
    private readonly CommitLoop loop;

    public CommitMeterTests()
    {
        meters = services.GetRequiredService<IMeterFactory>();
        engine = new SqliteEngine(directory);
        faulty = new FaultyEngine(engine);
        loop = new CommitLoop(faulty, new Logs(), time, meters);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        faulty.LetGo();
        await loop.DisposeAsync();
        faulty.Dispose();
        engine.Dispose();
        await services.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task The_queue_is_as_long_as_what_waits()
    {
        using var queue = Collect<int>("ticketing.commit.queue");
        await faulty.Hold(loop);
        var asked = Units(5);
        Assert.Equal(5, Observed(queue));

        faulty.LetGo();
        await Task.WhenAll(asked);
        Assert.Equal(0, Observed(queue));
    }

    [Fact]
    public async Task A_flush_is_timed_and_its_units_are_counted()
    {
        using var duration = Collect<double>("ticketing.commit.flush.duration");
        using var size = Collect<int>("ticketing.commit.flush.size");
        using var failures = Collect<long>("ticketing.commit.failures");
        await faulty.Hold(loop);
        faulty.Before = _ => Later(0.25);
        var asked = Units(5);
        faulty.LetGo();
        await Task.WhenAll(asked);

        // The first is the unit that held the loop up.
        Assert.Equal([1, 5], Values(size));
        Assert.Equal([0, 0.25], Values(duration));
        Assert.Equal(0, Observed(failures));
        Assert.All(duration.GetMeasurementSnapshot(), one => Assert.Empty(one.Tags));
    }

    [Fact]
    public async Task An_attempt_that_fails_is_timed_and_counted_and_makes_nothing_durable()
    {
        using var duration = Collect<double>("ticketing.commit.flush.duration");
        using var size = Collect<int>("ticketing.commit.flush.size");
        using var failures = Collect<long>("ticketing.commit.failures");
        faulty.Before = _ =>
        {
            time.Advance(TimeSpan.FromSeconds(2));
            return new StorageException("the database is away") { IsAway = true };
        };

        Assert.Equal(UnitOutcome.Unknown, await Units(1)[0]);

        Assert.Equal([2], Values(duration));
        Assert.Empty(size.GetMeasurementSnapshot());
        Assert.Equal(1, Observed(failures));
    }

    private Exception? Later(double seconds)
    {
        time.Advance(TimeSpan.FromSeconds(seconds));
        return null;
    }

    private Task<UnitOutcome>[] Units(int count) =>
        [.. Enumerable.Range(0, count).Select(i => loop.Commit(new WriteUnit(Samples.State($"key {i}", WriteRule.Always, 0, 1, ""))))];

    private MetricCollector<T> Collect<T>(string instrument)
        where T : struct => new(meters, Meters.Name, instrument);

    private static T Observed<T>(MetricCollector<T> collector)
        where T : struct
    {
        collector.RecordObservableInstruments();
        return collector.LastMeasurement!.Value;
    }

    private static IEnumerable<T> Values<T>(MetricCollector<T> collector)
        where T : struct => collector.GetMeasurementSnapshot().Select(one => one.Value);
}
