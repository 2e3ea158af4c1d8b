using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Auth;
using Ticketing.Grains.Events;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;
using Ticketing.Grains.Tickets;

namespace Ticketing.Storage.Tests.Conformance;

/// <summary>The journal's port and the read port of each word: what a batch changes is what lists answer.</summary>
public abstract class PortConformance(Database database) : LoopConformance(database)
{
    private readonly EventKey key = new(Samples.Id());

    private IJournal Journal => Port<IJournal>();

    [SkippableFact]
    public async Task A_purchase_is_in_every_list_as_soon_as_it_is_committed()
    {
        var (ticket, payment, notification) = (Samples.Ticket(seat: uint.MaxValue), Samples.Payment(), Samples.Notification());
        Assert.Equal(
            AppendOutcome.Committed,
            await Append(key, 1, [new TicketChanged(ticket, 1), new PaymentBorn(payment), new NotificationBorn(notification)]));

        Assert.Equal(ticket, await Port<ITicketRecords>().Find(ticket.Id));
        Assert.Equal([ticket], (await Port<ITicketRecords>().List(null, PageRequest.First)).Items);
        Assert.Equal([payment.Payment!], (await Port<IPaymentRecords>().List(PageRequest.First)).Items);
        Assert.Equal([notification.Notification!], (await Port<INotificationRecords>().List(PageRequest.First)).Items);
        Assert.Single(await Journal.Read(key, 0, 10));
    }

    [SkippableFact]
    public async Task Of_two_writers_of_one_number_the_later_is_fenced_and_its_ticket_does_not_exist()
    {
        var (mine, theirs) = (Samples.Ticket(), Samples.Ticket());
        Assert.Equal(AppendOutcome.Committed, await Append(key, 1, [new TicketChanged(mine, 1)]));
        Assert.Equal(AppendOutcome.Fenced, await Append(key, 1, [new TicketChanged(theirs, 1)]));
        Assert.Equal([mine], (await Port<ITicketRecords>().List(null, PageRequest.First)).Items);
    }

