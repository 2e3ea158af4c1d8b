using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Payments;

namespace Ticketing.Grains.Backups;

/// <summary>What a restored payment had to learn from the ledgers.</summary>
public enum Learned
{
    /// <summary>Nothing: it fits its ticket.</summary>
    Nothing,

    /// <summary>That the money came: its ticket is Active.</summary>
    Paid,

    /// <summary>That its event does not know how it ended: it will be told again.</summary>
    Untold,

    /// <summary>That no ticket has the money: the payments job returns it.</summary>
    ReturnDue,

    /// <summary>Nothing, though it does not fit its ticket: an operator has said where it stands.</summary>
    SaidByHand,
}

/// <summary>
/// Brings restored payments in line with the restored ledgers, because the files of a set are not of one moment. The ledger is the truth about the ticket; what
/// became of money, the provider knows best, and it is asked through the payments' own rules. Pure.
/// </summary>
public static class PaymentReconciliation
{
    /// <summary>A purchase becomes durable this long after it was decided, at most: no answer is waited for longer.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(2);

    /// <summary>A ticket's own payment.</summary>
    /// <param name="state">The payment.</param>
    /// <param name="ticket">Its ticket, as the ledger has it.</param>
    /// <param name="isReturnOrdered">Whether the event will ask for the money to be returned.</param>
    /// <param name="isUnpaid">Whether the ticket is Active though its payment has not come.</param>
    /// <param name="isYounger">Whether the payments were backed up after the ledgers, so that they may know what the ledgers do not.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="InvalidDataException">The two contradict each other.</exception>
    public static (PaymentState State, Learned Learned) With(this PaymentState state, TicketRecord ticket, bool isReturnOrdered, bool isUnpaid, bool isYounger, DateTimeOffset now)
    {
        if (state.Payment is not { } payment || payment.Id != ticket.PaymentId || payment.TicketId != ticket.Id || payment.EventId != ticket.EventId
            || payment.UserId != ticket.UserId || payment.Money != new Abstractions.Money(ticket.Price, ticket.Currency))
            throw new InvalidDataException($"payment {ticket.PaymentId} is not that of ticket {ticket.Id}");
        switch (ticket.Status)
        {
            case TicketStatus.Active when isUnpaid && payment.Status == PaymentStatus.Pending: return (state, Learned.Nothing);
            case TicketStatus.Active when payment.Status == PaymentStatus.Pending: return (state.Paid(), Learned.Paid);
            case TicketStatus.Active when payment.IsReturned():
                throw new InvalidDataException($"the money of ticket {ticket.Id} was returned after its event was backed up: this set does not fit together");
            case TicketStatus.Active: return (state, payment.Status == PaymentStatus.Success ? Learned.Nothing : Learned.SaidByHand);
            case TicketStatus.Pending when isYounger && payment.Status != PaymentStatus.Pending && !state.IsDeleted:
                return (state with { NextAt = now }, Learned.Untold);
            case TicketStatus.Pending: return (state, payment.Status == PaymentStatus.Pending ? Learned.Nothing : Learned.SaidByHand);
            case TicketStatus.Cancelled or TicketStatus.Refunded:
                return isReturnOrdered || !state.MustReturn() ? (state, Learned.Nothing) : (state.ReturnDue(now), Learned.ReturnDue);
            default: throw new InvalidOperationException($"no rule for {ticket.Status}");
        }
    }

    /// <summary>A payment that no ledger knows. One that is older than the ledgers is a service's own; a younger one may be of a purchase that is lost.</summary>
    /// <param name="state">The payment.</param>
    /// <param name="ledgersTakenAt">When the ledgers were backed up.</param>
    /// <param name="isYounger">Whether the payments were backed up after that.</param>
    /// <param name="now">The time.</param>
    public static (PaymentState State, Learned Learned) WithoutTicket(this PaymentState state, DateTimeOffset ledgersTakenAt, bool isYounger, DateTimeOffset now) =>
        isYounger && state.Payment!.CreatedAt > ledgersTakenAt - Slack && state.MustReturn() ? (state.ReturnDue(now), Learned.ReturnDue) : (state, Learned.Nothing);
}
