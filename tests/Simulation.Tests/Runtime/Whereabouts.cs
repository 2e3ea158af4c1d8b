namespace Ticketing.Simulation.Tests.Runtime;

/// <summary>
/// Where grains are. As the runtime's own it is only eventually right: it may forget an activation that lives on, and then there are two, and calls find either.
/// </summary>
internal sealed class Whereabouts(World world)
{
    private const int MostHops = 6;
    private readonly Dictionary<GrainId, Activation> registered = [];
    private readonly List<Activation> strays = [];
    private readonly List<Activation> all = [];

    /// <summary>The activations that live, strays included.</summary>
    public IReadOnlyList<Activation> All => all;

    /// <summary>Sends a call to where its grain is, or is made.</summary>
    public void Route(Call call, Turns caller) => world.Scheduler.Later($"call {call.Name} of {call.Target}", null, () =>
    {
        if (call.IsOver && world.Scheduler.OneIn(2)) return;
        Find(call.Target, caller.Place).Receive(call);
    });

    /// <summary>Sends a call on, whose activation has gone.</summary>
    public void PassOn(Call call)
    {
        // A tick is its activation's alone.
        if (call.Target.IsDefault) return;
        if (++call.Hops > MostHops) call.Fail(new OrleansException($"{call.Name} of {call.Target} was passed on too often"));
        else world.Scheduler.Later($"call {call.Name} of {call.Target} again", null, () => Find(call.Target, null).Receive(call));
    }

    /// <summary>Sends an answer back. On its way to somebody outside it may get lost.</summary>
    public void Answer(Call call, Turns caller, Action deliver)
    {
        if (caller.Place is null && world.Chaos.LosesAnswer()) return;
        world.Scheduler.Later($"answer {call.Name} of {call.Target}", null, () => caller.Post(() =>
        {
            call.End();
            deliver();
        }));
    }

    /// <summary>An activation is no more.</summary>
    public void Forget(Activation gone)
    {
        if (registered.TryGetValue(gone.GrainId, out var known) && known == gone) registered.Remove(gone.GrainId);
        strays.Remove(gone);
        all.Remove(gone);
    }

    /// <summary>Forgets where a grain is, although it lives there: a part of the directory was lost.</summary>
    public void Lose(Activation one)
    {
        if (!registered.TryGetValue(one.GrainId, out var known) || known != one) return;
        registered.Remove(one.GrainId);
        strays.Add(one);
        world.Scheduler.Note($"the directory loses {one.Silo.Name} {one.GrainId}");
    }

    /// <summary>A silo has died; so have its activations, and who waits for one hears of it sooner or later.</summary>
    public void Bury(SimulatedSilo dead)
    {
        foreach (var one in all.Where(one => one.Silo == dead).ToArray())
        {
            Forget(one);
            foreach (var call in one.Abandoned().ToArray())
            {
                if (!call.Target.IsDefault && world.Scheduler.OneIn(2)) call.Fail(new OrleansException($"{dead.Name} is gone"));
            }
        }
    }

    private Activation Find(GrainId id, SimulatedSilo? from)
    {
        if (strays.Count > 0 && world.Scheduler.OneIn(2) && strays.Find(one => one.GrainId == id && one.IsValid) is { } stray) return stray;
        if (registered.TryGetValue(id, out var known) && known.IsValid && !known.Silo.IsDead) return known;
        var silos = world.Silos.Where(silo => silo is { IsDead: false, IsFrozen: false }).ToArray();
        var place = silos.Length == 0 ? from is { IsDead: false } ? from : world.Silos.First(silo => !silo.IsDead) : silos[world.Scheduler.Luck.Next(silos.Length)];
        var made = new Activation(world, place, id);
        registered[id] = made;
        all.Add(made);
        return made;
    }
}
