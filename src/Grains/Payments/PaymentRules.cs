using Ticketing.Grains.Abstractions.Payments;

namespace Ticketing.Grains.Payments;

/// <summary>How a payment moves on. Pure: no clock, no provider, no storage.</summary>
internal static class PaymentRules
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>The charge, as the provider is asked for it.</summary>
    public static Charge Charge(this PaymentState state, PaymentRecord payment) =>
        new(payment.Id, payment.Money, state.CardToken, payment.CreatedAt);

    /// <summary>Whether it is time to ask the provider for the money.</summary>
    public static bool MustTake(this PaymentState state, DateTimeOffset now) =>
        state.Payment is { Status: PaymentStatus.Pending } && !state.IsReturnDue() && state.NextAt <= now;

    /// <summary>The payment when its ticket's ledger shows that the money came and that the event knows.</summary>
    public static PaymentState Paid(this PaymentState state) => state.Standing(PaymentStatus.Success, PaymentReason.None);

    /// <summary>The payment when the job must return the money because no event will ask for it.</summary>
    public static PaymentState ReturnDue(this PaymentState state, DateTimeOffset now) =>
        state with { Payment = state.Payment! with { Reason = PaymentReason.ReturnDue }, NextAt = now };

    /// <summary>Whether the job must return the money without being asked by an event.</summary>
    public static bool IsReturnDue(this PaymentState state) => state.Payment is { Reason: PaymentReason.ReturnDue };

    /// <summary>The payment after the provider was asked for the money. It stays due until the event has been told how it ended.</summary>
    /// <param name="state">The pending payment.</param>
    /// <param name="answer">What the provider said, or nothing when that is not known.</param>
    /// <param name="now">The time.</param>
    public static PaymentState AfterTake(this PaymentState state, ChargeStatus? answer, DateTimeOffset now) => answer switch
    {
        ChargeStatus.Taken => state.Standing(PaymentStatus.Success, PaymentReason.None) with { NextAt = now },
        ChargeStatus.Declined => state.Standing(PaymentStatus.Failed, PaymentReason.Declined) with { NextAt = now },
        ChargeStatus.Processing => state with { NextAt = now + Soon },
        null => state with { Attempts = state.Attempts + 1, NextAt = now + Backoff.After(state.Attempts + 1, FirstWait, LongestWait) },
    };

    /// <summary>Whether a return still has something to do at the provider, which knows best what became of a payment that was failed by hand.</summary>
    public static bool MustReturn(this PaymentState state) =>
        state.Payment is { Status: PaymentStatus.Pending or PaymentStatus.Success } or { Status: PaymentStatus.Failed, Reason: PaymentReason.None or PaymentReason.ReturnDue };

    /// <summary>Whether the money was given back, or will never be taken, because the ticket ended. That is final.</summary>
    public static bool IsReturned(this PaymentRecord payment) => payment.Reason is PaymentReason.Voided or PaymentReason.Returned;

    /// <summary>The payment after its return. Nothing is left to tell: the event asked for the return.</summary>
    /// <param name="state">The payment, for which <see cref="MustReturn"/> holds.</param>
    /// <param name="answer">What the provider said, or nothing when that is not known.</param>
    /// <returns>The payment as it ended, or nothing when the provider must be asked again.</returns>
    public static PaymentState? AfterReturn(this PaymentState state, ReturnStatus? answer) => answer switch
    {
        // Of money that is known to have been taken, "nothing was taken" can only mean that the charge was undone.
        ReturnStatus.Voided when state.Payment is { Status: not PaymentStatus.Success } => state.Standing(PaymentStatus.Failed, PaymentReason.Voided),
        ReturnStatus.Voided or ReturnStatus.Returned => state.Standing(PaymentStatus.Refunded, PaymentReason.Returned),
        ReturnStatus.Processing or null => null,
    };

    /// <summary>
    /// The payment when somebody says where it stands. Pending means to be settled from the beginning; what it is already stays as it is, because
    /// the event may not know yet.
    /// </summary>
    public static PaymentState Marked(this PaymentState state, PaymentStatus status, DateTimeOffset now)
    {
        if (status == PaymentStatus.Pending) return state.Standing(status, PaymentReason.None) with { NextAt = now, Attempts = 0 };
        return status == state.Payment!.Status ? state : state.Standing(status, PaymentReason.None);
    }

    /// <summary>What the event must be told, or nothing when there is nothing (more) to tell.</summary>
    public static SettledPayment? ToTell(this PaymentState state) => state switch
    {
        { NextAt: not null, Payment: { Status: PaymentStatus.Success or PaymentStatus.Failed, Reason: not PaymentReason.ReturnDue } payment } =>
            new(payment.Id, payment.EventId, payment.TicketId, payment.Status == PaymentStatus.Success),
        _ => null,
    };

    private static PaymentState Standing(this PaymentState state, PaymentStatus status, PaymentReason reason) =>
        state with { Payment = state.Payment! with { Status = status, Reason = reason }, NextAt = null };
}
