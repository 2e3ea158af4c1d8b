using System.Collections.Concurrent;
using System.Reflection;

namespace Ticketing.ApiGateway.Tests;

/// <summary>A call that reached a grain.</summary>
public sealed record GrainCall(Type Grain, string Key, string Method, object?[] Arguments);

/// <summary>Stands where the cluster would: a test says what a kind of grain answers; a grain nobody spoke for faults, which the gateway answers with 500.</summary>
public sealed class FakeGrains : PartialGrains
{
    private readonly ConcurrentDictionary<Type, Func<GrainCall, object>> answers = new();

    /// <summary>Makes every grain of a kind answer so, until it is told otherwise. The result is the method's own task.</summary>
    public void On<TGrain>(Func<GrainCall, object> answer) => answers[typeof(TGrain)] = answer;

    public override TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null) => Make<TGrainInterface>(primaryKey);

    public override TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null) => Make<TGrainInterface>($"{primaryKey}");

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
