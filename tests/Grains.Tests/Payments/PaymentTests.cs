using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Payments;
using Ticketing.Grains.Tests.Jobs;
using Ticketing.Grains.Tests.Users;

namespace Ticketing.Grains.Tests.Payments;

[Collection(JobsCluster.Name)]
public sealed class PaymentTests(JobsCluster cluster)
{
    private const int Many = 40;

    [Fact]
    public async Task A_payment_is_taken_once_though_both_silos_ask_at_once()
    {
        var id = await cluster.Bought();

        var answers = await cluster.FromBothSilos(Many, grains => grains.GetGrain<IPaymentGrain>(id.ToString()).Settle());

        Assert.All(answers, answer => Assert.True(answer is { Succeeded: true } && answer.PaymentId == id));
        Assert.Equal(1, cluster.Provider.Asked(id));
        Assert.Equal(["taken"], cluster.Provider.Books(id));
        Assert.Equal(PaymentStatus.Success, cluster.Stored(id).Payment!.Status);
    }

    [Fact]
    public async Task What_the_event_knows_is_not_told_again()
    {
        var id = await cluster.Bought();
        Assert.NotNull(await cluster.Payment(id).Settle());

        await cluster.Payment(id).Told();

        Assert.Null(await cluster.Payment(id).Settle());
        Assert.Null(cluster.Stored(id).NextAt);
    }

    [Fact]
    public async Task Telling_of_a_pending_payment_changes_nothing()
    {
        var id = await cluster.Bought();
        await cluster.Payment(id).Told();
        Assert.NotNull(cluster.Stored(id).NextAt);
    }

    [Fact]
    public async Task A_declined_card_fails_the_payment()
    {
        var id = await cluster.Bought(token: ScriptedProvider.BadCard);

        Assert.False((await cluster.Payment(id).Settle())!.Succeeded);

        Assert.Empty(cluster.Provider.Books(id));
        Assert.Equal((PaymentStatus.Failed, PaymentReason.Declined), Standing(id));
    }

