using Ticketing.Storage;

namespace Ticketing.Simulation.Tests.Runtime;

/// <summary>
/// A grain in memory, under the runtime's rules: one request at a time unless its method interleaves, nothing new once it leaves, what still waits then is passed on.
/// </summary>
internal sealed class Activation : IGrainContext
{
    private readonly World world;
    private readonly List<Call> waiting = [];
    private readonly List<Call> running = [];
    private readonly List<GrainTimer> timers = [];
    private readonly TaskCompletionSource deactivated = new();
    private readonly List<IPersistent> states = [];
    private Call? blocking;
    private Standing standing = Standing.Waking;

    public Activation(World world, SimulatedSilo silo, GrainId id)
    {
        this.world = world;
        Silo = silo;
        GrainId = id;
        Turns = new(world.Scheduler, $"{silo.Name} {id}", silo);
        Turns.Post(() => _ = Wake());
    }

    private enum Standing
    {
        Waking,
        Valid,
        Leaving,
        Gone,
    }

    /// <summary>Where it is.</summary>
    public SimulatedSilo Silo { get; }

    /// <summary>Its scheduler.</summary>
    public Turns Turns { get; }

    /// <summary>Whether calls may still reach it.</summary>
    public bool IsAlive => standing != Standing.Gone && !Silo.IsDead;

    /// <summary>Whether it could take a call now.</summary>
    public bool IsValid => standing is Standing.Waking or Standing.Valid && !Silo.IsDead;

    /// <summary>Whether nothing is under way in it.</summary>
    public bool IsIdle => standing == Standing.Valid && running.Count == 0 && waiting.Count == 0;

    /// <summary>Whether a call has not come to its end in it.</summary>
    public bool HasCalls => running.Count > 0 || waiting.Count > 0;

    public GrainId GrainId { get; }

    public object GrainInstance { get; private set; } = null!;

    public ActivationId ActivationId { get; } = ActivationId.NewId();

    public GrainReference GrainReference => throw new NotSupportedException();

    public GrainAddress Address => throw new NotSupportedException();

    public IServiceProvider ActivationServices => Silo;

    public IGrainLifecycle ObservableLifecycle => throw new NotSupportedException();

    public IWorkItemScheduler Scheduler => throw new NotSupportedException();

    public Task Deactivated => deactivated.Task;

    /// <summary>A call has come.</summary>
    public void Receive(Call call)
    {
        if (!IsAlive)
        {
            world.Directory.PassOn(call);
            return;
        }

        waiting.Add(call);
        if (standing == Standing.Valid) Pump();
    }

    /// <summary>A state that is read before it wakes.</summary>
    public T With<T>(T state)
        where T : IPersistent
    {
        states.Add(state);
        return state;
    }

    /// <summary>Calls it by a timer until it leaves.</summary>
    public GrainTimer Add(GrainTimer timer)
    {
        timers.Add(timer);
        return timer;
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        if (standing is Standing.Leaving or Standing.Gone) return;
        standing = Standing.Leaving;
        foreach (var timer in timers) timer.Dispose();
        if (running.Count == 0) Turns.Post(() => _ = Leave(deactivationReason));
        else leaving = deactivationReason;
    }

    private DeactivationReason? leaving;

    /// <summary>Its silo has died: who waits for it hears of that, or of nothing.</summary>
    public IEnumerable<Call> Abandoned() => running.Concat(waiting);

    public void SetComponent<TComponent>(TComponent? value)
        where TComponent : class => throw new NotSupportedException();

    public TComponent? GetComponent<TComponent>()
        where TComponent : class => null;

    public object? GetTarget() => GrainInstance;

    public object? GetComponent(Type componentType) => null;

    public TTarget? GetTarget<TTarget>()
        where TTarget : class => (TTarget)GrainInstance;

    public void ReceiveMessage(object message) => throw new NotSupportedException();

    public void Activate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public void Rehydrate(IRehydrationContext context) => throw new NotSupportedException();

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    private async Task Wake()
    {
        try
        {
            GrainInstance = Silo.Make(this);
            foreach (var state in states) await state.ReadStateAsync();
            await ((IGrainBase)GrainInstance).OnActivateAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            standing = Standing.Gone;
            world.Directory.Forget(this);
            foreach (var call in waiting) call.Fail(new OrleansException($"{GrainId} could not be activated", e));
            waiting.Clear();
            return;
        }

        if (standing == Standing.Waking) standing = Standing.Valid;
        Pump();
    }

    private void Pump()
    {
        for (var i = 0; i < waiting.Count && standing == Standing.Valid;)
        {
            var call = waiting[i];
            if (blocking is not null && !call.Interleaves && !(blocking.IsRead && call.IsRead))
            {
                i++;
                continue;
            }

            waiting.RemoveAt(i);
            running.Add(call);
            if (!call.Interleaves) blocking ??= call;
            Turns.Post(() => _ = Run(call));
        }
    }

    private async Task Run(Call call)
    {
        try
        {
            await call.Invoke(GrainInstance);
        }
        catch (StorageException e) when (e.IsAway)
        {
            // As the product's call filter has it (StorageTrouble).
            call.Fail(new TimeoutException(e.Message));
        }
        catch (Exception e)
        {
            call.Fail(e);
        }

        running.Remove(call);
        if (blocking == call) blocking = null;
        if (standing == Standing.Valid) Pump();
        else if (running.Count == 0 && leaving is { } reason) await Leave(reason);
    }

    private async Task Leave(DeactivationReason reason)
    {
        leaving = null;
        try
        {
            await ((IGrainBase)GrainInstance).OnDeactivateAsync(reason, CancellationToken.None);
        }
        finally
        {
            standing = Standing.Gone;
            world.Directory.Forget(this);
            deactivated.TrySetResult();
            foreach (var call in waiting) world.Directory.PassOn(call);
            waiting.Clear();
        }
    }
}
