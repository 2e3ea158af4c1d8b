namespace Ticketing.History;

/// <summary>Looks whether each thing that holders must hear is told once, under a key of its own.</summary>
internal sealed class ToldOnce(CheckTable table, Action<Check, UInt128?, string> violate)
{
    private readonly Check told = table.Row("told", "each thing is told once, under its own key");
    private bool isOffSale;

    /// <summary>How many changes of the event there were of which holders must hear.</summary>
    public int Change { get; private set; }

    /// <summary>The event was changed: all who have a ticket must hear.</summary>
    public void Begin() => Change++;

    /// <summary>The event is off sale: nobody must hear of changes any more.</summary>
    public void Stop() => isOffSale = true;

    public void Apply(Told fact, FoldedTicket ticket, long position, UInt128 eventId)
    {
        told.Look();
        if (fact.Key != Derivation.NotificationKey(fact.At, eventId, position)) violate(told, fact.Ticket, $"it was told under the key {Ids.Record(fact.Key)}, which is not its own");
        if (Fault(fact.Tidings, ticket) is { } fault) violate(told, fact.Ticket, $"{fault} ({fact.Tidings})");
    }

    /// <summary>What must have been told by the end of a batch.</summary>
    public void Finish(FoldedTicket ticket)
    {
        var missing = ticket.HasEnded && !ticket.IsEndTold ? "that it ended"
            : ticket.Standing == Standing.Active && !ticket.IsActiveTold ? "that it is active"
            : ticket.MovesTold < ticket.Moves ? "that it has another seat" : null;
        if (missing is not null) violate(told, ticket.Sold.Ticket, $"its owner was not told {missing}");
    }

    private string? Fault(Tidings tidings, FoldedTicket ticket)
    {
        const string Untrue = "it was told and was not so", Twice = "it was told twice";
        switch (tidings)
        {
            case Tidings.PaymentReceived:
                var (isFirst, isSo) = (!ticket.IsPaymentTold, ticket.Standing == Standing.Active);
                ticket.IsPaymentTold = true;
                return !isSo ? Untrue : isFirst ? null : Twice;
            case Tidings.TicketActive:
                (isFirst, isSo) = (!ticket.IsActiveTold, ticket.Standing == Standing.Active);
                ticket.IsActiveTold = true;
                return !isSo ? Untrue : isFirst ? null : Twice;
            case Tidings.SeatMoved: return ++ticket.MovesTold > ticket.Moves ? Untrue : null;
            case Tidings.EventChanged:
                (isFirst, isSo) = (ticket.ChangeTold < Change, !isOffSale && !ticket.HasEnded);
                ticket.ChangeTold = Change;
                return !isSo ? Untrue : isFirst ? null : Twice;
            case Tidings.Cancelled or Tidings.RefundComing or Tidings.PaymentDeclined or Tidings.PaymentTimedOut or Tidings.EventCancelled or Tidings.TicketDeleted:
                (isFirst, isSo) = (!ticket.IsEndTold, ticket.HasEnded);
                ticket.IsEndTold = true;
                return !isSo ? Untrue : isFirst ? null : Twice;
            default: throw new InvalidOperationException($"no rule for {tidings}");
        }
    }
}
