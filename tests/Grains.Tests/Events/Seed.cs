using System.Globalization;
using Xunit.Abstractions;

namespace Ticketing.Grains.Tests.Events;

/// <summary>The seed of a random test: printed, and set by TICKETING_SEED to repeat a failure.</summary>
internal static class Seed
{
    public static int Of(ITestOutputHelper output)
    {
        var given = Environment.GetEnvironmentVariable("TICKETING_SEED");
        var seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        output.WriteLine(Hint(seed));
        return seed;
    }

    public static string Hint(int seed) => $"TICKETING_SEED={seed}";
}
