using Microsoft.Extensions.Time.Testing;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Payments;
using Ticketing.Payments.Simulated;

namespace Ticketing.Grains.Tests.Payments;

public sealed class SimulatedPaymentProviderTests
{
    private readonly FakeTimeProvider time = new(new(2030, 5, 15, 9, 0, 0, TimeSpan.Zero));
    private readonly SimulatedPaymentProvider provider;

    public SimulatedPaymentProviderTests() => provider = new(time, new());

    [Fact]
    public async Task A_charge_is_decided_after_the_delay()
    {
        var charge = await Bought("4111111111111111");
        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(ChargeStatus.Processing, await provider.Take(charge, default));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(ChargeStatus.Taken, await provider.Take(charge, default));
        Assert.Equal(ChargeStatus.Taken, await provider.Take(charge, default));
    }

    [Theory]
    [InlineData("4000000000000002", ChargeStatus.Declined)]
    [InlineData("4000 0000 0000 0002", ChargeStatus.Declined)]
    [InlineData("4000-0000-0000-00 02", ChargeStatus.Declined)]
    [InlineData("4000000000000020", ChargeStatus.Taken)]
    [InlineData("0002000000000000", ChargeStatus.Taken)]
    [InlineData("no digits at all", ChargeStatus.Taken)]
    public async Task Cards_ending_in_0002_are_declined(string number, ChargeStatus expected)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var charge = await Bought(number);
            Assert.Equal(ChargeStatus.Processing, await provider.Take(charge, default));
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(expected, await provider.Take(charge, default));
        }
    }

    [Fact]
    public async Task A_token_is_short_and_says_nothing_of_the_card()
    {
        var first = await Token("4111111111111111");
        var second = await Token("4111111111111111");

        Assert.NotEqual(first, second);
        Assert.InRange(first.Length, 1, 64);
        // One of them may have it by chance.
        Assert.Contains(new[] { first, second }, token => !token.Contains("1111", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_return_agrees_with_what_was_taken()
    {
        var (good, bad) = (await Bought("4111111111111111"), await Bought("4000000000000002"));
        Assert.Equal(ReturnStatus.Voided, await provider.Return(good, default));

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ReturnStatus.Returned, await provider.Return(good, default));
        Assert.Equal(ReturnStatus.Returned, await provider.Return(good, default));
        Assert.Equal(ReturnStatus.Voided, await provider.Return(bad, default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sim_")]
    [InlineData("sim_zz")]
    [InlineData("sim_00000000000000000000")]
    [InlineData("tok_0000000000000000")]
    public async Task A_token_of_nobody_is_declined(string token)
    {
        var charge = await Bought("4111111111111111") with { CardToken = token };
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ChargeStatus.Declined, await provider.Take(charge, default));
    }

    private async Task<Charge> Bought(string number)
    {
        var now = time.GetUtcNow();
        return new(PaymentId.New(now), new Money(25, Currency.Eur), await Token(number), now);
    }

    private ValueTask<string> Token(string number) => provider.Tokenise(new(number, time.GetUtcNow(), "123", "Ada Lovelace"), default);
}
