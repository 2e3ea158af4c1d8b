using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Events;
using Ticketing.Grains.Tests.Schedules;

namespace Ticketing.Grains.Tests.Events;

/// <summary>An activation of an event in a scheduled world: a ledger, and commands that are answered as a grain answers them.</summary>
internal sealed class ScheduledActivation
{
    private readonly World world;
    private readonly ScheduledStore store;
    private readonly int thread;
    private readonly TaskCompletionSource<Ledger> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ScheduledActivation(World world, ScheduledStore store, int number)
    {
        (this.world, this.store, thread, Number) = (world, store, world.NewThread(), number);
        world.Start(thread, $"activation {number}", async () => ready.SetResult(await Ledger.Open(ScheduledSale.Key, store.For(number), Bench.Start)));
    }

    public int Number { get; }

    /// <summary>The operations that it decided, in order.</summary>
    public List<OperationId> Decided { get; } = [];

    /// <summary>Has a command decided, and answers when that is durable.</summary>
    public Task<Answer<T>> Ask<T>(string what, Operation operation, Func<Sale, Answer<T>> decide)
    {
        var reply = new TaskCompletionSource<Answer<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Start(thread, $"{Number}: {what}", async () => reply.SetResult(await Handle(operation, decide)));
        return reply.Task;
    }

    private async Task<Answer<T>> Handle<T>(Operation operation, Func<Sale, Answer<T>> decide)
    {
        var ledger = await ready.Task;
        if (ledger.Stopped) return default;
        var (known, fenced) = (ledger.Sale.Knows(operation), store.Writer is >= 0 and var writer && writer != Number);
        var answer = decide(ledger.Sale);
        if (!known && ledger.Sale.Knows(operation)) Decided.Add(operation.Id);
        var durable = ledger.Commit(Bench.Start);
        if (await durable)
        {
            if (fenced) throw new InvalidOperationException($"activation {Number} answered although another one had fenced it off before it was asked");
            Audit(operation, answer);
            return answer;
        }

        if (ledger.Failure is not null) throw new InvalidOperationException("a fault of the ledger's own", ledger.Failure);
        ledger.Stop();
        return default;
    }

    /// <summary>What is answered is in the journal already, and so is what refuses.</summary>
    private void Audit<T>(Operation operation, Answer<T> answer)
    {
        var holds = answer switch
        {
            { IsDone: true } => store.Entries.Any(entry => ScheduledSale.OperationOf(entry) == operation.Id),
            { Refusal: Refusal.SeatTaken or Refusal.SoldOut } => store.Entries.Any(entry => entry is Purchased),
            { Refusal: Refusal.TicketEnded } => store.Entries.Any(entry => entry is TicketEnded),
            _ => true,
        };
        if (!holds) throw new InvalidOperationException($"activation {Number} answered {(answer.IsDone ? "what" : $"{answer.Refusal} for what")} is not in the journal");
    }
}
