using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;

namespace Ticketing.Grains.Tests.Events;

/// <summary>What services and administrators do to tickets: activating by hand, and deleting.</summary>
public sealed class SaleServiceTests
{
    [Fact]
    public void A_ticket_activated_by_hand_is_active_and_its_owner_is_told()
    {
        var bench = new Bench();
        var ticket = bench.Ticket(7, paid: false);
        var operation = bench.NewOperation();

        var answer = bench.Activate(ticket, operation);

        Assert.Equal(ticket with { Status = TicketStatus.Active }, answer.Value);
        Assert.Equal([(ticket.Id, Tidings.TicketActive)], bench.Told);
        Assert.False(bench.Sale.HasOpenWork);
        bench.End(ticket, TicketStatus.Cancelled);
        Assert.Equal(answer, bench.Activate(ticket, operation));
        Assert.Empty(bench.Decided);
    }

    [Fact]
    public void The_money_of_a_ticket_activated_by_hand_is_told_once_and_activates_nothing_again()
    {
        var bench = new Bench();
        var ticket = bench.Ticket(7, paid: false);
        bench.Activate(ticket);

        bench.Settle(ticket);
        Assert.Equal([new Told(bench.Now, ticket.Id, Tidings.PaymentReceived)], bench.Decided);
        bench.Settle(ticket);
        Assert.Empty(bench.Decided);
        bench.Activate(ticket);
        Assert.Empty(bench.Decided);
        Assert.Equal([(ticket.Id, Tidings.TicketActive), (ticket.Id, Tidings.PaymentReceived)], bench.Told);
    }

    [Fact]
    public void A_payment_declined_or_late_leaves_a_ticket_activated_by_hand_active()
    {
        var bench = new Bench();
        var ticket = bench.Ticket(7, paid: false);
        bench.Activate(ticket);

        bench.Settle(ticket, succeeded: false);
        bench.Now += Bench.PaymentTimeout * 2;
        bench.Tidy();

        Assert.Empty(bench.Decided);
        Assert.Equal(TicketStatus.Active, bench.Status(ticket));
        Assert.Equal(Refusal.SeatTaken, bench.Buy(7).Refusal);
    }

    [Fact]
    public void An_active_ticket_is_answered_as_it_stands_and_an_ended_or_unknown_one_refused()
    {
        var bench = new Bench();
        var (active, ended) = (bench.Ticket(1), bench.Ticket(2));
        bench.End(ended, TicketStatus.Refunded);

        Assert.Equal(active, bench.Activate(active).Value);
        Assert.Equal(Refusal.TicketEnded, bench.Activate(ended).Refusal);
        Assert.Equal(Refusal.NoSuchTicket, bench.Activate(active with { Id = new(bench.NewId()) }).Refusal);
        Assert.Equal(Refusal.NotYours, bench.Activate(active, caller: bench.Holder(active)).Refusal);
        Assert.Empty(bench.Decided);
    }

    [Fact]
    public void A_ticket_whose_payment_is_overdue_lapses_instead_of_being_activated()
    {
        var bench = new Bench();
        var ticket = bench.Ticket(7, paid: false);
        bench.Now += Bench.PaymentTimeout + TimeSpan.FromMilliseconds(1);

        Assert.Equal(Refusal.TicketEnded, bench.Activate(ticket).Refusal);

        Assert.Equal(TicketStatus.Cancelled, bench.Status(ticket));
        Assert.Equal([(ticket.Id, Tidings.PaymentTimedOut)], bench.Told);
        Assert.True(bench.Buy(7).IsDone);
    }

    [Fact]
    public void A_ticket_of_a_deleted_event_is_not_activated()
    {
        var bench = new Bench();
        var ticket = bench.Ticket(7, paid: false);
        bench.Delete();

        Assert.Equal(Refusal.TicketEnded, bench.Activate(ticket).Refusal);
        bench.Tidy();

        Assert.Equal([(ticket.Id, Tidings.EventCancelled)], bench.Told);
    }

