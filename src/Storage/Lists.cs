using Ticketing.Grains.Abstractions;

namespace Ticketing.Storage;

/// <summary>Pages of records in insertion order, for the read port of each word.</summary>
internal static class Lists
{
    /// <summary>A page of the records that meet all conditions.</summary>
    /// <param name="engine">The database.</param>
    /// <param name="table">The records.</param>
    /// <param name="page">Which page.</param>
    /// <param name="item">What a record is shown as.</param>
    /// <param name="where">The conditions.</param>
    public static async ValueTask<Page<TItem>> Page<T, TItem>(
        this IEngine engine, RecordTable<T> table, PageRequest page, Func<T, TItem> item, params Condition[] where)
    {
        var limit = Math.Clamp(page.Limit, 1, PageRequest.Most);
        // One more than asked for tells whether there is a next page.
        var rows = await engine.List(new(table, where, page.After is { } id ? Cell.Of(id) : Cell.None, limit + 1));
        var more = rows.Count > limit;
        var items = new TItem[more ? limit : rows.Count];
        for (var i = 0; i < items.Length; i++) items[i] = item(table.Read(rows[i]));
        return new(items, more ? rows[limit - 1].Key.Id : null);
    }

    /// <summary>One record, or nothing.</summary>
    public static async ValueTask<T?> Find<T>(this IEngine engine, RecordTable<T> table, RecordId id)
        where T : class => await engine.Find(table, Cell.Of(id)) is { } row ? table.Read(row) : null;

    /// <summary>The keys of a shard's records that are due.</summary>
    public static async ValueTask<TId[]> Due<TId>(
        this IEngine engine, RecordTable table, int shard, DateTimeOffset now, RecordId? after, int limit, Func<RecordId, TId> id)
    {
        Condition[] where = [new("shard", Test.Equal, Cell.Of(shard)), new("next_at", Test.AtMost, Cell.Of(now))];
        var rows = await engine.List(new(table, where, after is { } last ? Cell.Of(last) : Cell.None, limit));
        return [.. rows.Select(row => id(row.Key.Id))];
    }
}
