using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;
using static Ticketing.Grains.Tests.Events.SaleCluster;

namespace Ticketing.Grains.Tests.Events;

/// <summary>Purchases that come together in one call.</summary>
[Collection(Name)]
public sealed class BuyAllTests(SaleCluster cluster) : IDisposable
{
    public void Dispose() => cluster.EndTest();

    [Fact]
    public async Task Of_two_for_the_same_seat_in_one_call_the_first_gets_it()
    {
        var key = await cluster.NewEvent(25);

        var answers = await cluster.Event(key).BuyAll([cluster.NewPurchase(7), cluster.NewPurchase(7), cluster.NewPurchase(8)]);

        Assert.Equal([7u, null, 8u], answers.Select(answer => answer.Value?.SeatNumber));
        Assert.Equal(Refusal.SeatTaken, answers[1].Refusal);
        Assert.Equal([answers[0].Value!.Id, answers[2].Value!.Id], (await cluster.Book(key)).Seats.OrderBy(seat => seat.Key).Select(seat => seat.Value));
    }

    [Fact]
    public async Task One_operation_twice_in_a_call_and_again_in_the_next_is_one_ticket()
    {
        var key = await cluster.NewEvent(25);
        var (repeated, other) = (cluster.NewPurchase(7), cluster.NewPurchase(8));

        var first = await cluster.Event(key).BuyAll([repeated, repeated]);
        var second = await cluster.Event(key).BuyAll([other, repeated]);

        Assert.True(first[0].IsDone);
        Assert.Equal([first[0], first[0], first[0]], [first[1], second[1], await cluster.Event(key).Buy(repeated)]);
        Assert.Equal(8u, second[0].Value!.SeatNumber);
        Assert.Equal(2, (await cluster.Engine.Entries(key)).OfType<Purchased>().Count());
    }

    [Fact]
    public async Task Sales_and_refusals_are_answered_in_order_and_what_is_sold_is_one_durable_batch()
    {
        var key = await cluster.NewEvent(25);
        Assert.True((await cluster.Event(key).Buy(cluster.NewPurchase(1))).IsDone);
        var before = cluster.Engine.Costs[key.Value].Batches;
        var reused = cluster.NewPurchase(3);
        uint[] seats = [1, 2, 26, 3, 0, 4];
        var purchases = seats.Select(seat => seat == 3 ? reused : cluster.NewPurchase(seat)).Append(reused with { Seat = 5, Operation = reused.Operation with { Fingerprint = 2 } });

        var answers = await cluster.Event(key).BuyAll([.. purchases]);

        Assert.Equal(
            [Refusal.SeatTaken, null, Refusal.SeatBeyondCapacity, null, Refusal.SeatBeyondCapacity, null, Refusal.OperationIdReused],
            answers.Select(answer => answer.Refusal));
        Assert.Equal([1u, 2u, 3u, 4u], (await cluster.Book(key)).Seats.Keys.Order());
        Assert.Equal(before + 1, cluster.Engine.Costs[key.Value].Batches);
    }

    [Fact]
    public async Task The_last_seat_is_sold_once_and_who_comes_after_it_in_the_same_call_hears_that_it_was_the_last()
    {
        var key = await cluster.NewEvent(25);
        await cluster.Event(key).Allot(NewOperation(), -24, null);

        var answers = await cluster.Event(key).BuyAll([.. Enumerable.Range(1, 3).Select(seat => cluster.NewPurchase((uint)seat))]);

        Assert.Equal([null, Refusal.SoldOut, Refusal.SoldOut], answers.Select(answer => answer.Refusal));
    }

