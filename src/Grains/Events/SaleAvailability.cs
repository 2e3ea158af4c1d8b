using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;

namespace Ticketing.Grains.Events;

/// <summary>What a sale says to those who would ask it in vain.</summary>
internal sealed partial class Sale
{
    /// <summary>How many operations were carried out: whoever knew all of them knows all still while this is the same.</summary>
    public int OperationCount => operations.Count;

    /// <summary>Whether there is an event, and no seat of it is for sale.</summary>
    public bool IsSoldOut => Exists && Remaining == 0;

    /// <summary>
    /// What is to be known to refuse purchases of a sold-out event without asking it: true for as long as the event is sold out, its details and <see cref="OperationCount"/> are the same, and
    /// its time has not come.
    /// </summary>
    /// <param name="refused">Hears of each refusal.</param>
    public SoldOut DescribeSoldOut(Action refused)
    {
        var until = Details!.Date.ToUnixTimeMilliseconds();
        var known = new OperationFilter(operations.Count);
        foreach (var command in commands) known.Add(command.Operation.Id);
        for (var i = 0; i < tickets.Count; i++)
        {
            ref readonly var ticket = ref tickets[i];
            known.Add(ticket.Operation);
            // Deadlines need not be in the order of tickets: the time that a payment has is a setting.
            if (ticket.Status == TicketStatus.Pending) until = Math.Min(until, ticket.PayBy + 1);
        }

        return new(Details.Capacity, DateTimeOffset.FromUnixTimeMilliseconds(until), known, refused);
    }
}
