using Microsoft.Extensions.Logging;

namespace Ticketing.Grains;

/// <summary>One round of a job, inside a grain: everything here runs on the grain's own scheduler, so plain lists and counters are safe.</summary>
internal static class Round
{
    /// <summary>How many records are asked for at once.</summary>
    public const int PageSize = 500;

    /// <summary>Works through everything that is due, page by page.</summary>
    /// <param name="due">Answers the page that follows an id, at most <see cref="PageSize"/> long; absent is the first page.</param>
    /// <param name="work">What is done with a page.</param>
    /// <param name="ending">Cancelled when no further page may be begun.</param>
    public static async Task Pages<T>(Func<T?, ValueTask<T[]>> due, Func<T[], Task> work, CancellationToken ending)
        where T : struct
    {
        T? after = null;
        while (!ending.IsCancellationRequested)
        {
            var page = await due(after);
            if (page.Length > 0) await work(page);
            if (page.Length < PageSize) return;
            after = page[^1];
        }
    }

    /// <summary>Does something for each, some of them at once. One that fails does not stop the others; all failures become one line in the log.</summary>
    /// <param name="items">For which.</param>
    /// <param name="atOnce">How many at once.</param>
    /// <param name="work">What.</param>
    /// <param name="log">Where failures are logged.</param>
    /// <param name="ending">Cancelled when no further item may be begun.</param>
    public static async Task Each<T>(IReadOnlyList<T> items, int atOnce, Func<T, Task> work, ILogger log, CancellationToken ending)
    {
        var next = 0;
        var failures = new List<Exception>();
        await Task.WhenAll(Enumerable.Range(0, Math.Min(atOnce, items.Count)).Select(_ => Worker()));
        if (failures is [var first, ..]) Log.SomeFailed(log, first, failures.Count, items.Count);

        async Task Worker()
        {
            while (next < items.Count && !ending.IsCancellationRequested)
            {
                try
                {
                    await work(items[next++]);
                }
                catch (Exception exception)
                {
                    failures.Add(exception);
                }
            }
        }
    }
}

/// <summary>What the jobs have to log.</summary>
internal static partial class Log
{
    [LoggerMessage(10, LogLevel.Warning, "A round of the job {Job} broke off; the next one begins anew")]
    public static partial void RoundFailed(ILogger log, Exception exception, GrainId job);

    [LoggerMessage(11, LogLevel.Warning, "{Failed} of {Total} failed in this round and are tried again in a later one; the first of them because")]
    public static partial void SomeFailed(ILogger log, Exception exception, int failed, int total);
}
