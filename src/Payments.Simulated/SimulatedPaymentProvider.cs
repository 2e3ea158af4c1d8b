using System.Security.Cryptography;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Payments;

namespace Ticketing.Payments.Simulated;

/// <summary>How the simulated provider behaves.</summary>
public sealed record SimulatedSettings
{
    /// <summary>How long after the purchase the provider decides. Not negative.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>
/// A payment provider without money, for demonstrations and tests. It decides every charge by itself, once, <see cref="SimulatedSettings.Delay"/>
/// after the purchase: a card whose number ends in 0002 is declined, every other is charged. So what became of a charge follows from the charge
/// and the clock; nothing is kept here, nothing is lost in a restart, every process gives the same answers, and any call may be repeated.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="settings">How it behaves.</param>
public sealed class SimulatedPaymentProvider(TimeProvider time, SimulatedSettings settings) : IPaymentProvider
{
    private const string DeclinedEnding = "0002";
    private const string Prefix = "sim_";

    /// <summary>Makes a token of twenty characters: random but for one bit, which says whether the card is to be declined.</summary>
    /// <param name="card">The card; any number is accepted.</param>
    /// <param name="cancellation">Not needed: the answer is there at once.</param>
    public ValueTask<string> Tokenise(CardDetails card, CancellationToken cancellation)
    {
        var digits = string.Concat(card.Number.Where(char.IsAsciiDigit));
        var declined = digits.EndsWith(DeclinedEnding, StringComparison.Ordinal) ? 1 : 0;
        var token = RandomNumberGenerator.GetBytes(8);
        token[^1] = (byte)((token[^1] & 0xFE) | declined);
        return new(Prefix + Convert.ToHexStringLower(token));
    }

    /// <summary>Tells how the charge was decided; processing while it is not.</summary>
    /// <param name="charge">The charge. A token of another provider is declined.</param>
    /// <param name="cancellation">Not needed: the answer is there at once.</param>
    public Task<ChargeStatus> Take(Charge charge, CancellationToken cancellation) => Task.FromResult(Decision(charge));

    /// <summary>
    /// Gives back what was taken. A charge that is not decided yet, or was declined, is voided. Because nothing is kept here, a charge that was voided
    /// before its time would be taken if it were asked for again; its owner stores the return and does not.
    /// </summary>
    /// <param name="charge">The charge.</param>
    /// <param name="cancellation">Not needed: the answer is there at once.</param>
    public Task<ReturnStatus> Return(Charge charge, CancellationToken cancellation) =>
        Task.FromResult(Decision(charge) == ChargeStatus.Taken ? ReturnStatus.Returned : ReturnStatus.Voided);

    private ChargeStatus Decision(Charge charge)
    {
        if (time.GetUtcNow() < charge.CreatedAt + settings.Delay) return ChargeStatus.Processing;
        return IsGood(charge.CardToken) ? ChargeStatus.Taken : ChargeStatus.Declined;
    }

    private static bool IsGood(string token)
    {
        Span<byte> bytes = stackalloc byte[8];
        return token.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.FromHexString(token.AsSpan(Prefix.Length), bytes, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == bytes.Length
            && (bytes[^1] & 1) == 0;
    }
}
