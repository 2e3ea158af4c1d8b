namespace Ticketing.Grains.Abstractions.Users;

/// <summary>The id of a person with a profile.</summary>
/// <param name="Value">The twelve bytes.</param>
[GenerateSerializer, Immutable, Alias("UserId")]
public readonly record struct UserId([property: Id(0)] RecordId Value)
{
    /// <summary>A new id, made now.</summary>
    public static UserId New(DateTimeOffset now) => new(RecordId.New(now));

    /// <summary>Reads 24 hexadecimal characters.</summary>
    /// <exception cref="FormatException">The text is no id.</exception>
    public static UserId Parse(string text) => new(RecordId.Parse(text));

    /// <summary>The 24 lower-case hexadecimal characters, which are also the key of its grain.</summary>
    public override string ToString() => Value.ToString();
}
