namespace Ticketing.Grains.Abstractions.Events;

/// <summary>The id of an event; not called EventId, which is a type of the logging library.</summary>
/// <param name="Value">The twelve bytes.</param>
[GenerateSerializer, Immutable, Alias("EventKey")]
public readonly record struct EventKey([property: Id(0)] RecordId Value)
{
    /// <summary>A new id, made now.</summary>
    public static EventKey New(DateTimeOffset now) => new(RecordId.New(now));

    /// <summary>Reads 24 hexadecimal characters.</summary>
    /// <exception cref="FormatException">The text is no id.</exception>
    public static EventKey Parse(string text) => new(RecordId.Parse(text));

    /// <summary>The 24 lower-case hexadecimal characters, which are also the key of its grain.</summary>
    public override string ToString() => Value.ToString();
}
