using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Abstractions.Payments;

/// <summary>Where a payment stands (contract.md 8.1, design.md 6.7).</summary>
[GenerateSerializer]
public enum PaymentStatus
{
    /// <summary>Not settled yet.</summary>
    Pending,

    /// <summary>The money was taken.</summary>
    Success,

    /// <summary>No money was taken, and none will be.</summary>
    Failed,

    /// <summary>The money was taken and given back.</summary>
    Refunded,
}

/// <summary>Why a payment ended without money kept.</summary>
[GenerateSerializer]
public enum PaymentReason
{
    /// <summary>Nothing to explain.</summary>
    None,

    /// <summary>The provider declined the card.</summary>
    Declined,

    /// <summary>The ticket ended before the charge; nothing was taken.</summary>
    Voided,

    /// <summary>The ticket ended after the charge; the money was given back.</summary>
    Returned,

    /// <summary>After a restore: no ticket has this money, and no event will ask for its return. The payments job returns it.</summary>
    ReturnDue,
}

/// <summary>One charge (contract.md 8.1). No card data is part of it.</summary>
/// <param name="Id">The payment.</param>
/// <param name="Money">The ticket's price in the buyer's currency.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Reason">Why it ended without money kept, if it did.</param>
/// <param name="CreatedAt">When the ticket was bought.</param>
/// <param name="UserId">The ticket's owner.</param>
/// <param name="EventId">The event.</param>
/// <param name="TicketId">The ticket.</param>
[GenerateSerializer, Immutable, Alias("PaymentRecord")]
public sealed record PaymentRecord(
    [property: Id(0)] PaymentId Id,
    [property: Id(1)] Money Money,
    [property: Id(2)] PaymentStatus Status,
    [property: Id(3)] PaymentReason Reason,
    [property: Id(4)] DateTimeOffset CreatedAt,
    [property: Id(5)] UserId UserId,
    [property: Id(6)] EventKey EventId,
    [property: Id(7)] TicketId TicketId);

/// <summary>The card as the buyer typed it (contract.md 7.2). It exists in memory until the provider has made a token of it, and is never stored or logged.</summary>
/// <param name="Number">12 to 19 characters.</param>
/// <param name="Expires">When it expires.</param>
/// <param name="Cvv">3 to 4 characters.</param>
/// <param name="Holder">2 to 50 characters.</param>
[GenerateSerializer, Immutable, Alias("CardDetails")]
public sealed record CardDetails(
    [property: Id(0)] string Number, [property: Id(1)] DateTimeOffset Expires, [property: Id(2)] string Cvv, [property: Id(3)] string Holder)
{
    /// <summary>Names the type alone, so that no log line can carry a card.</summary>
    public override string ToString() => nameof(CardDetails);
}

/// <summary>A payment that a service asks for (contract.md 8.2). User, event and ticket need not exist.</summary>
/// <param name="Money">How much.</param>
/// <param name="UserId">Who pays.</param>
/// <param name="EventId">For which event.</param>
/// <param name="TicketId">For which ticket.</param>
/// <param name="Card">The card, which is passed to the provider and forgotten.</param>
[GenerateSerializer, Immutable, Alias("NewPayment")]
public sealed record NewPayment(
    [property: Id(0)] Money Money, [property: Id(1)] UserId UserId, [property: Id(2)] EventKey EventId, [property: Id(3)] TicketId TicketId, [property: Id(4)] CardDetails Card);

/// <summary>One charge and its conversation with the payment provider. Its key is the payment id. The payment is born in the purchase's own commit.</summary>
[Alias("IPaymentGrain")]
public interface IPaymentGrain : IGrainWithStringKey
{
    /// <summary>The payment.</summary>
    /// <returns>The payment, or <see cref="Refusal.NoSuchPayment"/>.</returns>
    [ReadOnly, Alias("Read")]
    ValueTask<Answer<PaymentRecord>> Read();

    /// <summary>Makes a payment that no ledger gives birth to, to be settled by the job; repeating it is harmless.</summary>
    /// <returns>The pending payment.</returns>
    [Alias("Create")]
    Task<Answer<PaymentRecord>> Create(NewPayment order);

    /// <summary>Asks the provider to settle the payment if it is pending and due. Safe to repeat.</summary>
    /// <returns>What the event must be told, or nothing when there is nothing (more) to tell.</returns>
    [Alias("Settle")]
    Task<SettledPayment?> Settle();

    /// <summary>Notes that the event knows how the payment ended, so that the job leaves it alone from now on.</summary>
    [Alias("Told")]
    Task Told();

    /// <summary>Gives the money back, or sees to it that none is taken. Done once, however often it is called.</summary>
    [Alias("Return")]
    Task<Answer<PaymentRecord>> Return();

    /// <summary>
    /// Sets where it stands: <see cref="PaymentStatus.Pending"/> has the job settle it (again) at once, <see cref="PaymentStatus.Success"/> and
    /// <see cref="PaymentStatus.Failed"/> have no effect on ticket or money.
    /// </summary>
    /// <returns>The payment, <see cref="Refusal.NoSuchPayment"/>, or <see cref="Refusal.PaymentEnded"/> when its ticket ended and the money was given back or never taken.</returns>
    [Alias("Mark")]
    Task<Answer<PaymentRecord>> Mark(PaymentStatus status);

    /// <summary>Takes it off every list for good, and the job leaves it alone. Its money can still be given back.</summary>
    /// <returns>The payment as it was, or <see cref="Refusal.NoSuchPayment"/>.</returns>
    [Alias("Delete")]
    Task<Answer<PaymentRecord>> Delete();
}

/// <summary>How a payment ended, as the event is told.</summary>
/// <param name="PaymentId">The payment.</param>
/// <param name="EventId">The event to tell.</param>
/// <param name="TicketId">The ticket it pays.</param>
/// <param name="Succeeded">Whether the money was taken.</param>
[GenerateSerializer, Immutable, Alias("SettledPayment")]
public sealed record SettledPayment(
    [property: Id(0)] PaymentId PaymentId, [property: Id(1)] EventKey EventId, [property: Id(2)] TicketId TicketId, [property: Id(3)] bool Succeeded);

/// <summary>The payments job's share of one shard: every ten seconds it settles what is pending and tells the events. Its key is the shard's number.</summary>
[Alias("IPaymentRunGrain")]
public interface IPaymentRunGrain : IGrainWithIntegerKey
{
    /// <summary>Makes sure that the job runs, also after a restart. Answered during a round too: a silo that starts waits for it.</summary>
    [Alias("Start"), AlwaysInterleave]
    Task Start();

    /// <summary>Does one round now.</summary>
    [Alias("Run")]
    Task Run();
}

/// <summary>Lists of payments, answered by storage. Key 0.</summary>
[Alias("IPaymentListGrain")]
public interface IPaymentListGrain : IGrainWithIntegerKey
{
    /// <summary>All payments that were not deleted.</summary>
    [Alias("List")]
    Task<Page<PaymentRecord>> List(PageRequest page);
}
