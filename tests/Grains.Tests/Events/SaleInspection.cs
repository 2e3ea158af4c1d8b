using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;

namespace Ticketing.Grains.Tests.Events;

/// <summary>Compares all that can be seen of a sale with its model.</summary>
internal static class SaleInspection
{
    /// <exception cref="InvalidOperationException">They differ.</exception>
    public static void Compare(Sale sale, SaleModel model, DateTimeOffset now)
    {
        Same("seats", (sale.Taken, sale.Withheld, sale.Remaining, sale.IsDeleted), (model.Taken, model.Withheld, model.Remaining, model.Deleted));
        Same("capacity", sale.Details!.Capacity, sale.Taken + sale.Withheld + sale.Remaining);
        Same("record", sale.Record(), model.Record());
        Same("tickets", sale.Tickets.Count(), model.Tickets.Count);
        foreach (var (record, expected) in sale.Tickets.Zip(model.Tickets))
        {
            var id = record.Id;
            Same("ticket", record, expected.Record);
            Same("found", sale.Ticket(id), record);
            Same("hidden, unpaid", (sale.IsTicketDeleted(id), sale.IsTicketUnpaid(id)), (expected.IsHidden, expected.AwaitsMoney));
        }

        var returns = model.Tickets.Where(ticket => ticket.IsReturning).OrderBy(ticket => ticket.Record.Id.Value).Select(ticket => (ticket.Record.Id, ticket.Record.PaymentId));
        if (!sale.Returns.Select(pair => (pair.Key, pair.Value)).SequenceEqual(returns)) throw new InvalidOperationException("the returns differ");
        var due = model.Tickets.Exists(ticket => ticket.MustHear || (model.Deleted && ticket.IsOpen))
            || model.Tickets.Find(ticket => ticket.Status == TicketStatus.Pending)?.IsOverdue(now) == true;
        Same("work due", sale.HasWorkDue(now), due);
        Same("open work", sale.HasOpenWork, due || model.Tickets.Exists(ticket => ticket.IsReturning || ticket.Status == TicketStatus.Pending));
    }

    private static void Same<T>(string what, T actual, T expected)
    {
        if (!EqualityComparer<T>.Default.Equals(actual, expected)) throw new InvalidOperationException($"{what}: the sale has {actual}, the model {expected}");
    }
}
