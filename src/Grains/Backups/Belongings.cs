using System.Globalization;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Events;
using Ticketing.Grains.Users;

namespace Ticketing.Grains.Backups;

/// <summary>A grain's state, as grain storage is asked to keep it.</summary>
/// <typeparam name="T">The state.</typeparam>
/// <param name="Name">The state's name.</param>
/// <param name="Grain">Whose it is.</param>
/// <param name="State">The state.</param>
public sealed record Belonging<T>(string Name, GrainId Grain, T State);

/// <summary>What is no record and in no backup, because it follows from records: made again after a restore as the grains themselves would write it.</summary>
public static class Belongings
{
    /// <summary>An event's claim to its title.</summary>
    public static Belonging<Claim> Title(string title, EventKey owner, DateTimeOffset now) =>
        new(TitleGrain.Name, GrainId.Create(TitleGrain.Name, title), new() { Owner = owner.Value, ClaimedAt = now });

    /// <summary>A person's claim to an e-mail address.</summary>
    public static Belonging<Claim> Email(string email, UserId owner, DateTimeOffset now) =>
        new(EmailGrain.Name, GrainId.Create(EmailGrain.Name, email), new() { Owner = owner.Value, ClaimedAt = now });

    /// <summary>Which event a creation made, so that its repeat makes no other.</summary>
    public static Belonging<NewEvent> NewEvent(OperationId operation, EventKey made) =>
        new(NewEventGrain.Name, GrainId.Create(NewEventGrain.Name, operation.ToString()), new() { Event = made.Value });

    /// <summary>What wakes an event that has open work.</summary>
    public static ReminderEntry Reminder(EventKey key, DateTimeOffset now) => new()
    {
        GrainId = GrainId.Create(EventGrain.Name, key.ToString()),
        ReminderName = Chores.Reminder,
        StartAt = (now + Chores.WakeAfter).UtcDateTime,
        Period = Chores.WakeAfter,
        ETag = 0.ToString(CultureInfo.InvariantCulture),
    };
}
