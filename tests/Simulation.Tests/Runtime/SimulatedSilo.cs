using Orleans.Timers;
using Ticketing.Grains;
using Ticketing.Grains.Events;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;
using Ticketing.Simulation.Tests.Outside;
using Ticketing.Storage;
using Ticketing.Storage.Events;
using Ticketing.Storage.Notifications;
using Ticketing.Storage.Payments;

namespace Ticketing.Simulation.Tests.Runtime;

/// <summary>A process with grains and the one writer to storage. It can die at any step, and stand still for a while.</summary>
internal sealed class SimulatedSilo : IServiceProvider, IDisposable
{
    private readonly World world;
    private readonly SimulatedEngine engine;
    private readonly CommitLoop loop;
    private readonly GrainStorage storage;
    private readonly Rounds rounds = new();
    private bool taken;

    public SimulatedSilo(World world, string name)
    {
        this.world = world;
        Name = name;
        Clock = new(world.Scheduler, this);
        engine = new(world, this);
        loop = CommitLoop.Stepped(engine, world.Log, Clock);
        storage = new(engine, loop);
    }

    /// <summary>What it is called in the trace.</summary>
    public string Name { get; }

    /// <summary>Its clock.</summary>
    public VirtualTime Clock { get; }

    /// <summary>Whether it stands still.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>Whether it is no more.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Ends it in the middle of whatever it does.</summary>
    public void Kill()
    {
        IsDead = true;
        world.Directory.Bury(this);
        Dispose();
    }

    public void Dispose()
    {
        engine.Dispose();
        rounds.Dispose();
    }

    /// <summary>Lets its writer take a step: take what waits, or make it durable.</summary>
    /// <returns>Whether there was something to do.</returns>
    public bool StepWriter()
    {
        if (IsDead || IsFrozen) return false;
        if (!taken)
        {
            if (!(taken = loop.TryTake())) return false;
            world.Scheduler.Note($"{Name} takes a group");
            return true;
        }

        world.Scheduler.Note($"{Name} commits");
        taken = false;
        loop.CommitTaken();
        return true;
    }

    /// <summary>Makes a grain.</summary>
    public object Make(Activation of)
    {
        var grains = new GrainClient(world, of.Turns);
        return of.GrainId.Type.ToString() switch
        {
            "event" => new EventGrain(of, grains, new Journal(engine, loop), world.Bank.For(this), world.Sales, Clock, world.SaleMeter, world.RefusalMeter, world.LogOf<EventGrain>()),
            "title" => new TitleGrain(State<Claim>(of, "title"), new EventRecords(engine), new Journal(engine, loop), Clock, of, world.LogOf<TitleGrain>()),
            "payment" => new PaymentGrain(State<PaymentState>(of, "payment"), world.Bank.For(this), Clock, of, world.LogOf<PaymentGrain>()),
            "payment-run" => new PaymentRunGrain(new PaymentRecords(engine), grains, new() { Period = World.Round }, world.PaymentMeter, Clock, of, world.LogOf<PaymentRunGrain>(), rounds),
            "notification" => new NotificationGrain(State<NotificationState>(of, "notification"), world.Mail, world.People, world.MailMeter, Clock, of, world.LogOf<NotificationGrain>()),
            "notification-run" => new NotificationRunGrain(new NotificationRecords(engine), grains, new() { Period = World.Round }, Clock, of, world.LogOf<NotificationRunGrain>(), rounds),
            var type => throw new InvalidOperationException($"no grain of type {type}"),
        };
    }

    public object? GetService(Type serviceType)
    {
        if (serviceType == typeof(ITimerRegistry)) return world.Timers;
        if (serviceType == typeof(IReminderRegistry)) return world.Reminders;
        return null;
    }

    private StoredState<T> State<T>(Activation of, string name)
        where T : new() => of.With(new StoredState<T>(name, of.GrainId, storage));
}
