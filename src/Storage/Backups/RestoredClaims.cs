using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Backups;

namespace Ticketing.Storage.Backups;

/// <summary>
/// Makes again what follows from records: who has a title and an e-mail address, which event a creation made, and what wakes events. A claim is written
/// only where there is none, so that two owners of one value are found.
/// </summary>
internal sealed class RestoredClaims(IEngine engine, Restored restored, DateTimeOffset now)
{
    private const int AtOnce = 512;

    /// <summary>Makes them.</summary>
    /// <param name="made">The events.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>How many there are.</returns>
    public async Task<long> Make(IReadOnlyList<MadeEvent> made, CancellationToken cancellation)
    {
        await using var loop = new CommitLoop(engine, NullLogger<CommitLoop>.Instance);
        var (states, reminders) = (new GrainStorage(engine, loop), new ReminderTable(engine, loop));
        try
        {
            await foreach (var rows in engine.Scan(Tables.Users).Chunk(AtOnce).WithCancellation(cancellation))
            {
                var people = rows.Select(row => Tables.Users.Read(row).Profile!);
                await Task.WhenAll(people.Select(person => Write(states, Belongings.Email(person.Email, person.Id, now), $"the e-mail address of user {person.Id}")));
                restored.Emails += rows.Length;
            }

            await foreach (var rows in engine.Scan(Tables.Events).Chunk(AtOnce).WithCancellation(cancellation))
            {
                EventRecord[] events = [.. rows.Select(Tables.Events.Read).Where(one => !one.IsDeleted).Select(one => one.Event)];
                await Task.WhenAll(events.Select(one => Write(states, Belongings.Title(one.Details.Title, one.Id, now), $"the title of event {one.Id}")));
                restored.Titles += events.Length;
            }

            foreach (var some in made.Chunk(AtOnce))
            {
                cancellation.ThrowIfCancellationRequested();
                await Task.WhenAll(some.Select(one => Write(states, Belongings.NewEvent(one.MadeBy, one.Key), $"the creation of event {one.Key}")));
                await Task.WhenAll(some.Where(one => one.HasOpenWork).Select(one => reminders.UpsertRow(Belongings.Reminder(one.Key, now))));
            }
        }
        catch (TimeoutException e)
        {
            throw new StorageException($"the database does not take writes: {e.Message}", e);
        }

        return restored.Emails + restored.Titles + made.Count;
    }

    private static async Task Write<T>(GrainStorage states, Belonging<T> one, string what)
    {
        try
        {
            await states.WriteStateAsync(one.Name, one.Grain, new GrainState<T>(one.State));
        }
        catch (InconsistentStateException e)
        {
            throw new InvalidDataException($"{what} is also another's", e);
        }
    }
}
