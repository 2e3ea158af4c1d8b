using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.History;
using Ticketing.Storage.Moving;

namespace Ticketing.Storage.Verifying;

/// <summary>The payments of an event's tickets: each is there, and its money is where the ticket says.</summary>
/// <param name="engine">The database.</param>
/// <param name="checker">The journal.</param>
/// <param name="moment">How far it was.</param>
internal sealed class StoredMoney(IEngine engine, HistoryChecker checker, Moment moment)
{
    private const string UnderWay = "payments still under way";
    private const string SaidByHand = "payments that stand as an operator said";

    private readonly Check payments = checker.Table.Row("payments", "each ticket has its payment, of its price and owner");
    private readonly Check paid = checker.Table.Row("paid", "each active ticket is paid, and its money was not given back");
    private readonly Check returned = checker.Table.Row("returned", "each ended ticket's money was given back, or never taken");
    private readonly List<(FoldedTicket Ticket, MoneyBack MoneyBack, PaymentRecord Payment)> found = [];

    public async Task Read(CancellationToken cancellation)
    {
        await foreach (var (ticket, row) in engine.FindEach(Tables.Payments, [.. checker.Sale.Tickets], ticket => Expected.Id(ticket.Sold.Payment), cancellation))
        {
            payments.Look();
            var sold = ticket.Sold;
            if (row is null)
            {
                if (ticket.SoldPosition <= moment.Sure) checker.Violate(payments, sold.Ticket, $"its payment {Ids.Record(sold.Payment)} is not there");
                else payments.Note("records that follow their batch");
                continue;
            }

            var payment = Tables.Payments.Read(row).Payment!;
            var expected = Expected.Ticket(moment.Key, ticket).Ticket;
            if ((payment.Money, payment.UserId, payment.EventId, payment.TicketId) != (new Money(expected.Price, expected.Currency), expected.UserId, moment.Key, expected.Id))
                checker.Violate(payments, sold.Ticket, $"payment {payment.Id} is not its own, or of another price or owner");
            found.Add((ticket, ticket.MoneyBack, payment));
        }
    }

    /// <summary>The journal was read on: what has not changed meanwhile stood as it does when the payment was read.</summary>
    public void Judge()
    {
        foreach (var (ticket, moneyBack, payment) in found)
        {
            if (ticket.ChangedAt > moment.Position || ticket.MoneyBack != moneyBack) (ticket.HasEnded ? returned : paid).Note(UnderWay);
            else if (ticket.HasEnded) JudgeEnded(ticket, payment);
            else JudgeOpen(ticket, payment);
        }
    }

    private void JudgeOpen(FoldedTicket ticket, PaymentRecord payment)
    {
        paid.Look();
        if (payment.Reason is PaymentReason.Voided or PaymentReason.Returned)
            checker.Violate(paid, ticket.Sold.Ticket, $"it is {ticket.Standing}, and payment {payment.Id} is {payment.Status}, {payment.Reason}: it is kept and returned");
        else if (ticket.Standing == Standing.Pending) paid.Note(UnderWay);
        else if (payment.Status == PaymentStatus.Success) return;
        else if (ticket.IsByHand) paid.Note(payment.Status == PaymentStatus.Pending ? UnderWay : "tickets that are active by hand, without their payment");
        // What the provider said has a reason.
        else if (payment is { Status: not PaymentStatus.Pending, Reason: PaymentReason.None }) paid.Note(SaidByHand);
        else checker.Violate(paid, ticket.Sold.Ticket, $"it is active, and payment {payment.Id} is {payment.Status}, {payment.Reason}");
    }

    private void JudgeEnded(FoldedTicket ticket, PaymentRecord payment)
    {
        returned.Look();
        if (ticket.MoneyBack != MoneyBack.Done || payment.Reason == PaymentReason.ReturnDue) returned.Note("returns still under way");
        else if (payment is { Status: PaymentStatus.Refunded } or { Status: PaymentStatus.Failed, Reason: not PaymentReason.None }) return;
        else if (payment is { Status: PaymentStatus.Failed }) returned.Note(SaidByHand);
        else checker.Violate(returned, ticket.Sold.Ticket, $"it is {ticket.Standing} and its return is done, and payment {payment.Id} is {payment.Status}");
    }
}
