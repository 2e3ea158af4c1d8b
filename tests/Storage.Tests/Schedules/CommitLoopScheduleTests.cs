using System.Diagnostics;
using System.Globalization;
using Ticketing.Grains.Tests.Events;
using Ticketing.Grains.Tests.Schedules;
using Xunit.Abstractions;

namespace Ticketing.Storage.Tests.Schedules;

/// <summary>
/// The commit loop as it runs, and callers, an engine and disposal in many orders. TICKETING_SCHEDULES says how many; a failure tells all that happened and its seed, and
/// TICKETING_SEED repeats it first.
/// </summary>
public sealed class CommitLoopScheduleTests(ITestOutputHelper output)
{
    // A loop mostly waits for its engine, or for time to pass.
    private const int AtOnce = 16;
    private static readonly int Schedules = int.Parse(Environment.GetEnvironmentVariable("TICKETING_SCHEDULES") ?? "10000", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Every_unit_is_answered_once_and_as_the_engine_said_last_in_any_order_of_events()
    {
        var (seed, clock, steps) = (Seed.Of(output), Stopwatch.StartNew(), 0L);
        await Parallel.ForAsync(0, Schedules, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
        {
            var one = unchecked(seed + i);
            try
            {
                Interlocked.Add(ref steps, await LoopTrial.Play(LoopScene.Of(one), Schedule.Of(one)));
            }
            catch (Exception e)
            {
                Assert.Fail($"{Seed.Hint(one)}, {LoopScene.Of(one)}: {e}");
            }
        });

        output.WriteLine($"{Schedules:N0} schedules, {steps:N0} steps in {clock.Elapsed.TotalSeconds:N1} s");
    }

    [Fact]
    public async Task With_every_order_that_differs_in_three_places_every_unit_is_answered_once()
    {
        var (scene, clock, count) = (new LoopScene(Callers: 2, Units: 2, Faults: 1, Poisoned: 0, OpenFor: 2, Crowd: 0), Stopwatch.StartNew(), 0);
        foreach (var schedule in Deviating.All(3))
        {
            try
            {
                await LoopTrial.Play(scene, schedule);
                count++;
            }
            catch (Exception e)
            {
                Assert.Fail($"{schedule}: {e}");
            }
        }

        output.WriteLine($"{count:N0} schedules in {clock.Elapsed.TotalSeconds:N1} s");
    }
}
