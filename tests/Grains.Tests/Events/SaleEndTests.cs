using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;

namespace Ticketing.Grains.Tests.Events;

/// <summary>Payments, moves and ends of tickets.</summary>
public sealed class SaleEndTests
{
    private const TicketStatus Cancelled = TicketStatus.Cancelled;
    private const TicketStatus Refunded = TicketStatus.Refunded;

    public static TheoryData<bool, TicketStatus[]> Orders()
    {
        var orders = new TheoryData<bool, TicketStatus[]>();
        TicketStatus[] ends = [Cancelled, Refunded];
        foreach (var paid in new[] { false, true })
            foreach (var first in ends)
                foreach (var second in ends)
                    foreach (var third in ends)
                        orders.Add(paid, [first, second, third]);
        return orders;
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Cancelled_and_refunded_in_any_order_and_however_often_a_seat_comes_back_once(bool paid, TicketStatus[] ends)
    {
        var bench = new Bench();
        var ticket = bench.Ticket(7, paid);
        var operation = bench.NewOperation();
        var first = bench.End(ticket, ends[0], operation);
        Assert.Equal((Outcome.Done, ends[0]), (first.Outcome, first.Value!.Status));
        Assert.Equal(25u, bench.Sale.Remaining);
        // The seat goes to somebody else, from whom no repeat may take it.
        bench.Ticket(7);

        foreach (var end in ends.Skip(1))
        {
            var again = bench.End(ticket, end);
            if (end == ends[0]) Assert.Equal(ends[0], again.Value?.Status);
            else Assert.Equal(Refusal.TicketEnded, again.Refusal);
            Assert.Empty(bench.Decided);
        }

        Assert.Equal(first, bench.End(ticket, ends[0], operation));
        Assert.Equal(24u, bench.Sale.Remaining);
        Assert.Equal(ends[0], bench.Status(ticket));
        Assert.Single(bench.Entries.OfType<ReturnOrdered>());
        Assert.Single(bench.Told, told => told == (ticket.Id, ends[0] == Cancelled ? Tidings.Cancelled : Tidings.RefundComing));
    }

    [Fact]
    public void A_ticket_is_changed_by_its_owner_and_by_an_admin_alone()
    {
        var bench = new Bench();
        var (first, second) = (bench.Ticket(1), bench.Ticket(2));
        foreach (var caller in new[] { bench.Stranger(), bench.Organiser, new Caller(bench.NewUser(), Role.Operator) })
        {
            Assert.Equal(Refusal.NotYours, bench.End(first, Cancelled, caller: caller).Refusal);
            Assert.Equal(Refusal.NotYours, bench.Move(first, 9, caller: caller).Refusal);
        }

        Assert.True(bench.Move(first, 9, caller: bench.Admin()).IsDone);
        Assert.True(bench.End(first, Refunded, caller: bench.Admin()).IsDone);
        Assert.True(bench.End(second, Refunded).IsDone);
    }

    [Fact]
    public void A_ticket_that_does_not_exist_cannot_be_changed()
    {
        var bench = new Bench();
        var ticket = bench.Ticket(1) with { Id = new(bench.NewId()) };

        Assert.Equal(Refusal.NoSuchTicket, bench.Move(ticket, 2).Refusal);
        Assert.Equal(Refusal.NoSuchTicket, bench.End(ticket, Cancelled).Refusal);
        bench.Settle(ticket);
        bench.AcknowledgeReturn(ticket);
        Assert.Empty(bench.Decided);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_moved_ticket_frees_its_seat_and_takes_another(bool paid)
    {
        var bench = new Bench();
        var ticket = bench.Ticket(1, paid);
        var operation = bench.NewOperation();

        var answer = bench.Move(ticket, 2, operation);

        Assert.Equal(ticket with { SeatNumber = 2 }, answer.Value);
        Assert.Equal((ticket.Id, Tidings.SeatMoved), bench.Told.Last());
        Assert.True(bench.Buy(1).IsDone);
        Assert.Equal(Refusal.SeatTaken, bench.Buy(2).Refusal);
        bench.Move(ticket, 3);
        Assert.Equal(answer, bench.Move(ticket, 2, operation));
        Assert.Empty(bench.Decided);
        Assert.Equal(3u, bench.Sale.Ticket(ticket.Id).SeatNumber);
    }

    [Fact]
    public void A_ticket_can_be_moved_to_its_own_seat()
    {
        var bench = new Bench();
        Assert.Equal(5u, bench.Move(bench.Ticket(5), 5).Value?.SeatNumber);
    }

    [Fact]
    public void A_move_is_refused_by_the_rule_it_breaks()
    {
        var bench = new Bench(capacity: 25);
        var ticket = bench.Ticket(1);
        bench.Ticket(2);
        Assert.Equal(Refusal.SeatTaken, bench.Move(ticket, 2).Refusal);
        Assert.Equal(Refusal.SeatBeyondCapacity, bench.Move(ticket, 0).Refusal);
        Assert.Equal(Refusal.SeatBeyondCapacity, bench.Move(ticket, 26).Refusal);
        Assert.Empty(bench.Decided);
        bench.End(ticket, Cancelled);
        Assert.Equal(Refusal.TicketEnded, bench.Move(ticket, 3).Refusal);
    }

    [Fact]
    public void A_ticket_can_be_moved_to_a_seat_whose_payment_is_overdue_but_not_be_moved_when_its_own_is()
    {
        var bench = new Bench();
        var (paid, overdue, alsoOverdue) = (bench.Ticket(1), bench.Ticket(2, paid: false), bench.Ticket(3, paid: false));
        bench.Now += Bench.PaymentTimeout + TimeSpan.FromMilliseconds(1);

        Assert.Equal(2u, bench.Move(paid, 2).Value?.SeatNumber);
        Assert.Equal(Cancelled, bench.Status(overdue));
        Assert.Equal(Refusal.TicketEnded, bench.Move(alsoOverdue, 4).Refusal);
        Assert.Equal(Cancelled, bench.Status(alsoOverdue));
    }

    [Fact]
    public void A_payment_makes_its_ticket_active_once_and_its_owner_is_told_of_both()
    {
        var bench = new Bench();
        var ticket = bench.Ticket(1, paid: false);
        bench.Settle(ticket with { PaymentId = new PaymentId(bench.NewId()) });
        Assert.Equal(TicketStatus.Pending, bench.Status(ticket));

        bench.Settle(ticket);
        bench.Settle(ticket);
        bench.Settle(ticket, succeeded: false);

        Assert.Empty(bench.Decided);
        Assert.Equal(TicketStatus.Active, bench.Status(ticket));
        Assert.Equal([(ticket.Id, Tidings.PaymentReceived), (ticket.Id, Tidings.TicketActive)], bench.Told);
        Assert.False(bench.Sale.HasOpenWork);
    }

    [Fact]
    public void A_declined_payment_cancels_its_ticket_and_frees_the_seat()
    {
        var bench = new Bench();
        var ticket = bench.Ticket(1, paid: false);

        bench.Settle(ticket, succeeded: false);
        bench.Settle(ticket);

        Assert.Equal(Cancelled, bench.Status(ticket));
        Assert.Equal([(ticket.Id, Tidings.PaymentDeclined)], bench.Told);
        Assert.True(bench.Buy(1).IsDone);
    }

    [Theory]
    [InlineData(Cancelled)]
    [InlineData(Refunded)]
    public void A_payment_that_comes_after_the_end_never_revives_a_ticket(TicketStatus end)
    {
        var bench = new Bench();
        var ticket = bench.Ticket(1, paid: false);
        bench.End(ticket, end);
        Assert.True(bench.Sale.Returns.ContainsKey(ticket.Id));

        bench.Settle(ticket);

        Assert.Empty(bench.Decided);
        Assert.Equal(end, bench.Status(ticket));
        Assert.True(bench.Buy(1).IsDone);
    }

    [Fact]
    public void A_payment_is_in_time_up_to_its_deadline_and_no_longer()
    {
        var bench = new Bench();
        var (inTime, late) = (bench.Ticket(1, paid: false), bench.Ticket(2, paid: false));
        bench.Now += Bench.PaymentTimeout;
        bench.Settle(inTime);
        bench.Now += TimeSpan.FromMilliseconds(1);
        bench.Settle(late);

        Assert.Equal(TicketStatus.Active, bench.Status(inTime));
        Assert.Equal(Cancelled, bench.Status(late));
        Assert.True(bench.Sale.Returns.ContainsKey(late.Id));
        Assert.Equal((late.Id, Tidings.PaymentTimedOut), bench.Told.Last());
    }

    [Fact]
    public void A_seat_whose_payment_is_overdue_is_sold_to_the_next_without_waiting_for_anybody_to_tidy_up()
    {
        var bench = new Bench();
        var overdue = bench.Ticket(1, paid: false);
        bench.Now += Bench.PaymentTimeout;
        Assert.Equal(Refusal.SeatTaken, bench.Buy(1).Refusal);
        bench.Now += TimeSpan.FromMilliseconds(1);

        var next = bench.Buy(1);
        bench.Settle(overdue);

        Assert.True(next.IsDone);
        Assert.Equal(Cancelled, bench.Status(overdue));
        Assert.Equal(TicketStatus.Pending, bench.Status(next.Value));
        Assert.Single(bench.Entries.OfType<ReturnOrdered>());
    }

    [Fact]
    public void Overdue_payments_are_tidied_up_oldest_first_and_a_bounded_number_at_a_time()
    {
        var bench = new Bench();
        var tickets = Enumerable.Range(1, 6).Select(seat => bench.Ticket((uint)seat, paid: seat == 2)).ToArray();
        Assert.False(bench.Sale.HasWorkDue(bench.Now));
        bench.Now += Bench.PaymentTimeout + TimeSpan.FromMilliseconds(1);
        Assert.True(bench.Sale.HasWorkDue(bench.Now));

        bench.Tidy(limit: 3);
        Assert.Equal(
            [Cancelled, TicketStatus.Active, Cancelled, Cancelled, TicketStatus.Pending, TicketStatus.Pending], tickets.Select(bench.Status));
        bench.Tidy();
        Assert.Equal(Cancelled, bench.Status(tickets[5]));
        Assert.False(bench.Sale.HasWorkDue(bench.Now));
        bench.Tidy();
        Assert.Empty(bench.Decided);
    }

    [Fact]
    public void A_return_is_open_work_until_it_is_acknowledged()
    {
        var bench = new Bench();
        var ticket = bench.Ticket(1);
        bench.End(ticket, Refunded);
        Assert.Equal(ticket.PaymentId, bench.Sale.Returns[ticket.Id]);
        Assert.True(bench.Sale.HasOpenWork);

        bench.AcknowledgeReturn(ticket);
        bench.AcknowledgeReturn(ticket);

        Assert.Empty(bench.Decided);
        Assert.False(bench.Sale.HasOpenWork);
    }
}
