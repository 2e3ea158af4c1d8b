using System.Collections.Concurrent;
using System.Reflection;

namespace Ticketing.ApiGateway.Tests;

/// <summary>A call that reached a grain.</summary>
public sealed record GrainCall(Type Grain, string Key, string Method, object?[] Arguments);

/// <summary>Stands where the cluster would: a test says what a kind of grain answers; a grain nobody spoke for faults, which the gateway answers with 500.</summary>
public sealed class FakeGrains : IGrainFactory
{
    private readonly ConcurrentDictionary<Type, Func<GrainCall, object>> answers = new();

    /// <summary>Makes every grain of a kind answer so, until it is told otherwise. The result is the method's own task.</summary>
    public void On<TGrain>(Func<GrainCall, object> answer) => answers[typeof(TGrain)] = answer;

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey => Make<TGrainInterface>(primaryKey);

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey => Make<TGrainInterface>($"{primaryKey}");

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

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId) => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey, string grainClassNamePrefix) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey) => throw new NotSupportedException();

    private TGrain Make<TGrain>(string key)
    {
        var grain = DispatchProxy.Create<TGrain, FakeGrain>();
        ((FakeGrain)(object)grain!).Answer = (method, arguments) => answers.TryGetValue(typeof(TGrain), out var answer)
            ? answer(new GrainCall(typeof(TGrain), key, method, arguments))
            : throw new InvalidOperationException($"no test speaks for {typeof(TGrain).Name}");
        return grain;
    }
}

/// <summary>Passes every call on to the test.</summary>
public class FakeGrain : DispatchProxy
{
    internal Func<string, object?[], object> Answer { get; set; } = null!;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Answer(targetMethod!.Name, args ?? []);
}
