using HdrHistogram;

namespace Ticketing.OnSale.Load;

/// <summary>What became of many requests.</summary>
/// <param name="Statuses">How many answers had each status.</param>
/// <param name="Took">From the first request to the last answer.</param>
/// <param name="Microseconds">How long each took.</param>
internal sealed record Outcome(IReadOnlyDictionary<int, long> Statuses, TimeSpan Took, LongHistogram Microseconds)
{
    /// <summary>The longest time that is told apart; whatever takes longer counts as this.</summary>
    public const long LongestMicroseconds = 60_000_000;

    public long Answers => Statuses.Values.Sum();

    public double PerSecond => Answers / Took.TotalSeconds;

    /// <summary>How many were answered with a status.</summary>
    public long With(int status) => Statuses.GetValueOrDefault(status);

    /// <summary>The time below which a share of the answers stays, in milliseconds.</summary>
    public double Milliseconds(double percent) => Microseconds.GetValueAtPercentile(percent) / 1000.0;

    /// <summary>Sees to it that all were answered as they should have been.</summary>
    /// <exception cref="BrokenInvariant">They were not.</exception>
    public Outcome Expect(int status, long count)
    {
        if (With(status) == count && Answers == count) return this;
        throw new BrokenInvariant($"{count:N0} answers should have status {status}: {string.Join(", ", Statuses.Select(one => $"{one.Value:N0} × {one.Key}"))}");
    }
}

/// <summary>Something that must hold whatever the speed does not.</summary>
internal sealed class BrokenInvariant(string message) : Exception(message);
