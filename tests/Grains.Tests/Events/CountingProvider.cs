using System.Collections.Concurrent;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Payments;

namespace Ticketing.Grains.Tests.Events;

/// <summary>A payment provider that takes all money at once, and counts.</summary>
internal sealed class CountingProvider : IPaymentProvider
{
    private readonly ConcurrentDictionary<PaymentId, bool> taken = new();

    /// <summary>How often each payment's money was asked back.</summary>
    public ConcurrentDictionary<PaymentId, int> Returns { get; } = new();

    /// <summary>How many cards were handed over.</summary>
    public int Tokens => tokens;

    /// <summary>How the next returns fail; nothing when they do not.</summary>
    public Func<PaymentId, bool>? FailReturn { get; set; }

    /// <summary>What returns wait for before they are answered; nothing when they do not.</summary>
    public Task? HoldReturns { get; set; }

    /// <summary>What becomes of a card before there is a token of it; nothing when it is at once.</summary>
    public Func<CardDetails, Task>? BeforeToken { get; set; }

    private int tokens;

    public async ValueTask<string> Tokenise(CardDetails card, CancellationToken cancellation)
    {
        if (BeforeToken?.Invoke(card) is { } before) await before;
        return $"tok_{Interlocked.Increment(ref tokens):x16}";
    }

    public Task<ChargeStatus> Take(Charge charge, CancellationToken cancellation)
    {
        taken[charge.PaymentId] = true;
        return Task.FromResult(ChargeStatus.Taken);
    }

    public async Task<ReturnStatus> Return(Charge charge, CancellationToken cancellation)
    {
        Returns.AddOrUpdate(charge.PaymentId, 1, (_, count) => count + 1);
        if (HoldReturns is { } held) await held;
        if (FailReturn?.Invoke(charge.PaymentId) == true) return ReturnStatus.Processing;
        return taken.ContainsKey(charge.PaymentId) ? ReturnStatus.Returned : ReturnStatus.Voided;
    }
}
