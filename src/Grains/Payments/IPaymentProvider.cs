using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Payments;

namespace Ticketing.Grains.Payments;

/// <summary>A charge, as the provider is asked for it. The payment's id is the provider's idempotency key: the same id is charged once.</summary>
/// <param name="PaymentId">The payment.</param>
/// <param name="Money">How much.</param>
/// <param name="CardToken">What <see cref="IPaymentProvider.Tokenise"/> made of the card.</param>
/// <param name="CreatedAt">When the ticket was bought.</param>
public sealed record Charge(PaymentId PaymentId, Money Money, string CardToken, DateTimeOffset CreatedAt);

/// <summary>How a charge stands at the provider.</summary>
public enum ChargeStatus
{
    /// <summary>The provider has not decided yet; ask again.</summary>
    Processing,

    /// <summary>The money was taken.</summary>
    Taken,

    /// <summary>No money was taken, and none will be.</summary>
    Declined,
}

/// <summary>How a return ended at the provider.</summary>
public enum ReturnStatus
{
    /// <summary>The provider could not say; ask again.</summary>
    Processing,

    /// <summary>Nothing had been taken, and nothing will be.</summary>
    Voided,

    /// <summary>What was taken was given back.</summary>
    Returned,
}

/// <summary>A payment provider. Every method may be repeated without a second effect; an exception means that the outcome is not known.</summary>
public interface IPaymentProvider
{
    /// <summary>Hands the card over and gets a token for it, 64 characters at most. The card is not kept on this side.</summary>
    ValueTask<string> Tokenise(CardDetails card, CancellationToken cancellation);

    /// <summary>Takes the money, once per payment id. Of money that was taken and given back since, the answer is still that it was taken.</summary>
    Task<ChargeStatus> Take(Charge charge, CancellationToken cancellation);

    /// <summary>Gives the money back, or sees to it that none is taken under this payment id any more.</summary>
    Task<ReturnStatus> Return(Charge charge, CancellationToken cancellation);
}
