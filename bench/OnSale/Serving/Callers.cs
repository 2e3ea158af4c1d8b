using System.Diagnostics;

namespace Ticketing.OnSale.Serving;

/// <summary>Callers inside the process, without HTTP: each calls again as soon as it was answered.</summary>
internal static class Callers
{
    /// <summary>Calls so often altogether.</summary>
    /// <returns>Calls a second.</returns>
    public static async Task<double> Rush(int callers, long count, Func<long, Task> call)
    {
        long next = 0;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            for (var number = Interlocked.Increment(ref next) - 1; number < count; number = Interlocked.Increment(ref next) - 1) await call(number);
        })));
        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
