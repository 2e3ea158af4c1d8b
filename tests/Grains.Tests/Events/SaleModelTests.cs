using System.Diagnostics;
using System.Globalization;
using CsCheck;
using Xunit.Abstractions;

namespace Ticketing.Grains.Tests.Events;

/// <summary>
/// Random lives of events, against a model and against their own bytes. TICKETING_COMMANDS says how many commands; a failure tells the shortest life that still
/// fails and its seed, and TICKETING_SEED repeats it.
/// </summary>
public sealed class SaleModelTests(ITestOutputHelper output)
{
    private const int Usual = 2_000_000;
    private const double CommandsPerLife = 75.5;

    [Fact]
    public void Random_lives_of_events_are_answered_and_stand_as_the_model_says_and_wake_from_their_bytes_as_they_were()
    {
        var count = long.Parse(Environment.GetEnvironmentVariable("TICKETING_COMMANDS") ?? $"{Usual}", CultureInfo.InvariantCulture);
        // Other random tests have numbers as seeds; these look different.
        var given = Environment.GetEnvironmentVariable("TICKETING_SEED");
        var seed = int.TryParse(given, CultureInfo.InvariantCulture, out _) ? null : given;
        var (counts, clock) = (new long[Enum.GetValues<Act>().Length], Stopwatch.StartNew());

        SaleStep.Lives.Sample(
            ((int Capacity, SaleStep[] Steps) life) =>
            {
                SaleTrial.Live(life.Capacity, life.Steps);
                foreach (var step in life.Steps) Interlocked.Increment(ref counts[(int)step.Act]);
            },
            output.WriteLine, seed, (long)(count / CommandsPerLife) + 1, print: life => SaleTrial.Tell(life.Item1, life.Item2));

        output.WriteLine($"{counts.Sum():N0} commands in {clock.Elapsed.TotalSeconds:N1} s: {string.Join(", ", Enum.GetValues<Act>().Select(act => $"{act} {counts[(int)act]:N0}"))}");
    }
}
