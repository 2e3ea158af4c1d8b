using System.Text;
using Microsoft.Data.Sqlite;
using Ticketing.Grains.Abstractions;

namespace Ticketing.Storage.Sqlite;

/// <summary>Answers queries: statements in words of SQL, and rows from the tables and from the arrivals.</summary>
internal static class Listing
{
    /// <summary>The records a query asks for.</summary>
    public static IReadOnlyList<Row> Of(Statements statements, Query query, Arrivals arrivals)
    {
        // Asked before the tables are: what is no arrival any more is in them.
        var arrived = FindLookup(query) is var (number, condition) ? arrivals.Find(number, query.Where[condition].Value.Id, query.After) : [];
        var rows = Rows(statements, query);
        return arrived.Length == 0 ? rows : WithArrivals(statements, query, rows, arrived);
    }

    /// <summary>The statement of a query. Its last parameter is the limit or, where it is asked for one record, the record's key.</summary>
    public static string Select(Query query, bool byKey = false)
    {
        var sql = new StringBuilder($"SELECT {Columns(query.Table)} FROM ");
        var lookup = byKey ? null : FindLookup(query);
        if (lookup is var (number, which)) sql.Append($"(SELECT id AS found FROM {Lookup.All[number].Name} WHERE {Lookup.All[number].Column.Name} = ${which}) CROSS JOIN {query.Table.Name} ON id = found");
        else sql.Append(query.Table.Name);
        var count = 0;
        foreach (var condition in query.Where)
        {
            var comparison = condition.Test switch
            {
                Test.Equal => "=",
                Test.AtMost => "<=",
                Test.MoreThan => ">",
                // With a parameter like the others; what is bound to it is no value.
                Test.Absent => "IS",
                _ => throw new InvalidOperationException($"no comparison for {condition.Test}"),
            };
            var column = query.Table[condition.Column];
            sql.Append(count == 0 ? " WHERE " : " AND ").Append($"{column.Name} {comparison} {Statements.Parameter(column.Type, count++)}");
        }

        if (byKey) return sql.Append($" AND id = ${count}").ToString();
        // A range alone would not tempt SQLite away from reading the whole table in the order of its keys. The plus sign hides the keys from the planner.
        var id = lookup is not null ? "found" : query.Where.Length > 0 && query.Where.All(condition => condition.Test != Test.Equal) ? "+id" : "id";
        if (query.After.HasValue) sql.Append(count == 0 ? " WHERE " : " AND ").Append($"{id} > {Statements.Parameter(query.Table.KeyType, count++)}");
        return sql.Append($" ORDER BY {id} LIMIT ${count}").ToString();
    }

    /// <summary>The columns that a row is read from.</summary>
    public static string Columns(RecordTable table) => $"{Schema.Columns(table)}, {RowChecksum.Column}";

    /// <summary>The row that a reader is at.</summary>
    /// <exception cref="StorageException">It is not what was written.</exception>
    public static Row Row(Statements statements, SqliteDataReader reader, RecordTable table)
    {
        statements.Verify(reader, table.Name);
        var members = new Cell[table.Columns.Count];
        for (var i = 0; i < members.Length; i++) members[i] = Statements.Read(reader, i + 2, table.Columns[i].Type);
        return new(Statements.Read(reader, 0, table.KeyType), reader.GetInt64(1), members);
    }

    private static List<Row> Rows(Statements statements, Query query)
    {
        var sql = Select(query);
        var values = query.Where.Length + (query.After.HasValue ? 1 : 0);
        var select = Bound(statements, sql, query, values);
        if (query.After.HasValue) select.Parameters[values - 1].Value = Statements.ValueOf(query.After);
        select.Parameters[values].Value = query.Limit;
        var rows = new List<Row>();
        using var reader = select.ExecuteReader();
        while (reader.Read()) rows.Add(Row(statements, reader, query.Table));
        return rows;
    }

    /// <summary>A query's statement with the values of its conditions, and one parameter more.</summary>
    private static SqliteCommand Bound(Statements statements, string sql, Query query, int values)
    {
        var select = statements[sql, values + 1, () => sql];
        for (var i = 0; i < query.Where.Length; i++) select.Parameters[i].Value = Statements.ValueOf(query.Where[i].Value);
        return select;
    }

    /// <summary>Joins what a lookup's table has found with the arrivals that meet the conditions.</summary>
    private static List<Row> WithArrivals(Statements statements, Query query, List<Row> rows, RecordId[] arrived)
    {
        var all = new SortedDictionary<RecordId, Row>(rows.ToDictionary(row => row.Key.Id));
        // A full page ends where the table's rows end it: what comes after belongs to the next.
        var end = rows.Count < query.Limit ? default(RecordId?) : rows[^1].Key.Id;
        var added = 0;
        var sql = Select(query, byKey: true);
        var select = Bound(statements, sql, query, query.Where.Length);
        foreach (var id in arrived)
        {
            if (id > end || added == query.Limit) break;
            if (all.ContainsKey(id)) continue;
            select.Parameters[^1].Value = Statements.ValueOf(id);
            using var reader = select.ExecuteReader();
            if (!reader.Read()) continue;
            all.Add(id, Row(statements, reader, query.Table));
            added++;
        }

        return [.. all.Values.Take(query.Limit)];
    }

    /// <summary>The lookup that answers a query, and which condition it is asked with.</summary>
    private static (int Lookup, int Condition)? FindLookup(Query query)
    {
        for (var i = 0; i < query.Where.Length; i++)
        {
            if (query.Where[i].Test != Test.Equal) continue;
            for (var number = 0; number < Lookup.All.Count; number++)
            {
                if (Lookup.All[number].Table == query.Table && Lookup.All[number].Column.Name == query.Where[i].Column) return (number, i);
            }
        }

        return null;
    }
}
