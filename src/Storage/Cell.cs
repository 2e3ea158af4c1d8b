using System.Diagnostics.CodeAnalysis;
using Ticketing.Grains.Abstractions;

namespace Ticketing.Storage;

/// <summary>The kinds of values a column can hold. Every engine has all of them.</summary>
public enum ColumnType
{
    /// <summary>A <see cref="RecordId"/>, twelve bytes that sort by creation.</summary>
    Id,

    /// <summary>A signed 64-bit integer; times are milliseconds since 1970.</summary>
    Number,

    /// <summary>Unicode text.</summary>
    Text,

    /// <summary>Any bytes.</summary>
    Bytes,
}

/// <summary>A value of a record, or none. Carries ids and numbers without an allocation.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "Cells are read, never compared.")]
public readonly struct Cell
{
    private readonly object? reference;
    // A number, or an id's first eight bytes; an id's last four are in the other. Cells are small, because each purchase is two dozen of them.
    private readonly ulong bits;
    private readonly uint low;
    private readonly byte type;

    private Cell(ColumnType type, object? reference, ulong bits = 0, uint low = 0)
    {
        this.reference = reference;
        this.bits = bits;
        this.low = low;
        this.type = (byte)(type + 1);
    }

    /// <summary>No value.</summary>
    public static Cell None => default;

    /// <summary>Whether there is a value.</summary>
    public bool HasValue => type != 0;

    /// <summary>The kind of the value, if there is one.</summary>
    public ColumnType Type => HasValue ? (ColumnType)(type - 1) : default;

    /// <summary>The value, which must be an id.</summary>
    public RecordId Id => new(bits, low);

    /// <summary>The value, which must be a number.</summary>
    public long Number => unchecked((long)bits);

    /// <summary>The value, which must be text.</summary>
    public string Text => (string)reference!;

    /// <summary>The value, which must be bytes.</summary>
    [SuppressMessage("Performance", "CA1819", Justification = "The bytes go from one engine to one reader.")]
    public byte[] Bytes => (byte[])reference!;

    /// <summary>The value, which must be a number, as a time; nothing when there is none.</summary>
    public DateTimeOffset? TimeOrNone => HasValue ? DateTimeOffset.FromUnixTimeMilliseconds(Number) : null;

    /// <summary>An id.</summary>
    public static Cell Of(RecordId value) => new(ColumnType.Id, null, value.High, value.Low);

    /// <summary>A number.</summary>
    public static Cell Of(long value) => new(ColumnType.Number, null, unchecked((ulong)value));

    /// <summary>A text.</summary>
    public static Cell Of(string value) => new(ColumnType.Text, value);

    /// <summary>Bytes.</summary>
    public static Cell Of(byte[] value) => new(ColumnType.Bytes, value);

    /// <summary>The name of an enum's value.</summary>
    public static Cell Of<T>(T value)
        where T : struct, Enum => Of(System.Enum.GetName(value) ?? value.ToString());

    /// <summary>A time, to the millisecond, or none.</summary>
    public static Cell Of(DateTimeOffset? value) => value is { } time ? Of(time.ToUnixTimeMilliseconds()) : None;

    /// <summary>The value, which must be text, as an enum's value.</summary>
    public T Enum<T>()
        where T : struct, Enum => System.Enum.Parse<T>(Text);
}