    [Fact]
    public async Task A_late_provider_is_asked_again_when_it_is_time()
    {
        var id = await cluster.Bought();
        cluster.Provider.Next(id, Trouble.Late);

        Assert.Null(await cluster.Payment(id).Settle());
        Assert.Null(await cluster.Payment(id).Settle());
        Assert.Equal(1, cluster.Provider.Asked(id));

        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await cluster.Payment(id).Settle());
        Assert.Equal(2, cluster.Provider.Asked(id));
    }

    [Fact]
    public async Task A_failing_provider_is_asked_less_and_less_often()
    {
        var id = await cluster.Bought();
        cluster.Provider.Next(id, [.. Enumerable.Repeat(Trouble.Fails, 12)]);
        var waits = new List<TimeSpan>();
        while (await cluster.Payment(id).Settle() is null)
        {
            var wait = cluster.Stored(id).NextAt!.Value - cluster.Time.GetUtcNow();
            waits.Add(wait);
            cluster.Time.Advance(wait);
        }

        Assert.Equal([2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300], waits.Select(wait => wait.TotalSeconds));
        Assert.Equal(["taken"], cluster.Provider.Books(id));
    }

    [Fact]
    public async Task A_provider_that_takes_the_money_and_fails_takes_it_once()
    {
        var id = await cluster.Bought();
        cluster.Provider.Next(id, Trouble.FailsAfterwards, Trouble.FailsAfterwards);

        Assert.Null(await cluster.Payment(id).Settle());
        cluster.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(await cluster.Payment(id).Settle());
        cluster.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.True((await cluster.Payment(id).Settle())!.Succeeded);

        Assert.Equal(["taken"], cluster.Provider.Books(id));
    }

    [Fact]
    public async Task A_hanging_provider_is_given_up()
    {
        var id = await cluster.Bought();
        cluster.Provider.Next(id, Trouble.Hangs);

        var settling = cluster.Payment(id).Settle();
        await cluster.Provider.Hanging(id);
        Assert.False(settling.IsCompleted);
        cluster.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Null(await settling);
        Assert.Equal((PaymentStatus.Pending, PaymentReason.None), Standing(id));
    }

    [Theory]
    [InlineData(WriteFault.Lost, 2)]
    [InlineData(WriteFault.StoredUnacknowledged, 1)]
    internal async Task A_charge_that_could_not_be_stored_is_still_one_charge(WriteFault fault, int asked)
    {
        var id = await cluster.Bought();
        cluster.Store.FailNextWrite("payment", id.ToString(), fault);

        Assert.Null(await cluster.Payment(id).Settle());
        Assert.True((await cluster.Payment(id).Settle())!.Succeeded);

        Assert.Equal(asked, cluster.Provider.Asked(id));
        Assert.Equal(["taken"], cluster.Provider.Books(id));
    }

    [Fact]
    public async Task A_return_before_the_charge_voids_it()
    {
        var id = await cluster.Bought();

        var answers = await cluster.FromBothSilos(Many, grains => grains.GetGrain<IPaymentGrain>(id.ToString()).Return());

        Assert.All(answers, answer => Assert.Equal((PaymentStatus.Failed, PaymentReason.Voided), (answer.Value!.Status, answer.Value.Reason)));
        Assert.Null(await cluster.Payment(id).Settle());
        Assert.Equal(1, cluster.Provider.Asked(id));
        Assert.Equal(["void"], cluster.Provider.Books(id));
        Assert.Null(cluster.Stored(id).NextAt);
    }

    [Fact]
    public async Task A_return_after_the_charge_gives_the_money_back_once()
    {
        var id = await cluster.Bought();
        await cluster.Payment(id).Settle();

        var answers = await cluster.FromBothSilos(Many, grains => grains.GetGrain<IPaymentGrain>(id.ToString()).Return());

        Assert.All(answers, answer => Assert.Equal((PaymentStatus.Refunded, PaymentReason.Returned), (answer.Value!.Status, answer.Value.Reason)));
        Assert.Null(await cluster.Payment(id).Settle());
        Assert.Equal(2, cluster.Provider.Asked(id));
        Assert.Equal(["taken", "returned"], cluster.Provider.Books(id));
    }

    [Fact]
    public async Task A_return_of_a_declined_payment_leaves_it_as_it_stands()
    {
        var id = await cluster.Bought(token: ScriptedProvider.BadCard);
        await cluster.Payment(id).Settle();

        Assert.Equal(PaymentReason.Declined, (await cluster.Payment(id).Return()).Value!.Reason);
        Assert.Equal(1, cluster.Provider.Asked(id));
    }

    [Theory]
    [InlineData(Trouble.Late)]
    [InlineData(Trouble.Fails)]
    [InlineData(Trouble.FailsAfterwards)]
    internal async Task A_return_that_nobody_can_answer_for_is_unknown_and_asked_for_again(Trouble trouble)
    {
        var id = await cluster.Bought();
        await cluster.Payment(id).Settle();
        cluster.Provider.Next(id, trouble);

        Assert.Equal(Outcome.Unknown, (await cluster.Payment(id).Return()).Outcome);
        Assert.Equal(PaymentStatus.Success, cluster.Stored(id).Payment!.Status);
        Assert.Equal(PaymentStatus.Refunded, (await cluster.Payment(id).Return()).Value!.Status);

        Assert.Equal(["taken", "returned"], cluster.Provider.Books(id));
    }

    [Theory]
    [InlineData(WriteFault.Lost)]
    [InlineData(WriteFault.StoredUnacknowledged)]
    internal async Task A_return_that_could_not_be_stored_is_unknown_and_still_one_return(WriteFault fault)
    {
        var id = await cluster.Bought();
        await cluster.Payment(id).Settle();
        cluster.Store.FailNextWrite("payment", id.ToString(), fault);

        Assert.Equal(Outcome.Unknown, (await cluster.Payment(id).Return()).Outcome);
        Assert.Equal(PaymentStatus.Refunded, (await cluster.Payment(id).Return()).Value!.Status);

        Assert.Equal(["taken", "returned"], cluster.Provider.Books(id));
    }

    [Fact]
    public async Task However_charge_and_return_meet_no_money_is_kept()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => cluster.Bought()));

        await Task.WhenAll(ids.SelectMany(id => new Task[]
        {
            On(0, id).Settle(), On(1, id).Return(), On(1, id).Settle(), On(0, id).Return(),
        }));

        Assert.All(ids, id => Assert.Equal(
            cluster.Provider.Books(id),
            Standing(id) == (PaymentStatus.Failed, PaymentReason.Voided) ? ["void"] : ["taken", "returned"]));
    }

    [Fact]
    public async Task An_id_without_a_payment_is_said_to_be_none_until_there_is_one()
    {
        var id = new PaymentId(cluster.NewId(0, PaymentState.Shards));
        var payment = cluster.Payment(id);

        Assert.Equal(Refusal.NoSuchPayment, (await payment.Read()).Refusal);
        Assert.Equal(Refusal.NoSuchPayment, (await payment.Return()).Refusal);
        Assert.Null(await payment.Settle());
        await payment.Told();
        Assert.False(cluster.Store.Has("payment", id.ToString()));

        var bought = cluster.Stored(await cluster.Bought());
        await cluster.Put("payment", id.ToString(), bought with { Payment = bought.Payment! with { Id = id } });
        Assert.Equal(id, (await payment.Read()).Value!.Id);
    }

    [Fact]
    public async Task Payments_are_listed_page_by_page()
    {
        var ids = new[] { await cluster.Bought(), await cluster.Bought(), await cluster.Bought() };
        var list = cluster.Grains.GetGrain<IPaymentListGrain>(0);

        var page = await list.List(new(ids[0].Value, 1));

        Assert.Equal(ids[1], Assert.Single(page.Items).Id);
        Assert.Equal(ids[1].Value, page.Next);
    }

    private IPaymentGrain On(int silo, PaymentId id) => cluster.Silo(silo).GetGrain<IPaymentGrain>(id.ToString());

    private (PaymentStatus Status, PaymentReason Reason) Standing(PaymentId id) => (cluster.Stored(id).Payment!.Status, cluster.Stored(id).Payment!.Reason);
}
