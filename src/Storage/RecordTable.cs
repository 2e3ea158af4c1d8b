namespace Ticketing.Storage;

/// <summary>A member of a record.</summary>
/// <param name="Name">Its name, in snake_case.</param>
/// <param name="Type">What it holds; every member may also hold nothing.</param>
public sealed record Column(string Name, ColumnType Type);

/// <summary>A record as an engine keeps it.</summary>
/// <param name="Key">What it is found by; unique in its table.</param>
/// <param name="Version">Its ETag, or its place in a ledger.</param>
/// <param name="Members">Its members, in the order of the table's columns.</param>
public sealed record Row(Cell Key, long Version, Cell[] Members);

/// <summary>A kind of record. Each engine makes a table or a collection of it, with its indexes, at start.</summary>
/// <param name="name">The name of the table or collection.</param>
/// <param name="keyType">What its key, <c>id</c>, holds.</param>
/// <param name="columns">The members beside <c>id</c> and <c>version</c>.</param>
/// <param name="indexes">The columns of each index; the key comes last by itself.</param>
public class RecordTable(string name, ColumnType keyType, Column[] columns, string[][] indexes)
{
    /// <summary>The name of the table or collection.</summary>
    public string Name => name;

    /// <summary>What its key, <c>id</c>, holds.</summary>
    public ColumnType KeyType => keyType;

    /// <summary>The members beside <c>id</c> and <c>version</c>.</summary>
    public IReadOnlyList<Column> Columns => columns;

    /// <summary>The columns of each index; the key comes last by itself.</summary>
    public IReadOnlyList<string[]> Indexes => indexes;

    /// <summary>The column of a name.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public Column this[string column] => columns.First(one => one.Name == column);
}

/// <summary>A kind of record and the type it is read as.</summary>
/// <typeparam name="T">The type.</typeparam>
/// <param name="name">The name of the table or collection.</param>
/// <param name="columns">The members beside <c>id</c> and <c>version</c>.</param>
/// <param name="indexes">The columns of each index.</param>
/// <param name="key">The key of a record, an id.</param>
/// <param name="write">The members of a record.</param>
/// <param name="read">The record of a row.</param>
public sealed class RecordTable<T>(
    string name, Column[] columns, string[][] indexes, Func<T, Cell> key, Func<T, Cell[]> write, Func<Row, T> read)
    : RecordTable(name, ColumnType.Id, columns, indexes)
{
    /// <summary>The key of a record.</summary>
    public Cell Key(T record) => key(record);

    /// <summary>The members of a record, in the order of the columns.</summary>
    public Cell[] Write(T record) => write(record);

    /// <summary>The record of a row.</summary>
    public T Read(Row row) => read(row);
}

/// <summary>What a condition compares.</summary>
public enum Test
{
    /// <summary>The member is this value.</summary>
    Equal,

    /// <summary>The member is this value or less; a member without value is not.</summary>
    AtMost,

    /// <summary>The member is more than this value; a member without value is not.</summary>
    MoreThan,

    /// <summary>The member is without value; also in a record from before there was such a member. Nothing to compare with.</summary>
    Absent,
}

/// <summary>A condition on one member.</summary>
/// <param name="Column">The member's name.</param>
/// <param name="Test">What is compared.</param>
/// <param name="Value">With what.</param>
public readonly record struct Condition(string Column, Test Test, Cell Value);

/// <summary>A question to an engine; the answer is in the order of keys.</summary>
/// <param name="Table">Which records.</param>
/// <param name="Where">All of these hold.</param>
/// <param name="After">Only keys greater than this; none for all.</param>
/// <param name="Limit">How many at most.</param>
public sealed record Query(RecordTable Table, Condition[] Where, Cell After, int Limit);
