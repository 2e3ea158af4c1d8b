namespace Ticketing.Grains.Abstractions.Backups;

/// <summary>The id of a backup.</summary>
/// <param name="Value">The twelve bytes.</param>
[GenerateSerializer, Immutable, Alias("BackupId")]
public readonly record struct BackupId([property: Id(0)] RecordId Value)
{
    /// <summary>A new id, made now.</summary>
    public static BackupId New(DateTimeOffset now) => new(RecordId.New(now));

    /// <summary>Reads 24 hexadecimal characters.</summary>
    /// <exception cref="FormatException">The text is no id.</exception>
    public static BackupId Parse(string text) => new(RecordId.Parse(text));

    /// <summary>The 24 lower-case hexadecimal characters, which are also the key of its grain.</summary>
    public override string ToString() => Value.ToString();
}
