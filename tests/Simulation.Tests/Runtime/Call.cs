using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;

namespace Ticketing.Simulation.Tests.Runtime;

/// <summary>A request to a grain, or a tick of one of its timers, which the runtime treats alike.</summary>
internal sealed class Call
{
    private readonly Func<object, Task> invoke;
    private readonly Action<Exception?> answer;

    private Call(string name, bool interleaves, bool isRead, Func<object, Task> invoke, Action<Exception?> answer) =>
        (Name, Interleaves, IsRead, this.invoke, this.answer) = (name, interleaves, isRead, invoke, answer);

    /// <summary>The method.</summary>
    public string Name { get; }

    /// <summary>Whether it may begin while others are under way.</summary>
    public bool Interleaves { get; }

    /// <summary>Whether it may be under way with others that only read.</summary>
    public bool IsRead { get; }

    /// <summary>The grain.</summary>
    public GrainId Target { get; private init; }

    /// <summary>How often it was passed on.</summary>
    public int Hops { get; set; }

    /// <summary>Whether it was answered, or ran out of time.</summary>
    public bool IsOver { get; private set; }

    /// <summary>A tick.</summary>
    public static Call Tick(bool interleaves, Func<Task> callback, Action<Exception?> done) => new("tick", interleaves, false, _ => callback(), done);

    /// <summary>A request; its answer comes back through the network, or never.</summary>
    /// <param name="world">The world.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="target">Whom.</param>
    /// <param name="method">What.</param>
    /// <param name="arguments">With what.</param>
    /// <returns>The task, of the type that the method says.</returns>
    public static object Send(World world, Turns caller, GrainId target, MethodInfo method, object?[] arguments)
    {
        var shape = Shape.Of(method);
        var promise = shape.NewPromise();
        var result = default(object);
        Call call = null!;
        call = new Call(method.Name, shape.Interleaves, shape.IsRead, Invoke, fault => world.Directory.Answer(call, caller, () => shape.Complete(promise, result, fault))) { Target = target };
        world.Directory.Route(call, caller);
        var patience = world.Clock(caller.Place).CreateTimer(_ => caller.Post(() => shape.Complete(promise, null, call.TimedOut())), null, World.ResponseTimeout, Timeout.InfiniteTimeSpan);
        call.Patience = patience;
        return shape.TaskOf(promise);

        async Task Invoke(object grain)
        {
            var task = shape.Invoke(grain, method, arguments);
            await task;
            result = shape.Result(task);
        }
    }

    private IDisposable? Patience { get; set; }

    /// <summary>Has the grain carry it out.</summary>
    public async Task Invoke(object grain)
    {
        await invoke(grain);
        answer(null);
    }

    /// <summary>It was not carried out, or nobody knows.</summary>
    public void Fail(Exception fault) => answer(fault);

    /// <summary>The caller has the answer.</summary>
    public void End()
    {
        IsOver = true;
        Patience?.Dispose();
    }

    private TimeoutException TimedOut()
    {
        IsOver = true;
        return new($"no answer to {Name} of {Target} in time");
    }

    /// <summary>What there is to know about a method of a grain's interface.</summary>
    private sealed class Shape
    {
        private static readonly ConcurrentDictionary<MethodInfo, Shape> Known = new();
        private readonly bool isValueTask;
        private readonly Type? resultType;
        private readonly Func<object> newPromise;

        private Shape(MethodInfo method)
        {
            var type = method.ReturnType;
            isValueTask = type == typeof(ValueTask) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>));
            resultType = type.IsGenericType ? type.GetGenericArguments()[0] : null;
            Interleaves = method.GetCustomAttribute<AlwaysInterleaveAttribute>() is not null;
            IsRead = method.GetCustomAttribute<ReadOnlyAttribute>() is not null;
            var promise = typeof(Promise<>).MakeGenericType(resultType ?? typeof(bool));
            newPromise = Expression.Lambda<Func<object>>(Expression.New(promise)).Compile();
        }

        public bool Interleaves { get; }

        public bool IsRead { get; }

        public static Shape Of(MethodInfo method) => Known.GetOrAdd(method, static method => new(method));

        public object NewPromise() => newPromise();

        public object TaskOf(object promise) => ((IPromise)promise).Task(isValueTask, resultType is null);

        public void Complete(object promise, object? result, Exception? fault) => ((IPromise)promise).Complete(result, fault);

        public Task Invoke(object grain, MethodInfo method, object?[] arguments)
        {
            var answer = method.Invoke(grain, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
            if (!isValueTask) return (Task)answer;
            return answer is ValueTask plain ? plain.AsTask() : (Task)answer.GetType().GetMethod(nameof(ValueTask<>.AsTask))!.Invoke(answer, null)!;
        }

        public object? Result(Task task) => resultType is null ? null : task.GetType().GetProperty("Result")!.GetValue(task);
    }

    private interface IPromise
    {
        object Task(bool asValueTask, bool withoutResult);

        void Complete(object? result, Exception? fault);
    }

    private sealed class Promise<T> : IPromise
    {
        private readonly TaskCompletionSource<T> source = new();

        public object Task(bool asValueTask, bool withoutResult) => (asValueTask, withoutResult) switch
        {
            (true, true) => new ValueTask(source.Task),
            (true, false) => new ValueTask<T>(source.Task),
            _ => source.Task,
        };

        public void Complete(object? result, Exception? fault)
        {
            if (fault is not null) source.TrySetException(fault);
            else source.TrySetResult((T)(result ?? default(T))!);
        }
    }
}
