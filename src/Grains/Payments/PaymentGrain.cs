using Microsoft.Extensions.Logging;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Payments;

namespace Ticketing.Grains.Payments;

/// <remarks>
/// What the provider did is stored before it is answered. When the store's answer is lost, the provider is asked again under the same payment
/// id, which has no second effect; so every step here may be repeated.
/// </remarks>
[GrainType("payment")]
internal sealed class PaymentGrain(
    [PersistentState("payment")] IPersistentState<PaymentState> state,
    IPaymentProvider provider,
    TimeProvider time,
    IGrainContext context,
    ILogger<PaymentGrain> log) : IPaymentGrain, IGrainBase
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public IGrainContext GrainContext => context;

    public async ValueTask<Answer<PaymentRecord>> Read() => await Find() is { } payment ? payment : Refusal.NoSuchPayment;

    public async Task<SettledPayment?> Settle()
    {
        if (await Find() is not { } payment) return null;
        if (!state.State.MustTake(time.GetUtcNow())) return state.State.ToTell();

        var answer = await Ask(provider.Take, payment);
        var stored = await state.TryReplace(state.State.AfterTake(answer, time.GetUtcNow()), context, log);
        return stored ? state.State.ToTell() : null;
    }

    public async Task Told()
    {
        // When this write fails the event is told again, which is harmless.
        if (state.State.ToTell() is not null) await state.TryReplace(state.State with { NextAt = null }, context, log);
    }

    public async Task<Answer<PaymentRecord>> Return()
    {
        if (await Find() is not { } payment) return Refusal.NoSuchPayment;
        if (!state.State.MustReturn()) return payment;

        var answer = await Ask(provider.Return, payment);
        if (state.State.AfterReturn(answer) is not { } ended) return default;
        return await state.TryReplace(ended, context, log) ? ended.Payment! : default(Answer<PaymentRecord>);
    }

    /// <summary>The payment, if there is one by now: its record is born in another grain's commit, perhaps after somebody guessed the id.</summary>
    private async ValueTask<PaymentRecord?> Find()
    {
        if (state.State.Payment is null) await state.ReadStateAsync();
        if (state.State.Payment is null) this.DeactivateOnIdle();
        return state.State.Payment;
    }

    /// <summary>Asks the provider, within bounds. Nothing means that nobody can say what it did.</summary>
    private async Task<TAnswer?> Ask<TAnswer>(Func<Charge, CancellationToken, Task<TAnswer>> question, PaymentRecord payment)
        where TAnswer : struct
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            return await question(state.State.Charge(payment), patience.Token).WaitAsync(patience.Token);
        }
        catch (Exception exception)
        {
            // An outage is one warning for each payment, not one for each attempt.
            var level = state.State.Attempts == 0 ? LogLevel.Warning : LogLevel.Debug;
            Log.ProviderFailed(log, level, exception, payment.Id, typeof(TAnswer).Name);
            return null;
        }
    }
}

/// <summary>What payments have to log.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 20, Message = "The payment provider gave no answer for {PaymentId}; its {Question} is not known and is asked for again")]
    public static partial void ProviderFailed(ILogger log, LogLevel level, Exception exception, PaymentId paymentId, string question);
}
