using Microsoft.Extensions.DependencyInjection;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;
using Ticketing.Grains.Payments;
using Ticketing.Grains.Tickets;
using static Ticketing.Grains.Tests.Events.SaleCluster;

namespace Ticketing.Grains.Tests.Events;

/// <summary>Events in the real runtime, two silos over one store.</summary>
[Collection(Name)]
public sealed class EventGrainTests(SaleCluster cluster) : IDisposable
{
    public void Dispose() => cluster.EndTest();

    [Fact]
    public async Task Two_hundred_buyers_of_fifty_seats_get_exactly_fifty()
    {
        var key = await cluster.NewEvent(50);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => cluster.Event(key, i % 2).Buy(cluster.NewPurchase((uint)(i % 50) + 1))));

        var sold = answers.Where(answer => answer.IsDone).Select(answer => answer.Value!).ToArray();
        Assert.Equal(50, sold.Select(ticket => ticket.SeatNumber).Distinct().Count());
        Assert.Equal(50, sold.Length);
        Assert.Equal(150, answers.Count(answer => answer is { Outcome: Outcome.Refused, Refusal: Refusal.SeatTaken or Refusal.SoldOut }));
        var book = await cluster.Book(key);
        Assert.Equal(sold.Select(ticket => (ticket.SeatNumber, ticket.Id)).Order(BySeat), book.Seats.Select(seat => (seat.Key, seat.Value)).Order(BySeat));
        Assert.Equal(0u, (await Record(key))!.RemainingSeats);
        Assert.Equal(Refusal.SoldOut, (await cluster.Event(key).Buy(cluster.NewPurchase(1))).Refusal);
    }

    [Fact]
    public async Task An_organiser_is_answered_while_the_provider_is_slow_to_give_money_back()
    {
        var key = await cluster.NewEvent(25);
        var ticket = (await cluster.Event(key).Buy(cluster.NewPurchase(7))).Value!;
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Provider.HoldReturns = held.Task;
        Assert.True((await cluster.Event(key).Change(cluster.NewEnd(ticket))).IsDone);
        cluster.Time.Advance(TimeSpan.FromSeconds(2));
        await Until(() => Task.FromResult(cluster.Provider.Returns.ContainsKey(ticket.PaymentId)));

        var withheld = await cluster.Event(key).Allot(NewOperation(), -1, null).WaitAsync(TimeSpan.FromSeconds(10));
        var deleted = await cluster.Event(key).Delete(NewOperation(), new(default, Role.Admin), null).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal((24u, 0u), (withheld.Value!.RemainingSeats, deleted.Value!.RemainingSeats));
        held.SetResult();
        await Until(async () => (await cluster.Engine.Entries(key)).OfType<ReturnDone>().Any());
    }

    [Fact]
    public async Task A_buyer_reads_what_was_just_bought()
    {
        var key = await cluster.NewEvent(25);

        var ticket = (await cluster.Event(key).Buy(cluster.NewPurchase(7))).Value!;

        Assert.Equal(ticket, await cluster.Silo(1).GetRequiredService<ITicketRecords>().Find(ticket.Id));
        var payment = await cluster.Payment(ticket.PaymentId).Read();
        Assert.Equal(
            new PaymentRecord(ticket.PaymentId, new(40, Currency.Eur), PaymentStatus.Pending, PaymentReason.None, ticket.PurchaseDate, ticket.UserId, key, ticket.Id),
            payment.Value);
        Assert.Equal(24u, (await Record(key))!.RemainingSeats);
    }

    [Fact]
    public async Task One_operation_in_parallel_and_after_deactivation_is_one_ticket_and_one_payment()
    {
        var key = await cluster.NewEvent(25);
        var purchase = cluster.NewPurchase(7);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => cluster.Event(key, i % 2).Buy(purchase)));
        await cluster.Deactivate(cluster.Event(key));
        var later = await cluster.Event(key).Buy(purchase);

        Assert.True(later.IsDone);
        Assert.All(answers, answer => Assert.Equal(later, answer));
        Assert.Single((await cluster.Engine.Entries(key)).OfType<Purchased>());
        var payments = await cluster.Silo(0).GetRequiredService<IPaymentRecords>().List(PageRequest.First);
        Assert.Single(payments.Items, payment => payment.EventId == key);
        var changed = purchase with { Operation = purchase.Operation with { Fingerprint = 2 }, Seat = 8 };
        Assert.Equal(Refusal.OperationIdReused, (await cluster.Event(key).Buy(changed)).Refusal);
    }

    [Fact]
    public async Task Ends_in_parallel_and_in_any_order_give_the_seat_back_once()
    {
        var key = await cluster.NewEvent(25);
        var ticket = (await cluster.Event(key).Buy(cluster.NewPurchase(7))).Value!;

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            cluster.Event(key, i % 2).Change(cluster.NewEnd(ticket, i % 3 == 0 ? TicketStatus.Refunded : TicketStatus.Cancelled))));

        var end = answers.First(answer => answer.IsDone).Value!.Status;
        Assert.All(answers, answer => Assert.True(answer.IsDone ? answer.Value.Status == end : answer.Refusal == Refusal.TicketEnded));
        Assert.Single((await cluster.Engine.Entries(key)).OfType<TicketEnded>());
        Assert.Equal(25u, (await Record(key))!.RemainingSeats);
    }

    [Fact]
    public async Task A_ticket_cancelled_before_its_payment_stays_cancelled_and_the_money_is_never_taken()
    {
        var key = await cluster.NewEvent(25);
        var ticket = (await cluster.Event(key).Buy(cluster.NewPurchase(7))).Value!;
        Assert.True((await cluster.Event(key).Change(cluster.NewEnd(ticket))).IsDone);

        Assert.True((await cluster.Event(key).Buy(cluster.NewPurchase(7))).IsDone);
        await ReturnIsDone(key, ticket);

        var payment = (await cluster.Payment(ticket.PaymentId).Read()).Value!;
        Assert.Equal((PaymentStatus.Failed, PaymentReason.Voided), (payment.Status, payment.Reason));
        Assert.Null(await cluster.Payment(ticket.PaymentId).Settle());
        Assert.Equal(TicketStatus.Cancelled, (await Ticket(ticket)).Status);
        Assert.Equal(1, cluster.Provider.Returns[ticket.PaymentId]);
    }

    [Fact]
    public async Task Money_that_was_taken_while_its_ticket_was_cancelled_is_given_back_once()
    {
        var key = await cluster.NewEvent(25);
        var ticket = (await cluster.Event(key).Buy(cluster.NewPurchase(7))).Value!;
        var settled = await cluster.Payment(ticket.PaymentId).Settle();
        Assert.True(settled!.Succeeded);
        Assert.True((await cluster.Event(key).Change(cluster.NewEnd(ticket))).IsDone);

        Assert.True(await cluster.Event(key).Settle([settled]));
        Assert.True(await cluster.Event(key).Settle([settled]));
        await ReturnIsDone(key, ticket);

        Assert.Equal(PaymentStatus.Refunded, (await cluster.Payment(ticket.PaymentId).Read()).Value!.Status);
        Assert.Equal(TicketStatus.Cancelled, (await Ticket(ticket)).Status);
        Assert.Equal(1, cluster.Provider.Returns[ticket.PaymentId]);
    }

    [Fact]
    public async Task A_return_that_fails_is_asked_for_again_until_it_is_done_and_holds_nobody_up()
    {
        var key = await cluster.NewEvent(25);
        var (first, second) = ((await cluster.Event(key).Buy(cluster.NewPurchase(1))).Value!, (await cluster.Event(key).Buy(cluster.NewPurchase(2))).Value!);
        cluster.Provider.FailReturn = payment => payment == first.PaymentId;
        foreach (var ticket in new[] { first, second }) Assert.True((await cluster.Event(key).Change(cluster.NewEnd(ticket))).IsDone);

        await ReturnIsDone(key, second);
        Assert.Contains(first.Id, (await cluster.Book(key)).Returns);
        cluster.Provider.FailReturn = null;
        await ReturnIsDone(key, first);

        Assert.Equal(1, cluster.Provider.Returns[second.PaymentId]);
        Assert.Equal((PaymentStatus.Failed, PaymentReason.Voided), await Standing(first));
    }

    [Fact]
    public async Task One_return_that_fails_does_not_slow_down_the_others()
    {
        var key = await cluster.NewEvent(200);
        var tickets = await Task.WhenAll(Enumerable.Range(1, 200).Select(async seat => (await cluster.Event(key).Buy(cluster.NewPurchase((uint)seat))).Value!));
        var failing = tickets.MinBy(ticket => ticket.Id.Value)!;
        cluster.Provider.FailReturn = payment => payment == failing.PaymentId;
        await Task.WhenAll(tickets.Select(ticket => cluster.Event(key).Change(cluster.NewEnd(ticket))));

        // One beat, however many returns.
        cluster.Time.Advance(TimeSpan.FromSeconds(2));
        await Until(async () => (await cluster.Engine.Entries(key)).OfType<ReturnDone>().Count() == 199);

        Assert.Equal([failing.Id], (await cluster.Book(key)).Returns);
    }

    [Fact]
    public async Task A_deleted_event_ends_its_tickets_and_gives_the_money_back_and_its_title_is_free()
    {
        var key = await cluster.NewEvent(25);
        var details = (await Record(key))!.Details;
        var paid = (await cluster.Event(key).Buy(cluster.NewPurchase(1))).Value!;
        var pending = (await cluster.Event(key).Buy(cluster.NewPurchase(2))).Value!;
        Assert.True(await cluster.Event(key).Settle([(await cluster.Payment(paid.PaymentId).Settle())!]));
        Assert.Equal(TicketStatus.Active, (await Ticket(paid)).Status);

        var deleted = await cluster.Event(key).Delete(NewOperation(), new((await Record(key))!.CreatorId, Role.EventCreator), null);
        Assert.True(deleted.IsDone);
        Assert.Null(await Record(key));
        await ReturnIsDone(key, paid);
        await ReturnIsDone(key, pending);

        Assert.Equal((TicketStatus.Refunded, TicketStatus.Cancelled), ((await Ticket(paid)).Status, (await Ticket(pending)).Status));
        Assert.Equal((PaymentStatus.Refunded, PaymentReason.Returned), await Standing(paid));
        Assert.Equal((PaymentStatus.Failed, PaymentReason.Voided), await Standing(pending));
        var next = EventKey.New(cluster.Time.GetUtcNow());
        Assert.True((await cluster.Event(next).Create(NewOperation(), cluster.NewOrganiser(), details)).IsDone);
    }

    [Fact]
    public async Task An_event_that_never_was_takes_note_of_a_payment_and_writes_nothing()
    {
        var (key, now) = (EventKey.New(cluster.Time.GetUtcNow()), cluster.Time.GetUtcNow());

        Assert.True(await cluster.Event(key).Settle([new(PaymentId.New(now), key, TicketId.New(now), true)]));

        Assert.Empty(await cluster.Engine.Entries(key));
        Assert.Null(await Record(key));
    }

    [Fact]
    public async Task An_overdue_payment_frees_its_seat_though_nobody_asks_for_it()
    {
        var key = await cluster.NewEvent(25);
        var ticket = (await cluster.Event(key).Buy(cluster.NewPurchase(7))).Value!;
        cluster.Time.Advance(SaleSettings.Default.PaymentTimeout + TimeSpan.FromMilliseconds(1));

        await ReturnIsDone(key, ticket);

        Assert.Equal(TicketStatus.Cancelled, (await Ticket(ticket)).Status);
        Assert.Equal(25u, (await Record(key))!.RemainingSeats);
    }

    [Fact]
    public async Task Money_goes_back_and_overdue_seats_come_back_although_somebody_asks_all_the_time()
    {
        var key = await cluster.NewEvent(2);
        var returned = (await cluster.Event(key).Buy(cluster.NewPurchase(1))).Value!;
        var overdue = (await cluster.Event(key).Buy(cluster.NewPurchase(2))).Value!;
        cluster.Time.Advance(SaleSettings.Default.PaymentTimeout - TimeSpan.FromSeconds(1));
        Assert.True((await cluster.Event(key).Change(cluster.NewEnd(returned))).IsDone);

        for (var i = 0; i < 60; i++)
        {
            cluster.Time.Advance(TimeSpan.FromMilliseconds(100));
            Assert.Equal(Refusal.NoSuchTicket, (await cluster.Event(key).Change(cluster.NewEnd(returned with { Id = TicketId.New(cluster.Time.GetUtcNow()) }))).Refusal);
        }

        await Until(async () => (await cluster.Engine.Entries(key)).OfType<ReturnDone>().Select(done => done.TicketId).ToHashSet().SetEquals([returned.Id, overdue.Id]));
        Assert.Equal(2u, (await Record(key))!.RemainingSeats);
    }

    [Fact]
    public async Task An_event_with_open_work_has_one_reminder_until_the_work_is_done()
    {
        var key = await cluster.NewEvent(25);
        var reminders = cluster.Silo(0).GetRequiredService<IReminderTable>();
        var id = cluster.Event(key).GetGrainId();
        Assert.Empty((await reminders.ReadRows(id)).Reminders);

        var tickets = await Task.WhenAll(Enumerable.Range(1, 10).Select(seat => cluster.Event(key).Buy(cluster.NewPurchase((uint)seat))));
        Assert.Single((await reminders.ReadRows(id)).Reminders);
        foreach (var ticket in tickets) Assert.True((await cluster.Event(key).Change(cluster.NewEnd(ticket.Value!))).IsDone);
        foreach (var ticket in tickets) await ReturnIsDone(key, ticket.Value!);
        await Beats(async () => (await reminders.ReadRows(id)).Reminders.Count == 0);
    }

    [Fact]
    public async Task A_repeated_change_is_answered_though_its_old_title_belongs_to_another_event_by_now()
    {
        var (key, organiser) = (EventKey.New(cluster.Time.GetUtcNow()), cluster.NewOrganiser());
        var (first, second, third) = (cluster.NewDetails(25), cluster.NewDetails(25), cluster.NewDetails(25));
        var operation = NewOperation();
        Assert.True((await cluster.Event(key).Create(NewOperation(), organiser, first)).IsDone);
        var updated = await cluster.Event(key).Update(operation, organiser, second, 20, null);
        Assert.True(updated.IsDone);
        Assert.True((await cluster.Event(key).Update(NewOperation(), organiser, third, 20, null)).IsDone);
        var other = EventKey.New(cluster.Time.GetUtcNow());
        Assert.True((await cluster.Event(other).Create(NewOperation(), cluster.NewOrganiser(), second)).IsDone);

        Assert.Equal(updated, await cluster.Event(key).Update(operation, organiser, second, 20, null));
        Assert.Equal(Refusal.TitleTaken, (await cluster.Event(key).Update(NewOperation(), organiser, second, 20, null)).Refusal);
        Assert.Equal(third.Title, (await Record(key))!.Details.Title);
    }

    [Fact]
    public async Task Nobody_hands_a_card_over_for_a_seat_that_is_taken()
    {
        var key = await cluster.NewEvent(25);
        Assert.True((await cluster.Event(key).Buy(cluster.NewPurchase(7))).IsDone);
        var before = cluster.Provider.Tokens;

        Assert.Equal(Refusal.SeatTaken, (await cluster.Event(key).Buy(cluster.NewPurchase(7))).Refusal);

        Assert.Equal(before, cluster.Provider.Tokens);
    }

    [Fact]
    public async Task A_command_to_an_event_that_does_not_exist_leaves_nothing_behind()
    {
        var key = EventKey.New(cluster.Time.GetUtcNow());

        Assert.Equal(Refusal.NoSuchEvent, (await cluster.Event(key).Buy(cluster.NewPurchase(7))).Refusal);

        Assert.Empty(await cluster.Engine.Entries(key));
        Assert.Single(await cluster.Activations(cluster.Event(key)));
        cluster.Time.Advance(Departure.Stay);
        await Until(async () => (await cluster.Activations(cluster.Event(key))).Length == 0);
    }

    private static readonly Comparer<(uint Seat, TicketId Ticket)> BySeat = Comparer<(uint Seat, TicketId Ticket)>.Create((a, b) => a.Seat.CompareTo(b.Seat));

    private Task<EventRecord?> Record(EventKey key) =>
        cluster.Silo(1).GetRequiredService<IEventRecords>().Find(key).AsTask();

    private async Task<TicketRecord> Ticket(TicketRecord ticket) => (await cluster.Silo(1).GetRequiredService<ITicketRecords>().Find(ticket.Id))!;

    private async Task<(PaymentStatus Status, PaymentReason Reason)> Standing(TicketRecord ticket)
    {
        var payment = (await cluster.Payment(ticket.PaymentId).Read()).Value!;
        return (payment.Status, payment.Reason);
    }

    private Task ReturnIsDone(EventKey key, TicketRecord ticket) =>
        Beats(async () => (await cluster.Engine.Entries(key)).OfType<ReturnDone>().Any(done => done.TicketId == ticket.Id));

    /// <summary>Lets the events' timers beat until something holds.</summary>
    private async Task Beats(Func<Task<bool>> holds)
    {
        var looks = 0;
        await Until(() =>
        {
            // A beat now and then: what it causes needs time to happen before the next one.
            if (looks++ % 50 == 0) cluster.Time.Advance(TimeSpan.FromSeconds(2));
            return holds();
        });
    }
}
