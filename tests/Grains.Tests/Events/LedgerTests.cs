using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;
using static Ticketing.Grains.Tests.Events.LedgerBench;

namespace Ticketing.Grains.Tests.Events;

/// <summary>A sale and its journal, on storage that delays, fails and loses its answers.</summary>
public sealed class LedgerTests
{
    [Fact]
    public Task An_event_that_does_not_exist_writes_nothing() => OneThread(async () =>
    {
        var journal = new ScriptedJournal();
        var ledger = await Ledger.Open(NewKey(), journal, Now);

        Assert.Equal(Refusal.NoSuchEvent, ledger.Decide(1).Refusal);
        Assert.True(await ledger.Commit(Now));
        Assert.Empty(journal.Batches);
        Assert.Empty(journal.Snapshots);
    });

    [Fact]
    public Task A_new_event_is_recorded_with_its_first_entries_and_not_with_the_fence_before_them() => OneThread(async () =>
    {
        var journal = new ScriptedJournal();
        var ledger = await NewEvent(journal, NewKey(), 25);

        Assert.Equal([typeof(Opened), typeof(DetailsSet)], journal.Entries.Select(entry => entry.GetType()));
        Assert.Empty(journal.Changes[0]);
        Assert.Equal(new EventChanged(ledger.Sale.Record(), false), Assert.Single(journal.Changes[1]));
    });

    [Fact]
    public Task A_purchase_brings_its_ticket_its_payment_and_the_events_record_along() => OneThread(async () =>
    {
        var journal = new ScriptedJournal();
        var ledger = await NewEvent(journal, NewKey(), 25);
        var ticket = ledger.Decide(7).Value!;
        Assert.True(await ledger.Commit(Now));

        Assert.Equal(3, journal.Batches.Count);
        Assert.Collection(
            journal.Changes[2],
            change => Assert.Equal(new TicketChanged(ticket, 2), change),
            change => Assert.Equal(ticket.PaymentId, Assert.IsType<PaymentBorn>(change).State.Payment?.Id),
            change => Assert.Equal(24u, Assert.IsType<EventChanged>(change).Event.RemainingSeats));
    });

    [Fact]
    public Task Nothing_is_answered_before_it_is_durable_and_what_waits_shares_the_next_batch() => OneThread(async () =>
    {
        var journal = new ScriptedJournal();
        var ledger = await NewEvent(journal, NewKey(), 25);
        journal.Hold();

        var first = ledger.Buy(1);
        var others = Enumerable.Range(2, 9).Select(seat => ledger.Buy((uint)seat)).ToArray();
        Assert.False(first.IsCompleted);
        journal.LetOneGo();
        Assert.True(await first);
        await journal.Held();
        Assert.All(others, other => Assert.False(other.IsCompleted));
        journal.LetGo();

        Assert.All(await Task.WhenAll(others), Assert.True);
        Assert.Equal(4, journal.Batches.Count);
        Assert.Equal(9, EntryFormat.Read(journal.Batches[3].Payload).Count);
    });

