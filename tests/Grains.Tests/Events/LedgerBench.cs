using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Events;

namespace Ticketing.Grains.Tests.Events;

/// <summary>The shortest words for commands on a ledger, and one thread at a time to run them on, as an activation has.</summary>
internal static class LedgerBench
{
    public static readonly DateTimeOffset Now = Bench.Start;
    // Whatever a test's clock shows: later.
    private static readonly DateTimeOffset Later = Now.AddYears(50);
    public static readonly UserId Person = new(new(7, 7));
    private static uint made;

    /// <summary>Runs on one thread at a time: what awaits goes on only when nothing else runs.</summary>
    public static Task OneThread(Func<Task> test) =>
        Task.Factory.StartNew(test, CancellationToken.None, TaskCreationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler)
            .Unwrap().WaitAsync(TimeSpan.FromSeconds(60));

    public static EventKey NewKey() => EventKey.New(Now);

    public static Operation NewOperation() => new(new(0x1ED, Interlocked.Increment(ref made)), 1);

    public static async Task<Ledger> NewEvent(IJournal journal, EventKey key, uint capacity)
    {
        var ledger = await Ledger.Open(key, journal, Now);
        var details = new EventDetails("Carmen", "An evening of opera", "Opera house", Later, capacity, 40);
        Assert.True(ledger.Sale.Create(NewOperation(), Person, details, Now).IsDone);
        Assert.True(await ledger.Commit(Now));
        return ledger;
    }

    public static Answer<TicketRecord> Decide(this Ledger ledger, uint seat, Operation? operation = null, string token = "tok_0123456789abcdef") =>
        ledger.Sale.Buy(new(operation ?? NewOperation(), Person, seat, Currency.Eur, null!), TicketId.New(Now), PaymentId.New(Now), token, Later, Now);

    /// <summary>Decides a purchase and sends it on its way.</summary>
    public static Task<bool> Buy(this Ledger ledger, uint seat, Operation? operation = null)
    {
        ledger.Decide(seat, operation);
        return ledger.Commit(Now);
    }

    /// <summary>Sells seats in as few batches as they fit in.</summary>
    public static async Task Fill(this Ledger ledger, uint from, uint to)
    {
        for (var seat = from; seat <= to; seat++)
        {
            Assert.True(ledger.Decide(seat).IsDone);
            if (seat % 1000 == 0 || seat == to) Assert.True(await ledger.Commit(Now));
        }
    }

    public static Caller Holder => new(Person, Role.User);
}
