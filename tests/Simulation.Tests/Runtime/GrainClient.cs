using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Ticketing.ApiGateway.Tests;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Payments;

namespace Ticketing.Simulation.Tests.Runtime;

/// <summary>The grains, as somebody in the world calls them.</summary>
/// <param name="world">The world.</param>
/// <param name="caller">Who calls; absent for whoever's turn it is.</param>
internal sealed class GrainClient(World world, Turns? caller) : PartialGrains
{
    private static readonly Dictionary<Type, string> Types = new()
    {
        [typeof(IEventGrain)] = "event",
        [typeof(ITitleGrain)] = "title",
        [typeof(IPaymentGrain)] = "payment",
        [typeof(IPaymentRunGrain)] = "payment-run",
        [typeof(INotificationGrain)] = "notification",
        [typeof(INotificationRunGrain)] = "notification-run",
    };

    public override TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null) => Proxy<TGrainInterface>(GrainId.Create(Types[typeof(TGrainInterface)], primaryKey));

    public override TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null) =>
        Proxy<TGrainInterface>(GrainId.Create(GrainType.Create(Types[typeof(TGrainInterface)]), GrainIdKeyExtensions.CreateIntegerKey(primaryKey)));

    /// <summary>A grain by its whole id, for what the runtime itself calls.</summary>
    public T Proxy<T>(GrainId id)
    {
        var proxy = DispatchProxy.Create<T, GrainProxy>();
        ((GrainProxy)(object)proxy!).Become(world, caller ?? (Turns)SynchronizationContext.Current!, id);
        return proxy;
    }
}

/// <summary>Makes a call of each use of a grain's interface.</summary>
[SuppressMessage("Performance", "CA1852", Justification = "The proxies are made of it at run time.")]
internal class GrainProxy : DispatchProxy
{
    private World world = null!;
    private Turns caller = null!;
    private GrainId target;

    public void Become(World world, Turns caller, GrainId target) => (this.world, this.caller, this.target) = (world, caller, target);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Call.Send(world, caller, target, targetMethod!, args ?? []);
}