    [Fact]
    public Task A_refusal_waits_until_what_it_rests_on_is_durable() => OneThread(async () =>
    {
        var journal = new ScriptedJournal();
        var ledger = await NewEvent(journal, NewKey(), 25);
        journal.Hold();
        var sold = ledger.Buy(1);

        Assert.Equal(Refusal.SeatTaken, ledger.Decide(1).Refusal);
        var refused = ledger.Commit(Now);
        Assert.False(refused.IsCompleted);
        journal.Script.Enqueue(Fate.LostBefore);
        journal.LetGo();

        Assert.False(await sold);
        Assert.False(await refused);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task After_an_unknown_outcome_the_ledger_stops_and_a_fresh_one_tells_what_became_of_it(bool stored) => OneThread(async () =>
    {
        var (journal, key) = (new ScriptedJournal(), NewKey());
        var ledger = await NewEvent(journal, key, 25);
        var operation = NewOperation();
        journal.Hold();
        var first = ledger.Buy(1, operation);
        var second = ledger.Buy(2);
        journal.Script.Enqueue(stored ? Fate.AnswerLost : Fate.LostBefore);
        journal.LetGo();

        Assert.False(await first);
        Assert.False(await second);
        Assert.True(ledger.Stopped);
        Assert.Null(ledger.Failure);
        Assert.False(await ledger.Buy(3));
        Assert.Equal(stored ? 3 : 2, journal.Batches.Count);

        var fresh = await Ledger.Open(key, journal, Now);
        Assert.Equal(stored ? 24u : 25u, fresh.Sale.Remaining);
        Assert.True(await fresh.Buy(1, operation));
        Assert.Equal([1u], SeatBook.Of(journal.Entries).Seats.Keys);
    });

    [Fact]
    public Task A_younger_ledger_fences_the_older_and_nothing_is_sold_twice() => OneThread(async () =>
    {
        var (journal, key) = (new ScriptedJournal(), NewKey());
        var older = await NewEvent(journal, key, 25);
        var younger = await Ledger.Open(key, journal, Now);

        Assert.False(await older.Buy(1));
        Assert.True(older.Stopped);
        Assert.True(await younger.Buy(1));
        Assert.True(await younger.Buy(2));
        Assert.Equal([1u, 2u], SeatBook.Of(journal.Entries).Seats.Keys.Order());
    });

    [Fact]
    public Task Of_two_ledgers_that_make_the_same_event_one_makes_it() => OneThread(async () =>
    {
        var (journal, key) = (new ScriptedJournal(), NewKey());
        var late = await Ledger.Open(key, journal, Now);
        await NewEvent(journal, key, 25);

        Assert.True(late.Sale.Create(NewOperation(), Person, new("Tosca", "An evening of opera", "Opera house", Now.AddDays(1), 99, 1), Now).IsDone);
        Assert.False(await late.Commit(Now));
        Assert.Equal("Carmen", (await Ledger.Open(key, journal, Now)).Sale.Details?.Title);
    });

    [Fact]
    public Task A_batch_on_its_way_when_the_younger_opens_is_found_by_it_or_lost_for_good() => OneThread(async () =>
    {
        foreach (var arrivesFirst in new[] { true, false })
        {
            var (journal, key) = (new ScriptedJournal(), NewKey());
            var older = await NewEvent(journal, key, 25);
            journal.Hold();
            var sold = older.Buy(1);
            Ledger younger;
            if (arrivesFirst)
            {
                journal.LetGo();
                Assert.True(await sold);
                younger = await Ledger.Open(key, journal, Now);
            }
            else
            {
                // The younger replays, and the older's batch takes the number that it meant for its fence: it has to replay again.
                var opening = Ledger.Open(key, journal, Now);
                journal.LetGo();
                younger = await opening;
                Assert.True(await sold);
            }

            Assert.Equal(Refusal.SeatTaken, younger.Decide(1).Refusal);
            Assert.True(await younger.Commit(Now));
        }
    });

    [Fact]
    public Task An_opening_that_keeps_failing_gives_up_instead_of_writing_unfenced() => OneThread(async () =>
    {
        var (journal, key) = (new ScriptedJournal(), NewKey());
        await NewEvent(journal, key, 25);
        for (var i = 0; i < 5; i++) journal.Script.Enqueue(Fate.LostBefore);

        var ledger = await Ledger.Open(key, journal, Now);
        Assert.True(ledger.Stopped);
        Assert.False(await ledger.Commit(Now));
        Assert.Equal(2, journal.Batches.Count);
        Assert.False((await Ledger.Open(key, journal, Now)).Stopped);
    });

    [Fact]
    public Task What_cannot_be_written_stops_the_ledger_and_nobody_waits_for_ever() => OneThread(async () =>
    {
        var (journal, key) = (new ScriptedJournal(), NewKey());
        var ledger = await NewEvent(journal, key, 25);
        Assert.True(ledger.Decide(1, token: null!).IsDone);

        Assert.False(await ledger.Commit(Now));

        Assert.True(ledger.Stopped);
        Assert.NotNull(ledger.Failure);
        Assert.True(await (await Ledger.Open(key, journal, Now)).Buy(1));
    });

    [Fact]
    public Task A_ledger_that_is_given_up_tells_those_who_wait_and_still_keeps_what_was_under_way() => OneThread(async () =>
    {
        var journal = new ScriptedJournal();
        var ledger = await NewEvent(journal, NewKey(), 25);
        journal.Hold();
        var (underWay, waiting) = (ledger.Buy(1), ledger.Buy(2));

        ledger.Stop();
        Assert.False(await waiting);
        journal.LetGo();

        Assert.True(await underWay);
        Assert.False(await ledger.Commit(Now));
        Assert.Equal([1u], SeatBook.Of(journal.Entries).Seats.Keys);
    });

    [Fact]
    public Task Nothing_is_written_of_an_activation_whose_opening_was_not() => OneThread(async () =>
    {
        var (journal, key) = (new ScriptedJournal(), NewKey());
        var ledger = await Ledger.Open(key, journal, Now);
        ledger.Sale.Create(NewOperation(), Person, new("Carmen", "An evening of opera", "Opera house", Now.AddDays(1), 25, 40), Now);
        journal.Script.Enqueue(Fate.LostBefore);

        Assert.False(await ledger.Commit(Now));
        Assert.True(ledger.Stopped);
        Assert.Empty(journal.Batches);
        await NewEvent(journal, key, 25);
        Assert.Equal([typeof(Opened), typeof(DetailsSet)], journal.Entries.Select(entry => entry.GetType()));
    });

    [Fact]
    public Task A_batch_holds_a_bounded_number_of_entries() => OneThread(async () =>
    {
        var journal = new ScriptedJournal();
        var ledger = await NewEvent(journal, NewKey(), 10_000);
        journal.Hold();
        var bought = Enumerable.Range(1, 9_000).Select(seat => ledger.Buy((uint)seat)).ToArray();
        journal.LetGo();

        Assert.All(await Task.WhenAll(bought), Assert.True);
        var counts = journal.Batches.Select(batch => EntryFormat.Read(batch.Payload).Count).ToArray();
        Assert.Equal((9_002, 4096), (counts.Sum(), counts.Max()));
    });

    [Fact]
    public Task Every_end_orders_one_return_and_births_one_notification() => OneThread(async () =>
    {
        var journal = new ScriptedJournal();
        var ledger = await NewEvent(journal, NewKey(), 25);
        var ticket = ledger.Decide(1).Value!;
        await ledger.Commit(Now);
        for (var i = 0; i < 3; i++)
        {
            ledger.Sale.End(new(NewOperation(), ticket.Id, Holder, TicketStatus.Cancelled), Now);
            Assert.True(await ledger.Commit(Now));
        }

        var born = journal.Changes.SelectMany(changes => changes).OfType<NotificationBorn>();
        Assert.Equal(Person, Assert.Single(born).State.Notification?.UserId);
        Assert.Equal(TicketStatus.Cancelled, journal.Changes[^1].OfType<TicketChanged>().Single().Ticket.Status);
    });
}
