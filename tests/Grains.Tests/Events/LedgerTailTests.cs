using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;
using static Ticketing.Grains.Tests.Events.LedgerBench;

namespace Ticketing.Grains.Tests.Events;

/// <summary>Records that a store could not write with their batch are written by the next activation.</summary>
public sealed class LedgerTailTests
{
    private readonly ScriptedJournal journal = new();
    private readonly EventKey key = NewKey();

    [Fact]
    public Task An_activation_writes_the_records_of_the_last_batch_again() => OneThread(async () =>
    {
        var ledger = await NewEvent(journal, key, 10);
        Assert.True(await ledger.Buy(1));
        var before = Records();
        journal.Script.Enqueue(Fate.RecordsLost);
        Assert.False(await ledger.Buy(2));
        Assert.Equal(before, Records());

        var next = await Ledger.Open(key, journal, Now);

        Assert.Equal([1u, 2u], next.Sale.Tickets.Select(ticket => ticket.SeatNumber));
        Assert.Equal(next.Sale.Tickets, Records());
        Assert.Equal(2, Changes.OfType<PaymentBorn>().Select(born => born.State.Payment!.TicketId).Distinct().Count());
        Assert.Equal(next.Sale.Record(), Changes.OfType<EventChanged>().Last().Event);
    });

    [Fact]
    public Task Activations_that_are_cut_off_too_hand_the_work_on() => OneThread(async () =>
    {
        var ledger = await NewEvent(journal, key, 10);
        foreach (var fate in new[] { Fate.RecordsLost, Fate.RecordsLost, Fate.LostBefore, Fate.RecordsLost }) journal.Script.Enqueue(fate);
        Assert.False(await ledger.Buy(1));

        // It tries several times to open; each time, and each time in vain, what is missing goes along.
        var next = await Ledger.Open(key, journal, Now);

        Assert.True(await next.Durable());
        Assert.Equal(next.Sale.Tickets, Records());
    });

    [Fact]
    public Task The_record_of_an_event_alone_is_written_again() => OneThread(async () =>
    {
        var ledger = await NewEvent(journal, key, 10);
        journal.Script.Enqueue(Fate.RecordsLost);
        Assert.True(ledger.Sale.Allot(NewOperation(), -3, null, Now).IsDone);
        Assert.False(await ledger.Commit(Now));

        await Ledger.Open(key, journal, Now);

        Assert.Equal(7u, Changes.OfType<EventChanged>().Last().Event.RemainingSeats);
    });

    [Fact]
    public Task Only_the_last_batch_is_written_again_and_nothing_after_a_snapshot_of_it() => OneThread(async () =>
    {
        var ledger = await NewEvent(journal, key, 10);
        await ledger.Buy(1);
        await ledger.Buy(2);
        await Ledger.Open(key, journal, Now);
        Assert.Equal([2u], journal.Changes[^1].OfType<TicketChanged>().Select(changed => changed.Ticket.SeatNumber));

        var sale = (await Ledger.Open(key, journal, Now)).Sale;
        await journal.SaveSnapshot(key, new(journal.Batches.Count, sale.ToSnapshot(), journal.Batches[^1].Chain));
        await Ledger.Open(key, journal, Now);
        Assert.Empty(journal.Changes[^1]);
    });

    [Fact]
    public Task A_notification_is_born_again_as_the_same() => OneThread(async () =>
    {
        var ledger = await NewEvent(journal, key, 10);
        await ledger.Buy(1);
        var ticket = ledger.Sale.Tickets.Single().Id;
        Assert.True(ledger.Sale.Change(new MoveSeat(NewOperation(), ticket, Holder, 5), Now).IsDone);
        Assert.True(await ledger.Commit(Now));
        var born = Changes.OfType<NotificationBorn>().Single().State.Notification;

        await Ledger.Open(key, journal, Now);

        Assert.Equal([born, born], Changes.OfType<NotificationBorn>().Select(one => one.State.Notification));
    });

    private IEnumerable<RecordChange> Changes => journal.Changes.SelectMany(changes => changes);

    /// <summary>The tickets' records, as a store has them that was given these changes.</summary>
    private IEnumerable<TicketRecord> Records() => Changes.OfType<TicketChanged>()
        .GroupBy(change => change.Ticket.Id).Select(group => group.MaxBy(change => change.Version)!.Ticket).OrderBy(ticket => ticket.Id.Value);
}
