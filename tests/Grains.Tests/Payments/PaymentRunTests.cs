using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Tests.Jobs;

namespace Ticketing.Grains.Tests.Payments;

[Collection(JobsCluster.Name)]
public sealed class PaymentRunTests(JobsCluster cluster)
{
    [Fact]
    public async Task A_round_settles_what_is_due_and_tells_the_event()
    {
        var theEvent = EventKey.New(cluster.Time.GetUtcNow());
        var good = await cluster.Bought(1, eventId: theEvent);
        var bad = await cluster.Bought(1, ScriptedProvider.BadCard, theEvent);

        await cluster.RunPayments(1);

        Assert.Equal([(good, true), (bad, false)], Told(theEvent).OrderBy(payment => payment.PaymentId.Value).Select(payment => (payment.PaymentId, payment.Succeeded)));
        Assert.Null(cluster.Stored(good).NextAt);
        Assert.Null(cluster.Stored(bad).NextAt);
    }

    [Fact]
    public async Task A_round_leaves_other_shards_alone()
    {
        var id = await cluster.Bought(2);
        await cluster.RunPayments(1);
        Assert.Equal(0, cluster.Provider.Asked(id));
    }

    [Fact]
    public async Task Rounds_that_both_silos_call_for_at_once_settle_each_payment_once()
    {
        var theEvent = EventKey.New(cluster.Time.GetUtcNow());
        var ids = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => cluster.Bought(3, eventId: theEvent)));

        await cluster.FromBothSilos(6, grains => grains.GetGrain<IPaymentRunGrain>(3).Run());

        Assert.All(ids, id => Assert.Equal(1, cluster.Provider.Asked(id)));
        Assert.Equal(ids.OrderBy(id => id.Value), Told(theEvent).Select(payment => payment.PaymentId).OrderBy(id => id.Value));
    }

    [Fact]
    public async Task Many_payments_are_settled_page_by_page_and_an_event_is_told_once_a_page()
    {
        var events = Enumerable.Range(0, 3).Select(_ => EventKey.New(cluster.Time.GetUtcNow())).ToArray();
        var ids = await Task.WhenAll(Enumerable.Range(0, 1200).Select(number => cluster.Bought(4, eventId: events[number % 3])));
        cluster.Records.PagesOfPayments.Clear();

        await cluster.RunPayments(4);

        Assert.Equal(3, cluster.Records.PagesOfPayments[4]);
        Assert.All(events, theEvent => Assert.Equal(3, cluster.Events.Told(theEvent).Length));
        Assert.Equal(ids.OrderBy(id => id.Value), events.SelectMany(Told).Select(payment => payment.PaymentId).OrderBy(id => id.Value));
        Assert.All(ids, id => Assert.Null(cluster.Stored(id).NextAt));
    }

    [Fact]
    public async Task What_stays_due_is_looked_at_once_in_a_round()
    {
        var theEvent = EventKey.New(cluster.Time.GetUtcNow());
        var ids = await Task.WhenAll(Enumerable.Range(0, 600).Select(_ => cluster.Bought(7, eventId: theEvent)));
        cluster.Events.Unsure[theEvent] = true;
        cluster.Records.PagesOfPayments.Clear();

        await cluster.RunPayments(7);

        Assert.Equal(2, cluster.Records.PagesOfPayments[7]);
        Assert.Equal(ids.Length, Told(theEvent).Length);
        cluster.Events.Unsure.Clear();
    }

    [Theory]
    [InlineData(Trouble.Fails)]
    [InlineData(Trouble.FailsAfterwards)]
    internal async Task A_payment_that_fails_does_not_stop_the_others(Trouble trouble)
    {
        var troubled = await cluster.Bought(5);
        var fine = await cluster.Bought(5);
        cluster.Provider.Next(troubled, trouble);

        await cluster.RunPayments(5);
        Assert.Equal((PaymentStatus.Pending, PaymentStatus.Success), (Standing(troubled), Standing(fine)));

        cluster.Time.Advance(TimeSpan.FromMinutes(5));
        await cluster.RunPayments(5);
        Assert.Equal(PaymentStatus.Success, Standing(troubled));
        Assert.Equal(["taken"], cluster.Provider.Books(troubled));
    }

    [Fact]
    public async Task A_hanging_payment_does_not_stop_the_others()
    {
        var hanging = await cluster.Bought(5);
        var fine = await cluster.Bought(5);
        cluster.Provider.Next(hanging, Trouble.Hangs);

        var round = cluster.RunPayments(5);
        await cluster.Provider.Hanging(hanging);
        await JobsCluster.Until(() => Standing(fine) == PaymentStatus.Success);
        cluster.Time.Advance(TimeSpan.FromSeconds(10));
        await round;

        Assert.Equal((PaymentStatus.Pending, PaymentStatus.Success), (Standing(hanging), Standing(fine)));
    }

    [Fact]
    public async Task An_event_that_cannot_be_told_is_told_in_a_later_round_and_does_not_stop_the_others()
    {
        var now = cluster.Time.GetUtcNow();
        var (unsure, unreachable, fine) = (EventKey.New(now), EventKey.New(now), EventKey.New(now));
        var ids = new[] { await cluster.Bought(6, eventId: unsure), await cluster.Bought(6, eventId: unreachable), await cluster.Bought(6, eventId: fine) };
        cluster.Events.Unsure[unsure] = cluster.Events.Unreachable[unreachable] = true;

        await cluster.RunPayments(6);
        Assert.Equal([true, true, false], ids.Select(id => cluster.Stored(id).NextAt is not null));

        cluster.Events.Unsure.Clear();
        cluster.Events.Unreachable.Clear();
        await cluster.RunPayments(6);
        Assert.All(ids, id => Assert.Null(cluster.Stored(id).NextAt));
        Assert.Equal([2, 1, 1], new[] { unsure, unreachable, fine }.Select(theEvent => cluster.Events.Told(theEvent).Length));
        Assert.All(ids, id => Assert.Equal(1, cluster.Provider.Asked(id)));
    }

    private SettledPayment[] Told(EventKey theEvent) => [.. cluster.Events.Told(theEvent).SelectMany(payments => payments)];

    private PaymentStatus Standing(PaymentId id) => cluster.Stored(id).Payment!.Status;
}
