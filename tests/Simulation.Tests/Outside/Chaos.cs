using Ticketing.Simulation.Tests.Runtime;

namespace Ticketing.Simulation.Tests.Outside;

/// <summary>What can go wrong with a write.</summary>
internal enum WriteFault
{
    None,

    /// <summary>Nothing was written.</summary>
    Before,

    /// <summary>All was written, and nobody is told.</summary>
    AnswerLost,

    /// <summary>Nothing was written yet; it will be, after its sender gave up.</summary>
    Late,

    /// <summary>Some was written, where a group is not one write.</summary>
    Half,

    /// <summary>It was written twice.</summary>
    Twice,
}

/// <summary>What can go wrong with somebody outside.</summary>
internal enum BankFault
{
    None,
    Error,
    AnswerLost,
    Twice,
    Deaf,
}

/// <summary>What goes wrong in a world, and how often: each world draws its own mixture. When it is over, everything works again.</summary>
internal sealed class Chaos
{
    private readonly World world;
    private TimeSpan latest;
    private readonly int writes;
    private readonly int reads;
    private readonly int bank;
    private readonly int mail;
    private readonly int answers;
    private readonly int kills;
    private readonly int freezes;
    private readonly int losses;
    private readonly int sleeps;
    private readonly int jumps;

    public Chaos(World world)
    {
        this.world = world;
        IsCalm = world.Scheduler.OneIn(10);
        world.Scheduler.Hurries = !IsCalm;
        if (IsCalm) return;
        (writes, reads, bank, mail, answers) = (Draw(3, 30), Draw(20, 200), Draw(3, 12), Draw(3, 12), Draw(10, 100));
        (kills, freezes, losses, sleeps, jumps) = (Draw(100, 800), Draw(100, 800), Draw(5, 100), Draw(20, 200), world.Scheduler.OneIn(2) ? Draw(60, 800) : 0);
    }

    /// <summary>Whether nothing ever goes wrong.</summary>
    public bool IsCalm { get; }

    /// <summary>Whether all is well from now on.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether the silos' clocks ever were apart.</summary>
    public bool HasMovedClocks { get; private set; }

    /// <summary>What goes wrong with this write.</summary>
    public WriteFault OfWrite()
    {
        if (IsOver || !world.Scheduler.OneIn(writes)) return WriteFault.None;
        return !world.IsAtomic && world.Scheduler.OneIn(3) ? WriteFault.Half : (WriteFault)world.Scheduler.Luck.Next(1, 6);
    }

    /// <summary>What goes wrong with this question to the bank.</summary>
    public BankFault OfBank() => Outside(bank);

    /// <summary>What goes wrong with this mail.</summary>
    public BankFault OfMail() => Outside(mail) is var fault && fault == BankFault.Twice ? BankFault.None : fault;

    /// <summary>Whether the bank takes its time.</summary>
    public bool BankPonders() => !IsOver && world.Scheduler.OneIn(bank * 2);

    /// <summary>Whether this read fails.</summary>
    public bool FailsRead() => !IsOver && world.Scheduler.OneIn(reads);

    /// <summary>Whether this use of the reminder table fails.</summary>
    public bool FailsReminder() => !IsOver && world.Scheduler.OneIn(reads);

    /// <summary>Whether an answer to somebody outside gets lost.</summary>
    public bool LosesAnswer() => !IsOver && world.Scheduler.OneIn(answers);

    /// <summary>Perhaps does something to a silo, an activation or a clock.</summary>
    public void Strike()
    {
        if (IsOver) return;
        if (world.Scheduler.OneIn(kills)) Kill();
        if (world.Scheduler.OneIn(freezes)) Freeze();
        if (world.Scheduler.OneIn(losses) && AnyActivation() is { } lost) world.Directory.Lose(lost);
        if (world.Scheduler.OneIn(sleeps) && AnyActivation() is { IsIdle: true } idle) idle.Deactivate(new(DeactivationReasonCode.ActivationIdle, "idle"));
        if (world.Scheduler.OneIn(jumps)) Jump();
    }

    /// <summary>Ends it: silos go on, what was late arrives, clocks agree.</summary>
    public void End()
    {
        IsOver = true;
        world.Scheduler.Hurries = false;
        // The clocks agree on the latest: what one of them put off until then, nobody waits an hour for.
        foreach (var silo in world.Silos) (silo.IsFrozen, silo.Clock.Ahead) = (false, latest);
        world.Clock(null).Ahead = latest;
    }

    private BankFault Outside(int chances) => IsOver || !world.Scheduler.OneIn(chances) ? BankFault.None : (BankFault)world.Scheduler.Luck.Next(1, 5);

    private int Draw(int from, int to) => world.Scheduler.OneIn(5) ? 0 : world.Scheduler.Luck.Next(from, to);

    private void Kill()
    {
        var number = world.Scheduler.Luck.Next(world.Silos.Count);
        world.Scheduler.Note($"{world.Silos[number].Name} dies");
        world.Replace(number);
    }

    private void Freeze()
    {
        var silo = world.Silos[world.Scheduler.Luck.Next(world.Silos.Count)];
        if (silo.IsFrozen) return;
        silo.IsFrozen = true;
        world.Scheduler.Note($"{silo.Name} stands still");
        // The others take it for dead, sooner or later: they make its grains anew while it still has them.
        foreach (var one in world.Directory.All.Where(one => one.Silo == silo).ToArray()) world.Directory.Lose(one);
        world.Clock(null).CreateTimer(_ => silo.IsFrozen = false, null, TimeSpan.FromSeconds(world.Scheduler.Luck.Next(1, 120)), Timeout.InfiniteTimeSpan);
    }

    private void Jump()
    {
        var silo = world.Silos[world.Scheduler.Luck.Next(world.Silos.Count)];
        silo.Clock.Ahead = TimeSpan.FromHours(world.Scheduler.Luck.Next(-1, 2));
        HasMovedClocks = true;
        if (silo.Clock.Ahead > latest) latest = silo.Clock.Ahead;
        world.Scheduler.Note($"the clock of {silo.Name} is {silo.Clock.Ahead.TotalHours} h ahead");
    }

    private Activation? AnyActivation()
    {
        var all = world.Directory.All;
        if (all.Count == 0) return null;
        var one = all[world.Scheduler.Luck.Next(all.Count)];
        // The jobs' shards are many and keep nothing: the others are worth a second draw.
        return one.GrainId.Type.ToString()!.EndsWith("-run", StringComparison.Ordinal) ? all[world.Scheduler.Luck.Next(all.Count)] : one;
    }
}
