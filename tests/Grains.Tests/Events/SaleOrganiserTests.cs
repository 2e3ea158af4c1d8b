using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;

namespace Ticketing.Grains.Tests.Events;

/// <summary>Changes of details and allotment, and deletion.</summary>
public sealed class SaleOrganiserTests
{
    [Fact]
    public void An_allotment_withholds_the_other_free_seats()
    {
        var bench = new Bench(capacity: 25);
        bench.Ticket(1);

        var answer = bench.Update(bench.Details with { Title = "Tosca" }, 10);

        Assert.Equal(("Tosca", 10u), (answer.Value!.Details.Title, answer.Value.RemainingSeats));
        Assert.Equal((10u, 1u, 14u), (bench.Sale.Remaining, bench.Sale.Taken, bench.Sale.Withheld));
        bench.Update(bench.Details, 24);
        Assert.Equal((24u, 0u), (bench.Sale.Remaining, bench.Sale.Withheld));
    }

    [Fact]
    public void An_allotment_moves_between_none_and_all_seats_that_are_not_taken()
    {
        var bench = new Bench(capacity: 25);
        bench.Ticket(1);
        foreach (var beyond in new[] { 1, -25, int.MinValue, int.MaxValue }) Assert.Equal(Refusal.AllotmentBeyondSeats, bench.Allot(beyond).Refusal);
        var operation = bench.NewOperation();
        var none = bench.Allot(-24, operation);
        Assert.Equal((0u, bench.Details), (none.Value!.RemainingSeats, none.Value.Details));
        Assert.Equal(Refusal.SoldOut, bench.Buy(2).Refusal);
        Assert.Equal(24u, bench.Allot(24).Value!.RemainingSeats);
        Assert.Equal(none, bench.Allot(-24, operation));
        Assert.Empty(bench.Decided);
        bench.Delete();
        Assert.Equal(Refusal.NoSuchEvent, bench.Allot(-1).Refusal);
    }

    [Fact]
    public void A_seat_that_is_given_back_goes_for_sale_and_is_not_withheld()
    {
        var bench = new Bench();
        var ticket = bench.Ticket(1);
        bench.Update(bench.Details, 0);
        Assert.Equal(Refusal.SoldOut, bench.Buy(2).Refusal);

        bench.End(ticket, TicketStatus.Cancelled);

        Assert.Equal(1u, bench.Sale.Remaining);
        Assert.True(bench.Buy(2).IsDone);
    }

    [Fact]
    public void An_allotment_cannot_exceed_the_seats_that_are_not_taken()
    {
        var bench = new Bench(capacity: 25);
        bench.Ticket(1);
        Assert.Equal(Refusal.AllotmentBeyondSeats, bench.Update(bench.Details, 25).Refusal);
        Assert.Equal(Refusal.AllotmentBeyondSeats, bench.Update(bench.Details with { Capacity = uint.MaxValue }, uint.MaxValue).Refusal);
        Assert.True(bench.Update(bench.Details, 24).IsDone);
    }

    [Fact]
    public void The_capacity_cannot_fall_below_the_seats_taken_or_the_highest_of_them()
    {
        var bench = new Bench(capacity: 100);
        var high = bench.Ticket(90);
        for (var seat = 1u; seat <= 40; seat++) bench.Ticket(seat);
        Assert.Equal(Refusal.CapacityBelowSeatsTaken, bench.Update(bench.Details with { Capacity = 89 }, 0).Refusal);
        Assert.True(bench.Update(bench.Details with { Capacity = 90 }, 49).IsDone);
        bench.End(high, TicketStatus.Cancelled);
        Assert.Equal(Refusal.CapacityBelowSeatsTaken, bench.Update(bench.Details with { Capacity = 39 }, 0).Refusal);
        Assert.True(bench.Update(bench.Details with { Capacity = 40 }, 0).IsDone);
        Assert.Equal(Refusal.SoldOut, bench.Buy(40).Refusal);
    }

