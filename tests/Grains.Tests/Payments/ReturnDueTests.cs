using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Payments;
using Ticketing.Grains.Tests.Jobs;

namespace Ticketing.Grains.Tests.Payments;

/// <summary>Payments that a restore found without a ticket: nobody but the job returns their money.</summary>
[Collection(JobsCluster.Name)]
public sealed class ReturnDueTests(JobsCluster cluster)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_job_returns_the_money_once_of_deleted_payments_too_and_tells_no_event(bool isDeleted)
    {
        var theEvent = EventKey.New(cluster.Time.GetUtcNow());
        var id = await Due(5, PaymentStatus.Success, isTaken: true, isDeleted, theEvent);

        await cluster.RunPayments(5);
        await cluster.RunPayments(5);

        Assert.Equal(["taken", "returned"], cluster.Provider.Books(id));
        Assert.Equal((PaymentStatus.Refunded, PaymentReason.Returned), Standing(id));
        Assert.Null(cluster.Stored(id).NextAt);
        Assert.Empty(cluster.Events.Told(theEvent));
    }

    [Fact]
    public async Task What_was_never_taken_is_not_taken_any_more()
    {
        var id = await Due(5, PaymentStatus.Pending, isTaken: false);
        await cluster.RunPayments(5);
        Assert.DoesNotContain("taken", cluster.Provider.Books(id));
        Assert.Equal((PaymentStatus.Failed, PaymentReason.Voided), Standing(id));
    }

    [Fact]
    public async Task While_the_provider_says_nothing_it_stays_due_and_nobody_can_mark_it_or_make_it_forgotten()
    {
        var id = await Due(5, PaymentStatus.Success, isTaken: true);
        cluster.Provider.Next(id, Trouble.Fails);

        await cluster.RunPayments(5);
        Assert.Equal((PaymentStatus.Success, PaymentReason.ReturnDue), Standing(id));
        Assert.Equal(Refusal.PaymentEnded, (await cluster.Payment(id).Mark(PaymentStatus.Pending)).Refusal);
        Assert.True((await cluster.Payment(id).Delete()).IsDone);

        await cluster.RunPayments(5);
        Assert.Equal(["taken", "returned"], cluster.Provider.Books(id));
    }

    private (PaymentStatus Status, PaymentReason Reason) Standing(PaymentId id) => (cluster.Stored(id).Payment!.Status, cluster.Stored(id).Payment!.Reason);

    private async Task<PaymentId> Due(int shard, PaymentStatus status, bool isTaken, bool isDeleted = false, EventKey? theEvent = null)
    {
        var now = cluster.Time.GetUtcNow();
        var id = new PaymentId(cluster.NewId(shard, PaymentState.Shards));
        var payment = new PaymentRecord(id, new(25, Currency.Eur), status, PaymentReason.None, now, UserId.New(now), theEvent ?? EventKey.New(now), TicketId.New(now));
        var state = new PaymentState { Payment = payment, CardToken = ScriptedProvider.GoodCard, IsDeleted = isDeleted };
        if (isTaken) await cluster.Provider.Take(state.Charge(payment), CancellationToken.None);
        await cluster.Put("payment", id.ToString(), state.ReturnDue(now));
        return id;
    }
}
