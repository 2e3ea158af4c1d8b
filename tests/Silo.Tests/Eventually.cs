using System.Diagnostics;

namespace Ticketing.Silo.Tests;

/// <summary>Waits for what happens by itself and can only be seen from outside.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Looks again and again until what is seen is what is hoped for.</summary>
    /// <param name="what">What is hoped for, for the failure's message.</param>
    /// <param name="look">How to look.</param>
    /// <param name="isIt">Whether it is that.</param>
    /// <param name="patience">How long to go on; a minute when absent.</param>
    public static async Task<T> Sees<T>(string what, Func<Task<T>> look, Func<T, bool> isIt, TimeSpan? patience = null)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var seen = await look();
            if (isIt(seen)) return seen;
            if (watch.Elapsed > (patience ?? Patience)) Assert.Fail($"never saw {what}; last seen: {seen}");
            await Task.Delay(Interval);
        }
    }
}
