using System.Collections.Concurrent;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Tests.Users;

namespace Ticketing.Grains.Tests.Jobs;

/// <summary>Answers for the events, which have tests of their own, and notes what they were told: the calls end before they leave the silo.</summary>
internal sealed class ScriptedEvents : IOutgoingGrainCallFilter
{
    private readonly ConcurrentQueue<(string EventId, SettledPayment[] Payments)> calls = new();

    /// <summary>Events that cannot say whether what they were told is durable.</summary>
    public ConcurrentDictionary<EventKey, bool> Unsure { get; } = new();

    /// <summary>Events that cannot be reached.</summary>
    public ConcurrentDictionary<EventKey, bool> Unreachable { get; } = new();

    /// <summary>What an event was told, a call each.</summary>
    public SettledPayment[][] Told(EventKey id) => [.. calls.Where(call => call.EventId == id.ToString()).Select(call => call.Payments)];

    public Task Invoke(IOutgoingGrainCallContext context)
    {
        if (context.InterfaceMethod.DeclaringType != typeof(IEventGrain) || context.MethodName != nameof(IEventGrain.Settle)) return context.Invoke();

        var key = context.TargetId.Key.ToString()!;
        if (Unreachable.ContainsKey(EventKey.Parse(key))) throw new TimeoutException($"an event that was not reached {AccountStore.OnPurpose}");
        calls.Enqueue((key, (SettledPayment[])context.Request.GetArgument(0)!));
        context.Result = !Unsure.ContainsKey(EventKey.Parse(key));
        return Task.CompletedTask;
    }
}
