namespace Ticketing.Grains.Abstractions.Notifications;

/// <summary>The id of a notification.</summary>
/// <param name="Value">The twelve bytes.</param>
[GenerateSerializer, Immutable, Alias("NotificationId")]
public readonly record struct NotificationId([property: Id(0)] RecordId Value)
{
    /// <summary>A new id, made now.</summary>
    public static NotificationId New(DateTimeOffset now) => new(RecordId.New(now));

    /// <summary>Reads 24 hexadecimal characters.</summary>
    /// <exception cref="FormatException">The text is no id.</exception>
    public static NotificationId Parse(string text) => new(RecordId.Parse(text));

    /// <summary>The 24 lower-case hexadecimal characters, which are also the key of its grain.</summary>
    public override string ToString() => Value.ToString();
}
