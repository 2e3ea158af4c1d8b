using System.Collections.Concurrent;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Payments;
using Ticketing.Grains.Tests.Users;

namespace Ticketing.Grains.Tests.Jobs;

/// <summary>What goes wrong with the next call.</summary>
internal enum Trouble
{
    /// <summary>The provider has not decided yet.</summary>
    Late,

    /// <summary>The call fails before it had an effect.</summary>
    Fails,

    /// <summary>The call has its effect, and its answer is lost.</summary>
    FailsAfterwards,

    /// <summary>There is never an answer, and no effect.</summary>
    Hangs,
}

/// <summary>A provider with books, which keeps a payment's id as its idempotency key, as real ones do, and has the troubles that a test gives it.</summary>
internal sealed class ScriptedProvider : IPaymentProvider
{
    public const string GoodCard = "good";
    public const string BadCard = "bad";

    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<PaymentId, ConcurrentQueue<Trouble>> troubles = new();
    private readonly ConcurrentDictionary<PaymentId, TaskCompletionSource> hanging = new();
    private readonly Dictionary<PaymentId, List<string>> books = [];
    private readonly ConcurrentDictionary<PaymentId, int> asked = new();
    private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int before = int.MaxValue;
    private int begun;

    public void Next(PaymentId id, params Trouble[] next) => troubles[id] = new(next);

    /// <summary>Lets so many calls through and holds up the others, which have had their effect by then, until <see cref="Release"/>.</summary>
    public void HoldAfter(int calls) => before = calls;

    /// <summary>Ends when a call is held up.</summary>
    public Task Held => held.Task.WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Lets all calls go on.</summary>
    public void Release() => released.TrySetResult();

    /// <summary>How many calls were answered.</summary>
    public int Count => Volatile.Read(ref begun);

    /// <summary>How often the provider was asked about a payment, whatever for.</summary>
    public int Asked(PaymentId id) => asked.GetValueOrDefault(id);

    /// <summary>What happened to the money of a payment, in order.</summary>
    public string[] Books(PaymentId id)
    {
        lock (gate) return books.TryGetValue(id, out var entries) ? [.. entries] : [];
    }

    /// <summary>Ends when a call hangs.</summary>
    public Task Hanging(PaymentId id) => Signal(id).Task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>A card whose holder is "fails" gets no token; the fault quotes the card, as a provider's may.</summary>
    public async ValueTask<string> Tokenise(CardDetails card, CancellationToken cancellation)
    {
        await Task.Yield();
        return card.Holder == "fails" ? throw new HttpRequestException($"no token for {card.Number} {AccountStore.OnPurpose}") : GoodCard;
    }

    public Task<ChargeStatus> Take(Charge charge, CancellationToken cancellation) => Answer(charge.PaymentId, ChargeStatus.Processing, entries =>
    {
        if (charge.CardToken == BadCard || entries.Contains("void")) return ChargeStatus.Declined;
        if (!entries.Contains("taken")) entries.Add("taken");
        return ChargeStatus.Taken;
    });

    public Task<ReturnStatus> Return(Charge charge, CancellationToken cancellation) => Answer(charge.PaymentId, ReturnStatus.Processing, entries =>
    {
        var taken = entries.Contains("taken");
        var entry = taken ? "returned" : "void";
        if (!entries.Contains(entry)) entries.Add(entry);
        return taken ? ReturnStatus.Returned : ReturnStatus.Voided;
    });

    private async Task<T> Answer<T>(PaymentId id, T late, Func<List<string>, T> decide)
    {
        asked.AddOrUpdate(id, 1, (_, times) => times + 1);
        // A provider is somewhere else: its answer is never there at once.
        await Task.Yield();
        Trouble? trouble = troubles.TryGetValue(id, out var next) && next.TryDequeue(out var first) ? first : null;
        if (trouble == Trouble.Late) return late;
        if (trouble == Trouble.Fails) throw new HttpRequestException($"a provider that failed {AccountStore.OnPurpose}");
        if (trouble == Trouble.Hangs)
        {
            Signal(id).TrySetResult();
            await new TaskCompletionSource().Task;
        }

        T answer;
        lock (gate)
        {
            if (!books.TryGetValue(id, out var entries)) books[id] = entries = [];
            answer = decide(entries);
        }

        if (Interlocked.Increment(ref begun) > before)
        {
            held.TrySetResult();
            await released.Task;
        }

        return trouble == Trouble.FailsAfterwards ? throw new HttpRequestException($"an answer that was lost {AccountStore.OnPurpose}") : answer;
    }

    private TaskCompletionSource Signal(PaymentId id) => hanging.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
