using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Ticketing.Grains.Abstractions.Events;

namespace Ticketing.ApiGateway.Events;

/// <summary>How many more seats are to be for sale; fewer when negative (contract.md 6.3).</summary>
internal sealed class SeatsBody
{
    [Required, Description("How many more seats are to be for sale; fewer when negative.")]
    public int? Delta { get; set; }

    /// <summary>The number of seats.</summary>
    /// <exception cref="BadRequest">It is missing.</exception>
    public int Check()
    {
        var fields = new Fields();
        var delta = fields.Given("delta", Delta);
        fields.ThrowIfBad();
        return delta;
    }
}

/// <summary>A new event as its organiser sends it (contract.md 6.2). All its seats are for sale; another number of them is ignored, whatever it is.</summary>
internal class NewEventBody
{
    public const int ShortestTitle = 2;
    public const int LongestTitle = 100;
    public const int ShortestDescription = 10;
    public const int LongestDescription = 500;
    public const int ShortestLocation = 2;
    public const int LongestLocation = 500;
    public const uint LeastCapacity = 25;
    public const uint LeastPrice = 1;

    [Required, StringLength(LongestTitle, MinimumLength = ShortestTitle)]
    public string? Title { get; set; }

    [Required, StringLength(LongestDescription, MinimumLength = ShortestDescription)]
    public string? Description { get; set; }

    [Required, StringLength(LongestLocation, MinimumLength = ShortestLocation)]
    public string? Location { get; set; }

    [Required]
    public DateTimeOffset? Date { get; set; }

    [Required, Range(LeastCapacity, uint.MaxValue)]
    public uint? Capacity { get; set; }

    [Required, Range(LeastPrice, uint.MaxValue)]
    public uint? Price { get; set; }

    /// <summary>The details of a new event.</summary>
    /// <exception cref="BadRequest">A rule is broken.</exception>
    public EventDetails CheckNew(DateTimeOffset now)
    {
        var fields = new Fields();
        var details = Details(fields, now);
        fields.ThrowIfBad();
        return details;
    }

    protected EventDetails Details(Fields fields, DateTimeOffset now) => new(
        fields.Text("title", Title?.Trim(), ShortestTitle, LongestTitle),
        fields.Text("description", Description?.Trim(), ShortestDescription, LongestDescription),
        fields.Text("location", Location?.Trim(), ShortestLocation, LongestLocation),
        fields.Coming("date", Date, now),
        fields.Number("capacity", Capacity, LeastCapacity),
        fields.Number("price", Price, LeastPrice));
}

/// <summary>An event as its organiser changes it: all of it, and how many seats are to be for sale.</summary>
internal sealed class EventBody : NewEventBody
{
    /// <summary>Not above the capacity.</summary>
    [Required]
    [Description("How many seats are to be for sale, not above capacity.")]
    public uint? RemainingSeats { get; set; }

    /// <summary>The new details of an event, and how many seats are to be for sale.</summary>
    /// <exception cref="BadRequest">A rule is broken.</exception>
    public (EventDetails Details, uint RemainingSeats) CheckChange(DateTimeOffset now)
    {
        var fields = new Fields();
        var details = Details(fields, now);
        var remaining = fields.Given("remaining_seats", RemainingSeats);
        fields.Rule(Capacity is null || remaining <= Capacity, "remaining_seats", "must not be above capacity");
        fields.ThrowIfBad();
        return (details, remaining);
    }
}