    [Theory]
    [InlineData(false, TicketStatus.Pending, TicketStatus.Cancelled)]
    [InlineData(true, TicketStatus.Active, TicketStatus.Refunded)]
    public void An_open_ticket_that_is_deleted_gives_seat_and_money_back_once_and_its_owner_is_told(bool paid, TicketStatus before, TicketStatus after)
    {
        var bench = new Bench();
        var ticket = bench.Ticket(7, paid);
        var operation = bench.NewOperation();
        var told = bench.Told.Count();

        var answer = bench.Delete(ticket, operation);

        Assert.Equal((ticket, before), (answer.Value, answer.Value!.Status));
        Assert.Equal((after, true), (bench.Status(ticket), bench.Sale.IsTicketDeleted(ticket.Id)));
        Assert.Equal([(ticket.Id, Tidings.TicketDeleted)], bench.Told.Skip(told));
        Assert.Equal([ticket.Id], bench.Sale.Returns.Keys);
        Assert.Equal(25u, bench.Sale.Remaining);
        // The seat goes to somebody else, from whom no repeat may take it.
        bench.Ticket(7);

        Assert.Equal(answer, bench.Delete(ticket, operation));
        Assert.Equal(Refusal.NoSuchTicket, bench.Delete(ticket).Refusal);
        Assert.Equal(24u, bench.Sale.Remaining);
        Assert.Single(bench.Entries.OfType<ReturnOrdered>());
        Assert.Empty(bench.Decided);
    }

    [Theory]
    [InlineData(TicketStatus.Cancelled)]
    [InlineData(TicketStatus.Refunded)]
    public void An_ended_ticket_that_is_deleted_gives_nothing_back_again_and_nobody_is_told(TicketStatus end)
    {
        var bench = new Bench();
        var ticket = bench.Ticket(7);
        var ending = bench.NewOperation();
        var ended = bench.End(ticket, end, ending);
        bench.AcknowledgeReturn(ticket);
        bench.Ticket(7);

        Assert.Equal(end, bench.Delete(ticket).Value!.Status);

        Assert.IsType<TicketDeleted>(Assert.Single(bench.Decided));
        Assert.Equal((24u, 0), (bench.Sale.Remaining, bench.Sale.Returns.Count));
        // What was done before is answered as it was then.
        Assert.Equal(ended, bench.End(ticket, end, ending));
    }

    [Fact]
    public void A_deleted_ticket_is_not_there_for_any_command()
    {
        var bench = new Bench();
        var ticket = bench.Ticket(7);
        bench.Delete(ticket);

        Assert.Equal(Refusal.NoSuchTicket, bench.Move(ticket, 8).Refusal);
        Assert.Equal(Refusal.NoSuchTicket, bench.End(ticket, TicketStatus.Refunded).Refusal);
        Assert.Equal(Refusal.NoSuchTicket, bench.Activate(ticket).Refusal);
        Assert.Equal(Refusal.NoSuchTicket, bench.Delete(ticket).Refusal);
        Assert.Empty(bench.Decided);
    }

    [Fact]
    public void Money_that_comes_for_a_deleted_ticket_revives_nothing_and_its_return_stays_ordered()
    {
        var bench = new Bench();
        var ticket = bench.Ticket(7, paid: false);
        bench.Delete(ticket);
        var next = bench.Ticket(7);

        bench.Settle(ticket);
        bench.Settle(ticket, succeeded: false);

        Assert.Empty(bench.Decided);
        Assert.Equal((TicketStatus.Cancelled, TicketStatus.Active), (bench.Status(ticket), bench.Status(next)));
        Assert.Equal(ticket.PaymentId, bench.Sale.Returns[ticket.Id]);
        Assert.True(bench.Sale.HasOpenWork);
    }

    [Fact]
    public void An_overdue_ticket_lapses_before_it_is_deleted()
    {
        var bench = new Bench();
        var ticket = bench.Ticket(7, paid: false);
        bench.Now += Bench.PaymentTimeout + TimeSpan.FromMilliseconds(1);

        Assert.Equal(TicketStatus.Cancelled, bench.Delete(ticket).Value!.Status);

        Assert.Equal([(ticket.Id, Tidings.PaymentTimedOut)], bench.Told);
        Assert.Single(bench.Entries.OfType<ReturnOrdered>());
    }

    [Fact]
    public void A_ticket_deleted_while_its_event_is_being_deleted_is_ended_once()
    {
        var bench = new Bench();
        var ticket = bench.Ticket(7);
        var told = bench.Told.Count();
        bench.Delete();

        Assert.Equal(TicketStatus.Active, bench.Delete(ticket).Value!.Status);
        bench.Tidy();

        Assert.Equal([(ticket.Id, Tidings.EventCancelled)], bench.Told.Skip(told));
        Assert.Single(bench.Entries.OfType<ReturnOrdered>());
    }

    [Fact]
    public void Only_an_admin_deletes_a_ticket()
    {
        var bench = new Bench();
        var ticket = bench.Ticket(7);
        foreach (var caller in new[] { bench.Holder(ticket), bench.Organiser, new Caller(bench.NewUser(), Role.Operator) })
            Assert.Equal(Refusal.NotYours, bench.Delete(ticket, caller: caller).Refusal);
        Assert.Empty(bench.Decided);
    }
}