    [SkippableFact]
    public async Task Of_many_writers_at_once_one_gets_the_number()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(
            () => Append(key, 1, [new TicketChanged(Samples.Ticket(seat: (uint)i), 1)]))));
        Assert.Single(outcomes, AppendOutcome.Committed);
        Assert.Equal(99, outcomes.Count(outcome => outcome == AppendOutcome.Fenced));
        Assert.Single((await Port<ITicketRecords>().List(null, PageRequest.First)).Items);
    }

    [SkippableFact]
    public async Task A_payment_or_notification_that_lives_already_is_not_born_again()
    {
        var (payment, notification) = (Samples.Payment(), Samples.Notification());
        await Append(key, 1, [new PaymentBorn(payment), new NotificationBorn(notification)]);
        var again = (
            payment with { Payment = payment.Payment! with { Status = PaymentStatus.Failed } },
            notification with { Notification = notification.Notification! with { Status = NotificationStatus.Failed } });
        await Append(key, 2, [new PaymentBorn(again.Item1), new NotificationBorn(again.Item2)]);
        Assert.Equal([payment.Payment!], (await Port<IPaymentRecords>().List(PageRequest.First)).Items);
        Assert.Equal([notification.Notification!], (await Port<INotificationRecords>().List(PageRequest.First)).Items);
    }

    [SkippableFact]
    public async Task A_ticket_record_never_goes_back_in_the_ledger()
    {
        var ticket = Samples.Ticket();
        var ended = ticket with { Status = TicketStatus.Refunded };
        await Append(key, 1, [new TicketChanged(ended, 9)]);
        await Append(key, 2, [new TicketChanged(ticket, 8)]);
        Assert.Equal(ended, await Port<ITicketRecords>().Find(ticket.Id));
    }

    [SkippableFact]
    public async Task A_deleted_event_leaves_every_list()
    {
        var (kept, gone) = (Samples.Event(version: 3), Samples.Event(version: 4));
        await Append(kept.Id, 1, [new EventChanged(kept, false)]);
        await Append(gone.Id, 1, [new EventChanged(gone, false)]);
        var records = Port<IEventRecords>();
        Assert.Equal([kept, gone], (await records.List(PageRequest.First)).Items);

        await Append(gone.Id, 2, [new EventChanged(gone with { Version = 5 }, true)]);
        Assert.Equal([kept], (await records.List(PageRequest.First)).Items);
        Assert.Null(await records.Find(gone.Id));
        Assert.Equal(kept, await records.Find(kept.Id));
    }

    [SkippableFact]
    public async Task A_deleted_ticket_leaves_every_list_and_its_event_is_known_still()
    {
        var owner = new UserId(Samples.Id());
        var (kept, gone) = (Samples.Ticket(owner: owner), Samples.Ticket(owner: owner));
        await Append(key, 1, [new TicketChanged(kept, 1), new TicketChanged(gone, 2)]);
        await Append(key, 2, [new TicketChanged(gone with { Status = TicketStatus.Refunded }, 3, IsDeleted: true)]);
        // A ledger that writes its tail again brings nothing back.
        await Append(key, 3, [new TicketChanged(gone, 2)]);

        var records = Port<ITicketRecords>();
        Assert.Equal([kept], (await records.List(null, PageRequest.First)).Items);
        Assert.Equal([kept], (await records.List(owner, PageRequest.First)).Items);
        Assert.Null(await records.Find(gone.Id));
        Assert.Equal(kept, await records.Find(kept.Id));
        Assert.Equal((gone.EventId, kept.EventId), (await records.EventOf(gone.Id), await records.EventOf(kept.Id)));
        Assert.Null(await records.EventOf(new(Samples.Id())));
    }

    [SkippableFact]
    public async Task What_was_deleted_leaves_the_list_and_is_not_born_again()
    {
        var (notification, payment) = (Samples.Notification(nextAt: Samples.Noon), Samples.Payment(nextAt: Samples.Noon));
        var kept = (Samples.Notification(), Samples.Payment());
        await Append(key, 1, [new NotificationBorn(kept.Item1), new NotificationBorn(notification with { NextAt = null, IsDeleted = true })]);
        await Append(key, 2, [new PaymentBorn(kept.Item2), new PaymentBorn(payment with { NextAt = null, IsDeleted = true })]);

        await Append(key, 3, [new NotificationBorn(notification), new PaymentBorn(payment)]);

        Assert.Equal([kept.Item1.Notification!], (await Port<INotificationRecords>().List(PageRequest.First)).Items);
        Assert.Equal([kept.Item2.Payment!], (await Port<IPaymentRecords>().List(PageRequest.First)).Items);
        Assert.Empty(await Port<INotificationRecords>().Due(NotificationState.ShardOf(notification.Notification!.Id), Samples.Noon, null, 10));
        Assert.Empty(await Port<IPaymentRecords>().Due(PaymentState.ShardOf(payment.Payment!.Id), Samples.Noon, null, 10));
    }

    [SkippableFact]
    public async Task Extreme_values_of_an_event_survive()
    {
        var most = Samples.Event() with
        {
            Details = new("Ünïcödé 🎭\0", "line\nbreak", "'; DROP TABLE events --", DateTimeOffset.FromUnixTimeMilliseconds(-62_135_596_800_000), uint.MaxValue, uint.MaxValue),
            RemainingSeats = uint.MaxValue,
            Version = long.MaxValue,
        };
        await Append(key, 1, [new EventChanged(most, false)]);
        Assert.Equal(most, await Port<IEventRecords>().Find(most.Id));
    }

    [SkippableFact]
    public async Task An_owner_lists_their_own_tickets_in_pages()
    {
        var (me, other) = (new UserId(Samples.Id()), new UserId(Samples.Id()));
        var tickets = Enumerable.Range(0, 25).Select(i => Samples.Ticket(owner: i % 5 == 4 ? other : me, seat: (uint)i + 1)).ToArray();
        await Append(key, 1, [.. tickets.Select((ticket, i) => new TicketChanged(ticket, i + 1))]);

        var seen = new List<TicketRecord>();
        var pages = new List<int>();
        for (var page = new PageRequest(null, 10); ;)
        {
            var answer = await Port<ITicketRecords>().List(me, page);
            seen.AddRange(answer.Items);
            pages.Add(answer.Items.Length);
            if (answer.Next is not { } next) break;
            page = page with { After = next };
        }

        // A full last page has no next one.
        Assert.Equal([10, 10], pages);
        Assert.Equal(tickets.Where(ticket => ticket.UserId == me), seen);
        Assert.Equal(25, (await Port<ITicketRecords>().List(null, PageRequest.First)).Items.Length);
    }

    [SkippableFact]
    public async Task What_is_due_is_found_by_shard_and_time_and_nothing_else_is()
    {
        var now = Samples.Noon;
        var payments = Enumerable.Range(0, 40).Select(i => Samples.Payment(nextAt: i % 4 == 3 ? null : now.AddSeconds(i % 4 - 1))).ToArray();
        await Append(key, 1, [.. payments.Select(payment => new PaymentBorn(payment))]);

        var found = new List<PaymentId>();
        for (var shard = 0; shard < PaymentState.Shards; shard++)
        {
            PaymentId? after = null;
            while (await Port<IPaymentRecords>().Due(shard, now, after, 1) is [var id])
            {
                Assert.Equal(shard, PaymentState.ShardOf(id));
                found.Add(id);
                after = id;
            }
        }

        Assert.Equal(payments.Where(payment => payment.NextAt <= now).Select(payment => payment.Payment!.Id), found.OrderBy(id => id.Value));
        var notification = Samples.Notification(nextAt: now);
        await Append(key, 2, [new NotificationBorn(notification)]);
        var mine = NotificationState.ShardOf(notification.Notification!.Id);
        Assert.Equal([notification.Notification.Id], await Port<INotificationRecords>().Due(mine, now, null, 10));
        Assert.Empty(await Port<INotificationRecords>().Due(mine, now.AddMilliseconds(-1), null, 10));
    }

    [SkippableFact]
    public async Task An_ended_token_is_found_by_when_it_was_ended_and_the_later_end_of_a_key_counts()
    {
        var (records, now, year3000) = (Port<IEndedTokenRecords>(), Samples.Noon, 32_503_680_000);
        var ended = Enumerable.Range(0, 5).Select(i => new EndedToken(Samples.Id(), year3000 + i, now.AddMilliseconds(i))).ToArray();
        foreach (var one in ended) Assert.True(await records.Add(one));
        var later = ended[0] with { Expires = year3000 + 99, EndedAt = now.AddMilliseconds(50) };
        Assert.True(await records.Add(later));
        Assert.True(await records.Add(ended[0]));
        await Restart();

        records = Port<IEndedTokenRecords>();
        Assert.Equal(ended.Skip(1).Prepend(later), (await records.Since(DateTimeOffset.UnixEpoch, PageRequest.First)).Items);
        Assert.Equal([later, ended[4]], (await records.Since(now.AddMilliseconds(3), PageRequest.First)).Items);
        var page = await records.Since(now.AddMilliseconds(3), new(null, 1));
        Assert.Equal((later, later.Key), (Assert.Single(page.Items), page.Next!.Value));
        Assert.Equal([ended[4]], (await records.Since(now.AddMilliseconds(3), new(page.Next, 1))).Items);
    }

    [SkippableFact]
    public async Task Ended_tokens_that_expired_long_ago_go_as_new_ones_come()
    {
        var (records, year3000) = (Port<IEndedTokenRecords>(), 32_503_680_000);
        for (var i = 0; i < 10; i++) await records.Add(new(Samples.Id(), year3000, Samples.Noon));
        for (var i = 0; i < 10; i++) await records.Add(new(Samples.Id(), 1000 + i, Samples.Noon));
        await records.Add(new(Samples.Id(), year3000, Samples.Noon));
        await Restart();

        var left = (await Port<IEndedTokenRecords>().Since(DateTimeOffset.UnixEpoch, PageRequest.First)).Items;
        Assert.All(left, one => Assert.Equal(year3000, one.Expires));
        Assert.Equal(11, left.Length);
    }

    [SkippableFact]
    public async Task A_snapshot_is_read_back_and_the_newest_counts()
    {
        Assert.Null(await Journal.ReadSnapshot(key));
        await Journal.SaveSnapshot(key, new(3, [1, 2, 3], [9]));
        await Journal.SaveSnapshot(key, new(7, [4, 5], [8]));
        await Restart();
        var read = await Journal.ReadSnapshot(key);
        Assert.Equal(7, read!.Number);
        Assert.Equal([4, 5], read.Payload);
        Assert.Equal([8], read.Chain);
    }

    private Task<AppendOutcome> Append(EventKey key, long number, RecordChange[] changes)
    {
        var batch = new OpenBatch(number, Guid.NewGuid(), [], null);
        batch.Fence(new Opened(Samples.Noon), changes, null);
        Journal.Append(key, batch);
        return batch.Settled;
    }
}
