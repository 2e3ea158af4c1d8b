using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Payments;

namespace Ticketing.Grains.Tests.Payments;

public sealed class PaymentRulesTests
{
    private static readonly DateTimeOffset Now = new(2030, 5, 15, 9, 0, 0, TimeSpan.Zero);

    private static readonly PaymentState Pending = new()
    {
        Payment = new(PaymentId.New(Now), new(25, Currency.Eur), PaymentStatus.Pending, PaymentReason.None, Now, default, default, default),
        NextAt = Now,
    };

    [Fact]
    public void A_payment_is_due_from_its_time_on()
    {
        Assert.True(Pending.MustTake(Now));
        Assert.False(Pending.MustTake(Now.AddTicks(-1)));
        Assert.False((Pending with { NextAt = null }).MustTake(Now));
        Assert.False(Pending.AfterTake(ChargeStatus.Taken, Now).MustTake(Now));
    }

    [Fact]
    public void Nothing_is_told_before_the_provider_has_decided()
    {
        Assert.Null(Pending.ToTell());
        Assert.Null(Pending.AfterTake(null, Now).ToTell());
        Assert.Null(Pending.AfterTake(ChargeStatus.Processing, Now).ToTell());
        Assert.True(Pending.AfterTake(ChargeStatus.Taken, Now).ToTell()!.Succeeded);
        Assert.False(Pending.AfterTake(ChargeStatus.Declined, Now).ToTell()!.Succeeded);
    }

    [Fact]
    public void A_thousand_failures_do_not_overflow_the_wait() =>
        Assert.Equal(Now.AddMinutes(5), (Pending with { Attempts = 1000 }).AfterTake(null, Now).NextAt);

    [Fact]
    public void A_returned_payment_tells_nothing()
    {
        Assert.Null(Pending.AfterReturn(ReturnStatus.Voided)!.ToTell());
        Assert.Null(Pending.AfterTake(ChargeStatus.Taken, Now).AfterReturn(ReturnStatus.Returned)!.ToTell());
    }

    [Theory]
    [InlineData(ReturnStatus.Voided, PaymentStatus.Failed, PaymentReason.Voided)]
    [InlineData(ReturnStatus.Returned, PaymentStatus.Refunded, PaymentReason.Returned)]
    public void A_pending_payment_ends_as_the_provider_says(ReturnStatus answer, PaymentStatus status, PaymentReason reason)
    {
        var payment = Pending.AfterReturn(answer)!.Payment!;
        Assert.Equal((status, reason), (payment.Status, payment.Reason));
    }

    [Theory]
    [InlineData(ReturnStatus.Voided)]
    [InlineData(ReturnStatus.Returned)]
    public void Money_that_was_taken_ends_as_refunded(ReturnStatus answer) =>
        Assert.Equal(PaymentStatus.Refunded, Pending.AfterTake(ChargeStatus.Taken, Now).AfterReturn(answer)!.Payment!.Status);

    [Fact]
    public void A_return_that_is_not_decided_changes_nothing()
    {
        Assert.Null(Pending.AfterReturn(ReturnStatus.Processing));
        Assert.Null(Pending.AfterReturn(null));
    }
}
