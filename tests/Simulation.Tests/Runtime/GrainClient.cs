using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Payments;

namespace Ticketing.Simulation.Tests.Runtime;

/// <summary>The grains, as somebody in the world calls them.</summary>
/// <param name="world">The world.</param>
/// <param name="caller">Who calls; absent for whoever's turn it is.</param>
internal sealed class GrainClient(World world, Turns? caller) : IGrainFactory
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

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey => Proxy<TGrainInterface>(GrainId.Create(Types[typeof(TGrainInterface)], primaryKey));

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey =>
        Proxy<TGrainInterface>(GrainId.Create(GrainType.Create(Types[typeof(TGrainInterface)]), GrainIdKeyExtensions.CreateIntegerKey(primaryKey)));

    /// <summary>A grain by its whole id, for what the runtime itself calls.</summary>
    public T Proxy<T>(GrainId id)
    {
        var proxy = DispatchProxy.Create<T, GrainProxy>();
        ((GrainProxy)(object)proxy!).Become(world, caller ?? (Turns)SynchronizationContext.Current!, id);
        return proxy;
    }

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidCompoundKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerCompoundKey => throw new NotSupportedException();

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => throw new NotSupportedException();

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey, string grainClassNamePrefix) => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId) => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) => throw new NotSupportedException();
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
