using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Ticketing.Grains;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Events;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;
using Ticketing.Simulation.Tests.Outside;
using Ticketing.Simulation.Tests.Runtime;

namespace Ticketing.Simulation.Tests;

/// <summary>
/// A whole cluster in one thread: the product's own grains, ledgers, batches, commit loops, grain storage and jobs, on a simulated runtime, store, bank and mail server,
/// under virtual time. One seed decides everything.
/// </summary>
internal sealed class World : IMeterFactory
{
    /// <summary>How long a caller waits for an answer, as in the runtime.</summary>
    public static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The time between two rounds of a job.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(30);

    private const int MostSteps = 25_000;
    private static readonly TimeSpan MostTime = TimeSpan.FromDays(3);

    private readonly List<SimulatedSilo> silos = [];
    private readonly List<Meter> meters = [];
    private readonly VirtualTime outside;
    private readonly WorldLog log;
    private readonly Jobs jobs;
    private readonly int writersPace;
    private int siloNumber;
    private uint idCount;

    private World(int seed, Action<string>? trace)
    {
        Seed = seed;
        Scheduler = new(seed, trace);
        outside = new(Scheduler, null);
        log = new(this, trace);
        IsAtomic = Scheduler.OneIn(2);
        writersPace = Scheduler.OneIn(2) ? 3 : Scheduler.Luck.Next(3, 30);
        Sales = new(TimeSpan.FromSeconds(Scheduler.OneIn(2) ? Scheduler.Luck.Next(10, 300) : Scheduler.Luck.Next(300, 3600))) { SnapshotAfterBytes = Scheduler.OneIn(2) ? Scheduler.Luck.Next(200, 2000) : int.MaxValue };
        (SaleMeter, RefusalMeter, PaymentMeter, MailMeter) = (new(this, outside), new(this), new(this), new(this));
        Chaos = new(this);
        Directory = new(this);
        Timers = new(this);
        Reminders = new(this);
        Bank = new(this);
        Mail = new(this);
        Books = new(this);
        (Store.Inserted, Store.Snapshotted, Store.PaymentStored) = (Books.Note, Books.CheckSnapshot, Books.CheckTold);
        for (var count = Scheduler.Luck.Next(3, 6); count > 0; count--) silos.Add(NewSilo());
        jobs = new(this);
        Crowd = new(this);
    }

    public int Seed { get; }

    public Scheduler Scheduler { get; }

    public Chaos Chaos { get; }

    public Whereabouts Directory { get; }

    public IReadOnlyList<SimulatedSilo> Silos => silos;

    public Timers Timers { get; }

    public Reminders Reminders { get; }

    public Store Store { get; } = new();

    public Bank Bank { get; }

    public PostOffice Mail { get; }

    public People People { get; } = new();

    public Books Books { get; }

    public Crowd Crowd { get; }

    public SaleSettings Sales { get; }

    /// <summary>Whether the store writes a group at once, as SQLite does, or a batch and then its records, as MongoDB does.</summary>
    public bool IsAtomic { get; }

    public SaleMeter SaleMeter { get; }

    public RefusalMeter RefusalMeter { get; }

    public PaymentMeter PaymentMeter { get; }

    public MailMeter MailMeter { get; }

    public ILogger Log => log;

    /// <summary>Lives through a seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="trace">Hears of each step.</param>
    /// <returns>What became of it.</returns>
    public static Outcome Run(int seed, Action<string>? trace = null)
    {
        var before = SynchronizationContext.Current;
        try
        {
            return new World(seed, trace).Live();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
            RecordId.TakeFrom(null);
        }
    }

    public VirtualTime Clock(SimulatedSilo? place) => place?.Clock ?? outside;

    public ILogger<T> LogOf<T>() => new WorldLog<T>(log);

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        foreach (var meter in meters) meter.Dispose();
        foreach (var silo in silos) silo.Dispose();
    }

    /// <summary>A silo dies, and another one takes its place.</summary>
    public void Replace(int number)
    {
        var dead = silos[number];
        silos[number] = NewSilo();
        dead.Kill();
    }

    private SimulatedSilo NewSilo() => new(this, $"silo {++siloNumber}");

    private Outcome Live()
    {
        // Few shards, so that the jobs' empty rounds do not fill the world.
        RecordId.TakeFrom(() =>
        {
            do idCount++; while (new RecordId(0, idCount & 0xFF_FFFF).Bucket(PaymentState.Shards) > 1);
            return (0, idCount);
        });
        try
        {
            Crowd.Begin();
            var calm = Scheduler.Luck.Next(500, 3000);
            while (!Books.HasViolation && Scheduler.Steps < calm && !Crowd.IsDone) Step();
            Chaos.End();
            while (!Books.HasViolation && !Crowd.IsDone && Scheduler.Steps < MostSteps) Step();
            if (!Chaos.IsCalm && Scheduler.OneIn(2)) Blackout();
            Rest();
            // Only now: what must be done without being asked has been done by timers and reminders.
            Crowd.LookAgain();
            Rest();
            if (!Books.HasViolation) Books.Check();
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidDataException or KeyNotFoundException or ArgumentException or NullReferenceException)
        {
            Books.Violate($"the simulation broke off: {e}");
        }
        finally
        {
            Dispose();
        }

        return new(Seed, Scheduler.Steps, Scheduler.Digest, Books.Sold, Books.Violation);
    }

    /// <summary>The power goes, and comes back: what was to be done is known to the store alone.</summary>
    private void Blackout()
    {
        Scheduler.Note("blackout");
        for (var number = 0; number < silos.Count; number++) Replace(number);
        foreach (var silo in silos) silo.Clock.Ahead = outside.Ahead;
        jobs.StartAgain();
    }

    private void Rest()
    {
        while (!Books.HasViolation && !IsSettled())
        {
            if (Scheduler.Steps > MostSteps || Scheduler.Elapsed > MostTime) Books.Violate($"it does not come to rest: {Books.Unsettled() ?? "a call does not come to its end"}");
            else Step();
        }
    }

    private void Step()
    {
        Chaos.Strike();
        jobs.Begin();
        var writer = silos[Scheduler.Luck.Next(silos.Count)];
        if (Scheduler.OneIn(writersPace) && writer.StepWriter()) return;
        if (Scheduler.IsBusy && !Scheduler.OneIn(50))
        {
            Scheduler.Step();
            return;
        }

        // Nothing is on its way but what a writer holds.
        foreach (var silo in silos)
        {
            if (silo.StepWriter()) return;
        }

        if (!Scheduler.Step() && !Scheduler.IsBusy) Books.Violate("nothing more can happen, and somebody still waits");
    }

    private bool IsSettled() => Crowd.IsDone && !Scheduler.IsBusy && !Directory.All.Any(one => one.HasCalls) && Books.Unsettled() is null;
}

/// <summary>What became of a seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Steps">How many steps it took.</param>
/// <param name="Digest">A digest of the steps.</param>
/// <param name="Sold">How many tickets were sold.</param>
/// <param name="Violation">The first promise that was broken, or nothing.</param>
internal sealed record Outcome(int Seed, long Steps, ulong Digest, int Sold, string? Violation);
