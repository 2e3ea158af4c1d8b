using System.Runtime.CompilerServices;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Events;

namespace Ticketing.Storage.Moving;

/// <summary>All that a database holds, page by page, in the order of keys. Nobody writes meanwhile.</summary>
internal static class Pages
{
    /// <summary>A row has some hundred bytes, a few thousand at most.</summary>
    private const int RowsAtOnce = 1000;

    private const int JournalsAtOnce = 1000;

    /// <summary>A batch may have half a megabyte.</summary>
    private const int BatchesAtOnce = 32;

    /// <summary>All rows of a table that meet the conditions.</summary>
    public static async IAsyncEnumerable<Row> Rows(this IEngine engine, RecordTable table, params Condition[] where)
    {
        for (var after = Cell.None; ;)
        {
            var page = await engine.List(new(table, where, after, RowsAtOnce));
            foreach (var row in page) yield return row;
            if (page.Count < RowsAtOnce) yield break;
            after = page[^1].Key;
        }
    }

    /// <summary>All events that have a journal.</summary>
    public static async IAsyncEnumerable<RecordId> Journals(this IEngine engine, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (RecordId? after = null; ;)
        {
            cancellation.ThrowIfCancellationRequested();
            var page = await engine.ListJournals(after, JournalsAtOnce);
            foreach (var key in page) yield return key;
            if (page.Count < JournalsAtOnce) yield break;
            after = page[^1];
        }
    }

    /// <summary>All batches of a journal, whatever their numbers.</summary>
    public static async IAsyncEnumerable<JournalBatch> Batches(this IEngine engine, RecordId key)
    {
        for (var after = long.MinValue; ;)
        {
            var page = await engine.ReadJournal(key, after, BatchesAtOnce);
            foreach (var batch in page) yield return batch;
            if (page.Count < BatchesAtOnce) yield break;
            after = page[^1].Number;
        }
    }
}
