using Ticketing.Grains.Abstractions;

namespace Ticketing.Storage.Sqlite;

/// <summary>
/// An index of records by an id that is theirs from birth and comes in no order, such as a ticket's buyer. As an index of SQLite's it would change a page of its own for nearly
/// every ticket that is sold, and those pages were most of what a commit wrote. So it is a table of pairs that are put in order before they are written (<see cref="LookupWriter"/>).
/// A pair too many does no harm: who looks something up compares the record.
/// </summary>
/// <param name="Table">The records.</param>
/// <param name="Member">Which of their members it is.</param>
internal sealed record Lookup(RecordTable Table, int Member)
{
    /// <summary>All of them, by the numbers that they are stored with. New ones come last.</summary>
    public static IReadOnlyList<Lookup> All { get; } =
    [
        .. from table in Tables.All
           from index in table.Indexes
           where IsOne(table, index)
           select new Lookup(table, table.Columns.ToList().FindIndex(column => column.Name == index[0])),
    ];

    /// <summary>The member's column.</summary>
    public Column Column => Table.Columns[Member];

    /// <summary>The name of its table, whose columns are the member and the record's id.</summary>
    public string Name => $"{Table.Name}_by_{Column.Name}";

    /// <summary>Whether an index is kept this way: it is of one id.</summary>
    public static bool IsOne(RecordTable table, string[] index) => index is [var column] && table[column].Type == ColumnType.Id;
}

/// <summary>A pair of a lookup.</summary>
/// <param name="Lookup">The lookup's number.</param>
/// <param name="Owner">What a record is looked up by.</param>
/// <param name="Id">The record.</param>
internal readonly record struct Pair(byte Lookup, RecordId Owner, RecordId Id)
{
    /// <summary>The length in bytes.</summary>
    public const int Size = 1 + (2 * RecordId.Size);

    /// <summary>Reads a pair.</summary>
    public static Pair Read(ReadOnlySpan<byte> bytes) => new(bytes[0], RecordId.Read(bytes[1..]), RecordId.Read(bytes[(1 + RecordId.Size)..]));

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> bytes)
    {
        bytes[0] = Lookup;
        Owner.Write(bytes[1..]);
        Id.Write(bytes[(1 + RecordId.Size)..]);
    }
}
