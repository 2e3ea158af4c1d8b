using Orleans.Timers;

namespace Ticketing.Simulation.Tests.Runtime;

/// <summary>Reminders outlive silos. Storing one may fail; a tick may be late, or find its grain anywhere.</summary>
internal sealed class Reminders : IReminderRegistry
{
    private readonly World world;
    private readonly SortedDictionary<string, Reminder> stored = new(StringComparer.Ordinal);
    private readonly Turns turns;
    private readonly GrainClient grains;

    public Reminders(World world)
    {
        this.world = world;
        turns = new(world.Scheduler, "reminders", null);
        grains = new(world, turns);
    }

    public Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period) => Stored<IGrainReminder>("remind", () =>
    {
        var reminder = new Reminder(callingGrainId, reminderName);
        if (stored.Remove(reminder.Key, out var before)) before.Timer!.Dispose();
        stored.Add(reminder.Key, reminder);
        reminder.Timer = world.Clock(null).CreateTimer(_ => turns.Post(() => _ = Tick(reminder, period)), null, dueTime, period);
        return reminder;
    });

    public Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder) => Stored("forget", () =>
    {
        if (stored.Remove(((Reminder)reminder).Key, out var known)) known.Timer!.Dispose();
        return true;
    });

    public Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName) =>
        Stored("look up", () => (IGrainReminder?)stored.GetValueOrDefault(new Reminder(callingGrainId, reminderName).Key));

    public Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId) => throw new NotSupportedException();

    private async Task Tick(Reminder reminder, TimeSpan period)
    {
        var now = world.Clock(null).GetUtcNow().UtcDateTime;
        try
        {
            await grains.Proxy<IRemindable>(reminder.Grain).ReceiveReminder(reminder.ReminderName, new TickStatus(now, period, now));
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            // It comes again.
        }
    }

    private Task<T> Stored<T>(string what, Func<T> action)
    {
        var done = new TaskCompletionSource<T>();
        var fails = world.Chaos.FailsReminder();
        world.Scheduler.Later($"{what} a reminder", null, () =>
        {
            if (fails) done.TrySetException(new TimeoutException("the reminder table does not answer"));
            else done.TrySetResult(action());
        });
        return done.Task;
    }

    private sealed record Reminder(GrainId Grain, string ReminderName) : IGrainReminder
    {
        public string Key => $"{Grain} {ReminderName}";

        public ITimer? Timer { get; set; }
    }
}
