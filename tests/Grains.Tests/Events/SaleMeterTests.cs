using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;
using static Ticketing.Grains.Tests.Events.LedgerBench;

namespace Ticketing.Grains.Tests.Events;

/// <summary>What a ledger shows of itself.</summary>
public sealed class SaleMeterTests : IDisposable
{
    private readonly FakeTimeProvider time = new(Now);
    private readonly ServiceProvider process;
    private readonly SaleMeter meter;
    private readonly ScriptedJournal journal = new();

    public SaleMeterTests()
    {
        process = new ServiceCollection().AddMetrics().AddSingleton<TimeProvider>(time).AddTicketingMeters().BuildServiceProvider();
        meter = process.GetRequiredService<SaleMeter>();
    }

    public void Dispose() => process.Dispose();

    [Fact]
    public Task Purchases_are_counted_when_they_are_durable_and_repeats_and_refusals_are_not() => OneThread(async () =>
    {
        using var purchases = process.Collect<long>("ticketing.purchases");
        using var sizes = process.Collect<int>("ticketing.journal.batch.size");
        var ledger = await NewEvent(journal, NewKey(), 25);
        meter.Watch(ledger, Now);
        Assert.Equal(0, purchases.Now());

        var operation = NewOperation();
        journal.Hold();
        var sold = ledger.Buy(1, operation);
        Task<bool>[] others = [ledger.Buy(2), ledger.Buy(3), ledger.Buy(3), ledger.Buy(1, operation)];
        Assert.Equal(0, purchases.Now());
        journal.LetGo();
        await Task.WhenAll([sold, .. others]);

        Assert.Equal(3, purchases.Now());
        Assert.Equal([1, 2], sizes.Values());
    });

    [Fact]
    public Task A_purchase_whose_outcome_stays_unknown_is_not_counted() => OneThread(async () =>
    {
        using var purchases = process.Collect<long>("ticketing.purchases");
        var ledger = await NewEvent(journal, NewKey(), 25);
        meter.Watch(ledger, Now);
        journal.Script.Enqueue(Fate.AnswerLost);

        Assert.False(await ledger.Buy(1));
        Assert.Equal(0, purchases.Now());
    });

    [Fact]
    public Task A_purchase_allocates_nothing_for_being_counted() => OneThread(async () =>
    {
        using var purchases = process.Collect<long>("ticketing.purchases");
        var ledger = await NewEvent(journal, NewKey(), 25);
        meter.Watch(ledger, Now);
        ledger.Decide(1);
        List<Entry> entries = [.. ledger.Sale.TakeDecided()];
        ledger.Committed!(entries);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) ledger.Committed!(entries);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(1001, purchases.Now());
        // The tests' runtime may count a little of its own.
        Assert.InRange(allocated, 0, 1000);
    });

    [Fact]
    public Task The_outbox_is_as_old_as_the_oldest_order_that_waits() => OneThread(async () =>
    {
        using var age = process.Collect<double>("ticketing.outbox.age");
        var ledger = await NewEvent(journal, NewKey(), 25);
        meter.Watch(ledger, Now);
        var tickets = new[] { ledger.Decide(1).Value!, ledger.Decide(2).Value! };
        Assert.Equal(0, age.Now());

        await End(ledger, tickets[0], 0);
        await End(ledger, tickets[1], 10);
        time.SetUtcNow(Now.AddSeconds(30));
        Assert.Equal(30, age.Now());

        await Return(ledger, tickets[0]);
        Assert.Equal(20, age.Now());
        await Return(ledger, tickets[1]);
        Assert.Equal(0, age.Now());
    });

    [Fact]
    public Task An_event_that_woke_with_orders_counts_their_age_from_then_and_one_that_sleeps_counts_no_more() => OneThread(async () =>
    {
        using var age = process.Collect<double>("ticketing.outbox.age");
        var key = NewKey();
        var first = await NewEvent(journal, key, 25);
        var ticket = first.Decide(1).Value!;
        await End(first, ticket, 0);

        time.SetUtcNow(Now.AddHours(1));
        var woken = await Ledger.Open(key, journal, Now.AddHours(1));
        var watch = meter.Watch(woken, Now.AddHours(1));
        time.SetUtcNow(Now.AddHours(1).AddSeconds(5));
        Assert.Equal(5, age.Now());

        await meter.Forget(watch);
        Assert.Equal(0, age.Now());
    });

    [Fact]
    public Task The_length_of_the_journal_is_what_the_event_with_the_longest_tail_would_read() => OneThread(async () =>
    {
        using var length = process.Collect<int>("ticketing.journal.length");
        using var replays = process.Collect<int>("ticketing.journal.replay.length");
        var key = NewKey();
        var ledger = await NewEvent(journal, key, 2_000);
        Assert.Equal(0, length.Now());
        var watch = meter.Watch(ledger, Now);
        for (uint seat = 1; seat <= 10; seat++) await ledger.Buy(seat);
        meter.Watch(await NewEvent(new ScriptedJournal(), NewKey(), 25), Now);
        Assert.Equal(journal.Batches.Count, length.Now());

        await meter.Forget(watch);
        meter.Watch(await Ledger.Open(key, journal, Now), Now);
        Assert.Equal(journal.Batches.Count, replays.Values()[^1]);
        Assert.Equal(journal.Batches.Count, length.Now());
    });

    [Fact]
    public Task A_snapshot_makes_the_journal_short_again() => OneThread(async () =>
    {
        using var length = process.Collect<int>("ticketing.journal.length");
        var ledger = await NewEvent(journal, NewKey(), 2_000);
        meter.Watch(ledger, Now);
        await ledger.Fill(1, 1_000);

        Assert.Single(journal.Snapshots);
        Assert.Equal(journal.Batches.Count - journal.Snapshots[0].Number, length.Now());
    });

    private static async Task End(Ledger ledger, TicketRecord ticket, int afterSeconds)
    {
        Assert.True(ledger.Sale.End(new(NewOperation(), ticket.Id, Holder, TicketStatus.Cancelled), Now.AddSeconds(afterSeconds)).IsDone);
        Assert.True(await ledger.Commit(Now.AddSeconds(afterSeconds)));
    }

    private static async Task Return(Ledger ledger, TicketRecord ticket)
    {
        ledger.Sale.AcknowledgeReturn(ticket.Id, Now);
        Assert.True(await ledger.Commit(Now));
    }
}
