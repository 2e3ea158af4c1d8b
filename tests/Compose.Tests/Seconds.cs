using System.Globalization;

namespace Ticketing.Compose.Tests;

/// <summary>Compose's durations, as far as they are used here.</summary>
internal static class Seconds
{
    public static int Of(string? duration) => duration is { Length: > 1 } && duration[^1] == 's' ? int.Parse(duration[..^1], CultureInfo.InvariantCulture)
        : throw new FormatException($"'{duration}' is no whole number of seconds like 10s");
}
