using System.ComponentModel.DataAnnotations;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;

namespace Ticketing.ApiGateway.Events;

/// <summary>An event on the wire (contract.md 6.1).</summary>
internal sealed record EventView(
    RecordId Id,
    [property: StringLength(EventBody.LongestTitle, MinimumLength = EventBody.ShortestTitle)] string Title,
    [property: StringLength(EventBody.LongestDescription, MinimumLength = EventBody.ShortestDescription)] string Description,
    DateTimeOffset Date,
    [property: Range(EventBody.LeastCapacity, uint.MaxValue)] uint Capacity,
    [property: StringLength(EventBody.LongestLocation, MinimumLength = EventBody.ShortestLocation)] string Location,
    uint RemainingSeats,
    [property: Range(EventBody.LeastPrice, uint.MaxValue)] uint Price,
    DateTimeOffset CreatedAt,
    RecordId CreatorId)
{
    public static Shape<EventRecord, EventView> Shape { get; } = new(Of, Json.Default.EnvelopeEventView, Json.Default.EnvelopeEventViewArray);

    private static EventView Of(EventRecord record)
    {
        var details = record.Details;
        return new(
            record.Id.Value, details.Title, details.Description, details.Date, details.Capacity, details.Location,
            record.RemainingSeats, details.Price, record.CreatedAt, record.CreatorId.Value);
    }
}
