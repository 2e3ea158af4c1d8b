using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Tests.Jobs;

namespace Ticketing.Grains.Tests.Payments;

/// <summary>What services do with payments: make them, say where they stand, delete them.</summary>
[Collection(JobsCluster.Name)]
public sealed class ServicePaymentTests(JobsCluster cluster)
{
    [Fact]
    public async Task A_payment_that_was_asked_for_is_settled_and_its_event_told_once()
    {
        const int Shard = 5;
        var made = await cluster.Asked(Shard);
        Assert.Equal((PaymentStatus.Pending, new Money(45, Currency.Usd)), (made.Status, made.Money));

        await cluster.RunPayments(Shard);
        await cluster.RunPayments(Shard);

        Assert.Equal((PaymentStatus.Success, null), (Status(made), cluster.Stored(made.Id).NextAt));
        Assert.Equal(made.Id, Assert.Single(Assert.Single(cluster.Events.Told(made.EventId))).PaymentId);
        Assert.DoesNotContain("4242424242424242", cluster.Store.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_payment_whose_card_gets_no_token_is_unknown_and_none()
    {
        Assert.Null(await cluster.Asked(holder: "fails"));
    }

    [Theory]
    [InlineData(PaymentStatus.Success)]
    [InlineData(PaymentStatus.Failed)]
    public async Task A_payment_that_was_ended_by_hand_is_left_alone_until_it_is_pending_again(PaymentStatus end)
    {
        const int Shard = 6;
        var made = await cluster.Asked(Shard);

        Assert.Equal(end, (await cluster.Payment(made.Id).Mark(end)).Value!.Status);
        await cluster.RunPayments(Shard);
        Assert.Empty(cluster.Provider.Books(made.Id));
        Assert.Empty(cluster.Events.Told(made.EventId));

        Assert.Equal(PaymentStatus.Pending, (await cluster.Payment(made.Id).Mark(PaymentStatus.Pending)).Value!.Status);
        await cluster.RunPayments(Shard);
        Assert.Equal(PaymentStatus.Success, Status(made));
        Assert.Equal(["taken"], cluster.Provider.Books(made.Id));
    }

    [Fact]
    public async Task What_a_payment_is_already_is_no_change_and_its_event_is_still_told()
    {
        var id = await cluster.Bought();
        Assert.NotNull(await cluster.Payment(id).Settle());

        await cluster.Payment(id).Mark(PaymentStatus.Success);

        Assert.NotNull(await cluster.Payment(id).Settle());
    }

    [Fact]
    public async Task Money_of_a_payment_that_was_failed_by_hand_goes_back_all_the_same()
    {
        var id = await cluster.Bought();
        await cluster.Payment(id).Settle();
        await cluster.Payment(id).Mark(PaymentStatus.Failed);

        Assert.Equal(PaymentStatus.Refunded, (await cluster.Payment(id).Return()).Value!.Status);
        Assert.Equal(["taken", "returned"], cluster.Provider.Books(id));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_payment_whose_ticket_ended_stays_as_it_ended(bool taken)
    {
        var id = await cluster.Bought();
        if (taken) await cluster.Payment(id).Settle();
        var ended = (await cluster.Payment(id).Return()).Value!;

        Assert.Equal(Refusal.PaymentEnded, (await cluster.Payment(id).Mark(PaymentStatus.Pending)).Refusal);
        Assert.Equal(ended, (await cluster.Payment(id).Read()).Value);
    }

    [Fact]
    public async Task A_deleted_payment_is_neither_read_nor_listed_nor_settled_but_its_money_can_go_back()
    {
        const int Shard = 7;
        var pending = await cluster.Bought(Shard);
        var taken = await cluster.Bought(Shard);
        await cluster.Payment(taken).Settle();

        foreach (var id in new[] { pending, taken })
        {
            Assert.Equal(id, (await cluster.Payment(id).Delete()).Value!.Id);
            Assert.Equal(Refusal.NoSuchPayment, (await cluster.Payment(id).Read()).Refusal);
            Assert.Equal(Refusal.NoSuchPayment, (await cluster.Payment(id).Mark(PaymentStatus.Pending)).Refusal);
            Assert.Equal(Refusal.NoSuchPayment, (await cluster.Payment(id).Delete()).Refusal);
        }

        await cluster.RunPayments(Shard);
        Assert.Null(await cluster.Payment(pending).Settle());
        Assert.Empty(cluster.Provider.Books(pending));
        var listed = await cluster.Grains.GetGrain<IPaymentListGrain>(0).List(PageRequest.First);
        Assert.DoesNotContain(listed.Items, payment => payment.Id == pending || payment.Id == taken);

        Assert.True((await cluster.Payment(pending).Return()).IsDone);
        Assert.True((await cluster.Payment(taken).Return()).IsDone);
        Assert.Equal(["void"], cluster.Provider.Books(pending));
        Assert.Equal(["taken", "returned"], cluster.Provider.Books(taken));
        Assert.True(cluster.Stored(taken).IsDeleted);
    }

    private PaymentStatus Status(PaymentRecord payment) => cluster.Stored(payment.Id).Payment!.Status;
}
