using System.Runtime.CompilerServices;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Events;

namespace Ticketing.Storage.Moving;

/// <summary>What a database holds, page by page, in the order of keys. What is written meanwhile may be among it or not.</summary>
internal static class Pages
{
    /// <summary>A row has some hundred bytes, a few thousand at most.</summary>
    private const int RowsAtOnce = 1000;

    private const int JournalsAtOnce = 1000;

    /// <summary>Fewer than a server has connections for one client.</summary>
    private const int FindsAtOnce = 32;

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

    /// <summary>The rows of many keys, in the order of what they belong to; several are asked for at once.</summary>
    /// <param name="engine">The database.</param>
    /// <param name="table">The table.</param>
    /// <param name="items">What they belong to.</param>
    /// <param name="key">The key of one.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async IAsyncEnumerable<(T Item, Row? Row)> FindEach<T>(
        this IEngine engine, RecordTable table, T[] items, Func<T, RecordId> key, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (var chunk in items.Chunk(FindsAtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            var rows = await Task.WhenAll(chunk.Select(async item => await engine.Find(table, Cell.Of(key(item)))));
            for (var i = 0; i < chunk.Length; i++) yield return (chunk[i], rows[i]);
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

    /// <summary>All batches of a journal after one, by default whatever their numbers.</summary>
    public static async IAsyncEnumerable<JournalBatch> Batches(this IEngine engine, RecordId key, long after = long.MinValue)
    {
        while (true)
        {
            var page = await engine.ReadJournal(key, after, BatchesAtOnce);
            foreach (var batch in page) yield return batch;
            if (page.Count < BatchesAtOnce) yield break;
            after = page[^1].Number;
        }
    }
}
