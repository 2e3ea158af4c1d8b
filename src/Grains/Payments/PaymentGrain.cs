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

    private readonly Departure departure = new();

    public IGrainContext GrainContext => context;

    public async ValueTask<Answer<PaymentRecord>> Read() => await Find() is { } payment ? payment : Refusal.NoSuchPayment;

    public async Task<Answer<PaymentRecord>> Create(NewPayment order)
    {
        if (state.State.Payment is { } existing) return existing;
        if (await Tokenise(order.Card) is not { } token) return default;

        var now = time.GetUtcNow();
        var id = PaymentId.Parse(this.GetPrimaryKeyString());
        var made = new PaymentRecord(id, order.Money, PaymentStatus.Pending, PaymentReason.None, now, order.UserId, order.EventId, order.TicketId);
        return await Store(new() { Payment = made, CardToken = token, NextAt = now }, made);
    }

    public async Task<SettledPayment?> Settle()
    {
        // Of a deleted payment, too.
        if (await Look() is not null && state.State.IsReturnDue()) await Return();
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
        if (await Look() is not { } payment) return Refusal.NoSuchPayment;
        if (!state.State.MustReturn()) return payment;

        var answer = await Ask(provider.Return, payment);
        return state.State.AfterReturn(answer) is { } ended ? await Store(ended, ended.Payment!) : default;
    }

    public async Task<Answer<PaymentRecord>> Mark(PaymentStatus status)
    {
        if (await Find() is not { } payment) return Refusal.NoSuchPayment;
        if (payment.IsReturned() || state.State.IsReturnDue()) return Refusal.PaymentEnded;

        var next = state.State.Marked(status, time.GetUtcNow());
        return await Store(next, next.Payment!);
    }

    public async Task<Answer<PaymentRecord>> Delete() =>
        await Find() is { } payment ? await Store(state.State with { NextAt = state.State.IsReturnDue() ? state.State.NextAt : null, IsDeleted = true }, payment) : Refusal.NoSuchPayment;

    /// <summary>The payment, unless it was deleted.</summary>
    private async ValueTask<PaymentRecord?> Find() => await Look() is { } payment && !state.State.IsDeleted ? payment : null;

    /// <summary>The payment, if there is one by now: its record may be born in another grain's commit, perhaps after somebody guessed the id.</summary>
    private async ValueTask<PaymentRecord?> Look()
    {
        if (state.State.Payment is null) await state.ReadStateAsync();
        if (state.State.Payment is null || state.State.IsDeleted) departure.Begin(this);
        return state.State.Payment;
    }

    private async Task<Answer<PaymentRecord>> Store(PaymentState next, PaymentRecord answer) =>
        await state.TryReplace(next, context, log) ? answer : default(Answer<PaymentRecord>);

    /// <summary>Hands the card over, within bounds. Nothing means that there is no token.</summary>
    private async Task<string?> Tokenise(CardDetails card)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            return await provider.Tokenise(card, patience.Token).AsTask().WaitAsync(patience.Token);
        }
        catch (Exception exception)
        {
            // The exception may quote the card: its type alone is told.
            Log.CardNotTokenised(log, this.GetPrimaryKeyString(), exception.GetType().Name);
            return null;
        }
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

    [LoggerMessage(21, LogLevel.Warning, "The payment provider made no token of the card for {PaymentId} ({Fault}); nothing was stored")]
    public static partial void CardNotTokenised(ILogger log, string paymentId, string fault);
}
