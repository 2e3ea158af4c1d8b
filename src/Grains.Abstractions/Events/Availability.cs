using System.Collections.Concurrent;

namespace Ticketing.Grains.Abstractions.Events;

/// <summary>
/// What events that are awake in this process say of themselves to those who serve HTTP in it, so that a read and a refusal of what is sold out need no call. Only where no other process
/// writes the database: an event says what is durable, and takes it back before anybody is told otherwise, so that nothing here contradicts what anybody was told (decision 0013).
/// </summary>
public sealed class AvailabilityBoard
{
    private readonly ConcurrentDictionary<EventKey, Availability> events = new();

    /// <summary>What an event says of itself; nothing when it says nothing, and then it must be asked.</summary>
    public Availability? Find(EventKey key) => events.GetValueOrDefault(key);

    /// <summary>The event says something of itself from now on.</summary>
    public void Put(EventKey key, Availability availability) => events[key] = availability;

    /// <summary>The event says nothing of itself any more, whoever said it.</summary>
    public void Remove(EventKey key) => events.TryRemove(key, out _);

    /// <summary>What was said of an event is not said any more; what somebody else says of it stays.</summary>
    public void Remove(EventKey key, Availability availability) => events.TryRemove(new(key, availability));
}

/// <summary>What one event says of itself. Written by its activation, read by any thread.</summary>
/// <param name="record">How it stands.</param>
public sealed class Availability(EventRecord record)
{
    private volatile EventStanding standing = new(record);
    private volatile SoldOut? soldOut;

    /// <summary>How the event stands: all that was ever answered is in it, and nothing that is not durable.</summary>
    public EventStanding Standing
    {
        get => standing;
        set => standing = value;
    }

    /// <summary>What is to be known to refuse purchases; absent unless the event is sold out, and perhaps then too.</summary>
    public SoldOut? SoldOut
    {
        get => soldOut;
        set => soldOut = value;
    }
}

/// <summary>How an event stands, until something of it changes.</summary>
/// <param name="record">The event.</param>
public sealed class EventStanding(EventRecord record)
{
    private volatile object? written;

    /// <summary>The event.</summary>
    public EventRecord Record => record;

    /// <summary>The answer to a read of it, as the one route that serves reads has written it; absent before the first.</summary>
    public object? Written
    {
        get => written;
        set => written = value;
    }
}

/// <summary>An event that has no seat for sale, and what else decides whether a purchase is refused for that.</summary>
/// <param name="capacity">The highest seat number; a higher one is refused for another reason.</param>
/// <param name="until">From when on the answer may be another one by itself: the event takes place, or a payment is overdue.</param>
/// <param name="known">The operations that the event has carried out; a purchase that repeats one has its answer.</param>
/// <param name="refused">Hears of each refusal, on any thread.</param>
public sealed class SoldOut(uint capacity, DateTimeOffset until, OperationFilter known, Action refused)
{
    /// <summary>From when on the answer may be another one by itself.</summary>
    public DateTimeOffset Until => until;

    /// <summary>Whether a purchase is refused as <see cref="Refusal.SoldOut"/>, as the event itself would refuse it at this moment. If not, the event must be asked.</summary>
    /// <param name="operation">The purchase's operation.</param>
    /// <param name="seat">The seat that it asks for.</param>
    /// <param name="now">The time.</param>
    public bool TryRefuse(OperationId operation, uint seat, DateTimeOffset now)
    {
        if (seat == 0 || seat > capacity || now >= Until || known.MayHave(operation)) return false;
        refused();
        return true;
    }
}
