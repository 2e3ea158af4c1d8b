using Ticketing.Grains.Abstractions.Events;

namespace Ticketing.ApiGateway.Events;

/// <summary>
/// Passes a history on as it comes: a page is in memory at a time, and the next one is fetched when the client has taken this one. What ends too early lacks its last line, which
/// tells whoever checks it.
/// </summary>
internal static class EventHistory
{
    /// <summary>JSON lines (https://github.com/ndjson/ndjson-spec).</summary>
    public const string ContentType = "application/x-ndjson";

    public static async Task Stream(HttpContext http, IAsyncEnumerable<HistoryPage> pages)
    {
        // A batch of one page: with more, so many pages would be on their way at once.
        await using var page = pages.WithBatchSize(1).GetAsyncEnumerator(http.RequestAborted);
        var isMore = await page.MoveNextAsync();
        if (isMore && page.Current.Refusal is { } rule)
        {
            await http.Refuse(rule);
            return;
        }

        http.Response.ContentType = ContentType;
        for (; isMore; isMore = await page.MoveNextAsync())
        {
            if ((await http.Response.BodyWriter.WriteAsync(page.Current.Lines, http.RequestAborted)).IsCompleted) return;
        }
    }
}
