using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Ticketing.Simulation.Tests;

/// <summary>
/// Whole clusters in one thread, a seed each. TICKETING_SIMULATION_SEEDS sets how many (1,000), TICKETING_SIMULATION_MINUTES for how long instead, TICKETING_SEED the first one.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    [Fact]
    public void In_a_thousand_worlds_where_everything_fails_no_promise_is_broken()
    {
        var first = Number("TICKETING_SEED") ?? Random.Shared.Next(1_000_000_000);
        var minutes = Number("TICKETING_SIMULATION_MINUTES");
        var seeds = minutes is null ? Number("TICKETING_SIMULATION_SEEDS") ?? 1000 : int.MaxValue - first;
        output.WriteLine($"seeds from {first} (TICKETING_SEED={first} to repeat them)");
        var watch = Stopwatch.StartNew();
        var (worlds, steps, sold) = (0, 0L, 0L);
        for (var seed = first; seed < first + seeds && !(watch.Elapsed.TotalMinutes > minutes); seed++)
        {
            var outcome = World.Run(seed);
            (worlds, steps, sold) = (worlds + 1, steps + outcome.Steps, sold + outcome.Sold);
            if (outcome.Violation is not null) Assert.Fail($"{worlds} worlds, {steps} steps\n{Story(outcome)}");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{worlds:N0} worlds, {steps:N0} steps, {sold:N0} tickets sold, no promise broken, {watch.Elapsed.TotalSeconds:N0} s"));
    }

    [Fact]
    public void A_seed_replays_step_by_step()
    {
        for (var seed = 1; seed <= 20; seed++) Assert.Equal(World.Run(seed), World.Run(seed));
    }

    private static string Story(Outcome outcome)
    {
        var steps = new List<string>();
        var again = World.Run(outcome.Seed, steps.Add);
        var file = Path.Combine(Path.GetTempPath(), $"simulation-{outcome.Seed}.txt");
        File.WriteAllLines(file, steps);
        return $"seed {outcome.Seed}, step {outcome.Steps}: {outcome.Violation}\n{(again == outcome ? "It replays exactly" : "IT DOES NOT REPLAY")}; all steps are in {file}, the last are:\n{string.Join('\n', steps.TakeLast(60))}";
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
