using System.Diagnostics;
using System.Globalization;
using Ticketing.Grains.Tests.Schedules;
using Xunit.Abstractions;

namespace Ticketing.Grains.Tests.Events;

/// <summary>
/// Activations of one event on one store, and all that can happen between them in many orders. TICKETING_SCHEDULES says how many; a failure tells all that happened and its
/// seed, and TICKETING_SEED repeats it first.
/// </summary>
public sealed class LedgerScheduleTests(ITestOutputHelper output)
{
    private static readonly int Schedules = int.Parse(Environment.GetEnvironmentVariable("TICKETING_SCHEDULES") ?? "10000", CultureInfo.InvariantCulture);

    [Fact]
    public void What_was_answered_is_in_the_journal_and_a_fenced_activation_adds_nothing_in_any_order_of_events()
    {
        var (seed, clock, steps) = (Seed.Of(output), Stopwatch.StartNew(), 0L);
        for (var i = 0; i < Schedules; i++)
        {
            var one = unchecked(seed + i);
            try
            {
                steps += ScheduledSale.Play(ScheduledScene.Of(one), Schedule.Of(one));
            }
            catch (Exception e)
            {
                Assert.Fail($"{Seed.Hint(one)}, {ScheduledScene.Of(one)}: {e}");
            }
        }

        output.WriteLine($"{Schedules:N0} schedules, {steps:N0} steps in {clock.Elapsed.TotalSeconds:N1} s");
    }

    [Fact]
    public void With_every_order_that_differs_in_two_places_nothing_is_lost_or_written_twice()
    {
        var (scene, clock, count) = (new ScheduledScene(Buyers: 2, Seats: 1, Faults: 1, Usurpers: 1, Wordy: false), Stopwatch.StartNew(), 0);
        foreach (var schedule in Deviating.All(2))
        {
            try
            {
                ScheduledSale.Play(scene, schedule);
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