    [Fact]
    public void An_event_is_changed_by_its_creator_and_by_an_admin_alone()
    {
        var bench = new Bench();
        foreach (var caller in new[] { bench.Stranger(), new Caller(bench.NewUser(), Role.EventCreator), new Caller(bench.NewUser(), Role.Operator) })
        {
            Assert.Equal(Refusal.NotYours, bench.Update(bench.Details, 5, caller: caller).Refusal);
            Assert.Equal(Refusal.NotYours, bench.Delete(caller: caller).Refusal);
        }

        var answer = bench.Update(bench.Details, 5, caller: bench.Admin());
        Assert.Equal(bench.Organiser.UserId, answer.Value?.CreatorId);
        Assert.True(bench.Delete(caller: bench.Admin()).IsDone);
    }

    [Fact]
    public void A_repeated_change_is_answered_as_it_was()
    {
        var bench = new Bench();
        var (updating, deleting) = (bench.NewOperation(), bench.NewOperation());
        var updated = bench.Update(bench.Details with { Price = 90 }, 5, updating);
        bench.Ticket(1);
        var deleted = bench.Delete(deleting);
        bench.Tidy();

        Assert.Equal(updated, bench.Update(bench.Details with { Price = 90 }, 5, updating));
        Assert.Equal(deleted, bench.Delete(deleting));
        Assert.Equal(0u, deleted.Value?.RemainingSeats);
        Assert.Empty(bench.Decided);
        Assert.Equal(Refusal.NoSuchEvent, bench.Update(bench.Details, 5).Refusal);
        Assert.Equal(Refusal.NoSuchEvent, bench.Delete().Refusal);
    }

    [Fact]
    public void An_event_that_was_never_made_can_be_neither_changed_nor_deleted()
    {
        var bench = new Bench(create: false);
        Assert.Equal(Refusal.NoSuchEvent, bench.Update(bench.Details, 5).Refusal);
        Assert.Equal(Refusal.NoSuchEvent, bench.Delete().Refusal);
        Assert.Empty(bench.Entries);
    }

    [Fact]
    public void A_deletion_refunds_what_is_paid_and_cancels_the_rest_piece_by_piece()
    {
        var bench = new Bench();
        var paid = bench.Ticket(1);
        var pending = bench.Ticket(2, paid: false);
        var ended = bench.Ticket(3);
        bench.End(ended, TicketStatus.Cancelled);
        var alsoPaid = bench.Ticket(4);

        bench.Delete();
        Assert.False(bench.Sale.Exists);
        Assert.True(bench.Sale.HasWorkDue(bench.Now));
        bench.Tidy(limit: 2);
        Assert.Equal((TicketStatus.Refunded, TicketStatus.Cancelled, TicketStatus.Active), (bench.Status(paid), bench.Status(pending), bench.Status(alsoPaid)));
        bench.Tidy(limit: 2);

        Assert.Equal(TicketStatus.Refunded, bench.Status(alsoPaid));
        Assert.Equal([paid.Id, pending.Id, alsoPaid.Id], bench.Told.Where(told => told.Tidings == Tidings.EventCancelled).Select(told => told.Ticket));
        Assert.Equal(0u, bench.Sale.Taken);
        Assert.False(bench.Sale.HasWorkDue(bench.Now));
        foreach (var ticket in new[] { paid, pending, ended, alsoPaid })
        {
            Assert.True(bench.Sale.HasOpenWork);
            bench.AcknowledgeReturn(ticket);
        }

        Assert.False(bench.Sale.HasOpenWork);
    }

    [Fact]
    public void A_payment_that_comes_after_the_deletion_is_refunded()
    {
        var bench = new Bench();
        var (paid, declined, late) = (bench.Ticket(1, paid: false), bench.Ticket(2, paid: false), bench.Ticket(3, paid: false));
        bench.Delete();
        bench.Settle(paid);
        bench.Settle(declined, succeeded: false);
        bench.Tidy();
        bench.Settle(late);

        Assert.Equal((TicketStatus.Refunded, TicketStatus.Cancelled, TicketStatus.Cancelled), (bench.Status(paid), bench.Status(declined), bench.Status(late)));
        Assert.Equal(3, bench.Sale.Returns.Count);
    }
}
