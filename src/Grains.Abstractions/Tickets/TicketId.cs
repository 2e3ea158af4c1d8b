namespace Ticketing.Grains.Abstractions.Tickets;

/// <summary>The id of a ticket.</summary>
/// <param name="Value">The twelve bytes.</param>
[GenerateSerializer, Immutable, Alias("TicketId")]
public readonly record struct TicketId([property: Id(0)] RecordId Value)
{
    /// <summary>A new id, made now.</summary>
    public static TicketId New(DateTimeOffset now) => new(RecordId.New(now));

    /// <summary>Reads 24 hexadecimal characters.</summary>
    /// <exception cref="FormatException">The text is no id.</exception>
    public static TicketId Parse(string text) => new(RecordId.Parse(text));

    /// <summary>The 24 lower-case hexadecimal characters, which are also the key of its grain.</summary>
    public override string ToString() => Value.ToString();
}