    [Fact]
    public async Task Two_hundred_calls_of_ten_buyers_sell_fifty_seats_exactly_fifty_times()
    {
        var key = await cluster.NewEvent(50);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            cluster.Event(key, i % 2).BuyAll([.. Enumerable.Range(0, 10).Select(j => cluster.NewPurchase((uint)(((i * 7) + j) % 50) + 1))])));

        var sold = answers.SelectMany(each => each).Where(answer => answer.IsDone).Select(answer => (answer.Value!.SeatNumber, answer.Value.Id)).ToArray();
        Assert.Equal(50, sold.Length);
        Assert.Equal(sold.Order(BySeat), (await cluster.Book(key)).Seats.Select(seat => (seat.Key, seat.Value)).Order(BySeat));
        Assert.All(answers.SelectMany(each => each), answer => Assert.True(answer.IsDone || answer.Refusal is Refusal.SeatTaken or Refusal.SoldOut));
    }

    [Fact]
    public async Task When_the_append_is_lost_all_of_the_call_are_answered_unknown_and_asked_again_each_is_sold_once()
    {
        var key = await cluster.NewEvent(25);
        var taken = cluster.NewPurchase(1);
        Assert.True((await cluster.Event(key).Buy(taken)).IsDone);
        cluster.Errors.Allow(SharedEngine.OnPurpose);
        cluster.Engine.Fates = () => Fate.AnswerLost;
        Purchase[] purchases = [cluster.NewPurchase(2), taken, cluster.NewPurchase(1), cluster.NewPurchase(3)];

        var answers = await cluster.Event(key).BuyAll(purchases);
        Assert.All(answers, answer => Assert.Equal(Outcome.Unknown, answer.Outcome));
        Assert.Equal(4, answers.Length);

        cluster.Engine.Fates = null;
        foreach (var (purchase, refusal) in purchases.Zip(new Refusal?[] { null, null, Refusal.SeatTaken, null }))
            Assert.Equal(refusal, (await UntilKnown(_ => cluster.Event(key).Buy(purchase))).Answer.Refusal);
        Assert.Equal([1u, 2u, 3u], (await cluster.Book(key)).Seats.Keys.Order());
        Assert.Equal(3, (await cluster.Engine.Entries(key)).OfType<Purchased>().Count());
    }

    [Fact]
    public async Task A_card_that_the_provider_makes_nothing_of_leaves_one_purchase_unknown_and_the_others_sold()
    {
        var key = await cluster.NewEvent(25);
        var failing = WithCardOf("Nobody", 2);
        cluster.Provider.BeforeToken = card => card.Holder == "Nobody" ? Task.FromException(new TimeoutException()) : Task.CompletedTask;

        var answers = await cluster.Event(key).BuyAll([cluster.NewPurchase(1), failing, cluster.NewPurchase(3)]);

        Assert.Equal([Outcome.Done, Outcome.Unknown, Outcome.Done], answers.Select(answer => answer.Outcome));
        cluster.Provider.BeforeToken = null;
        Assert.True((await cluster.Event(key).Buy(failing)).IsDone);
    }

    [Fact]
    public async Task The_provider_has_all_cards_of_a_call_at_once_and_other_calls_do_not_wait_for_them()
    {
        var key = await cluster.NewEvent(25);
        var (handed, slow) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        cluster.Provider.BeforeToken = card =>
        {
            if (card.Holder != "Slow") return Task.CompletedTask;
            Interlocked.Increment(ref handed);
            return slow.Task;
        };

        var held = cluster.Event(key).BuyAll([WithCardOf("Slow", 1), WithCardOf("Slow", 2), cluster.NewPurchase(3)]);
        await Until(() => Task.FromResult(Volatile.Read(ref handed) == 2));
        Assert.True((await cluster.Event(key).Buy(cluster.NewPurchase(2)).WaitAsync(TimeSpan.FromSeconds(10))).IsDone);
        slow.SetResult();

        // The sale decides when it has the tokens: by then seat 2 was gone.
        Assert.Equal([null, Refusal.SeatTaken, null], (await held).Select(answer => answer.Refusal));
    }

    [Fact]
    public async Task More_purchases_than_a_batch_may_hold_are_not_taken_in_one_call()
    {
        var key = await cluster.NewEvent(25);
        var most = Enumerable.Range(0, Purchases.MostAtOnce).Select(_ => cluster.NewPurchase(26)).ToArray();

        Assert.Equal(most.Length, (await cluster.Event(key).BuyAll(most)).Length);
        Assert.Empty(await cluster.Event(key).BuyAll([]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => cluster.Event(key).BuyAll([.. most, most[0]]));
    }

    private static Comparer<(uint Seat, TicketId Ticket)> BySeat { get; } = Comparer<(uint Seat, TicketId Ticket)>.Create((a, b) => a.Seat.CompareTo(b.Seat));

    private Purchase WithCardOf(string holder, uint seat)
    {
        var purchase = cluster.NewPurchase(seat);
        return purchase with { Card = purchase.Card with { Holder = holder } };
    }
}
