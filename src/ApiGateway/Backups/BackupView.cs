using System.Text.Json.Serialization;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Backups;

namespace Ticketing.ApiGateway.Backups;

/// <summary>A backup on the wire (contract.md 10.1), with what its file held when it was written. Members without a value are there nevertheless. Its records are
/// <see cref="Data"/>, as the list of their service shows them; null here, for they are streamed (<see cref="BackupStream"/>), never held.</summary>
internal sealed record BackupView(
    RecordId Id,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? FinishedAt,
    BackupService ServiceName,
    BackupStatus Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? Records,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? Bytes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Checksum,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] object[]? Data)
{
    public static Shape<BackupRecord, BackupView> Shape { get; } = new(Of, Json.Default.EnvelopeBackupView, Json.Default.EnvelopeBackupViewArray);

    private static BackupView Of(BackupRecord backup) => new(
        backup.Id.Value, backup.CreatedAt, backup.FinishedAt, backup.Service, backup.Status, backup.Records, backup.Bytes, backup.Checksum, null);
}
