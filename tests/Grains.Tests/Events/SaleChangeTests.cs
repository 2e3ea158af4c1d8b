using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;

namespace Ticketing.Grains.Tests.Events;

/// <summary>Whom a change of an event is told, and what it means for those who know an earlier version.</summary>
public sealed class SaleChangeTests
{
    public static TheoryData<string> Changes => ["date", "location", "both"];

    [Theory]
    [MemberData(nameof(Changes))]
    public void Every_holder_of_an_open_ticket_is_told_of_another_date_or_location_once(string what)
    {
        var bench = new Bench();
        var (paid, pending, ended) = (bench.Ticket(1), bench.Ticket(2, paid: false), bench.Ticket(3));
        bench.End(ended, TicketStatus.Cancelled);
        bench.AcknowledgeReturn(ended);
        var operation = bench.NewOperation();

        bench.Update(Changed(bench, what), 10, operation);
        var late = bench.Ticket(4);
        bench.Tidy();
        bench.Update(Changed(bench, what), 10, operation);
        bench.Tidy();

        Assert.Equal([paid.Id, pending.Id], Heard(bench));
        Assert.DoesNotContain(late.Id, Heard(bench));
        Assert.False(bench.Sale.HasWorkDue(bench.Now));
    }

    [Fact]
    public void Another_title_price_description_or_allotment_is_told_to_nobody()
    {
        var bench = new Bench();
        bench.Ticket(1);
        bench.Update(bench.Details with { Title = "Tosca", Price = 1, Description = "Another opera altogether", Capacity = 60 }, 5);
        bench.Allot(3);
        Assert.False(bench.Sale.HasOpenWork);
        bench.Tidy();
        Assert.Empty(Heard(bench));
    }

    [Fact]
    public void A_change_of_an_event_without_holders_leaves_nothing_to_do()
    {
        var bench = new Bench();
        bench.Update(Changed(bench, "both"), 5);
        Assert.False(bench.Sale.HasOpenWork);
    }

    [Fact]
    public void Holders_are_told_piece_by_piece_and_go_on_after_a_replay()
    {
        var bench = new Bench(capacity: 100);
        var tickets = Enumerable.Range(1, 10).Select(seat => bench.Ticket((uint)seat)).ToArray();
        bench.Update(Changed(bench, "date"), 50);

        bench.Tidy(limit: 4);
        Assert.Equal(4, bench.Decided.Count);
        Assert.True(bench.Sale.HasOpenWork && bench.Sale.HasWorkDue(bench.Now));

        var again = Sale.FromSnapshot(bench.Key, bench.Sale.ToSnapshot());
        again.Tidy(bench.Now, 100);
        Assert.Equal(tickets.Skip(4).Select(ticket => ticket.Id), again.TakeDecided().Cast<Told>().Select(told => told.TicketId));
        Assert.False(again.HasOpenWork);
    }

    [Fact]
    public void A_change_while_another_is_told_is_told_to_all_and_to_nobody_twice()
    {
        var bench = new Bench(capacity: 100);
        var tickets = Enumerable.Range(1, 6).Select(seat => bench.Ticket((uint)seat).Id).ToArray();
        bench.Update(Changed(bench, "date"), 50);
        bench.Tidy(limit: 2);
        bench.Update(Changed(bench, "both"), 50);
        bench.Tidy(limit: 3);
        bench.Tidy(limit: 100);

        Assert.Equal([.. tickets.Take(2), .. tickets], Heard(bench));
    }

    [Fact]
    public void Who_has_no_ticket_any_more_when_their_turn_comes_is_not_told()
    {
        var bench = new Bench();
        var (ended, deleted, overdue, last) = (bench.Ticket(1), bench.Ticket(2), bench.Ticket(3, paid: false), bench.Ticket(4));
        bench.Now += Bench.PaymentTimeout + TimeSpan.FromMilliseconds(1);
        bench.Update(Changed(bench, "location"), 5);
        bench.End(ended, TicketStatus.Refunded);
        bench.Delete(deleted);
        bench.Tidy();

        Assert.Equal([last.Id], Heard(bench));
        Assert.Equal(TicketStatus.Cancelled, bench.Status(overdue));
    }

    [Fact]
    public void A_deleted_event_is_told_as_deleted_alone()
    {
        var bench = new Bench();
        var ticket = bench.Ticket(1);
        bench.Update(Changed(bench, "location"), 5);
        bench.Delete();
        bench.Tidy();

        Assert.Empty(Heard(bench));
        Assert.Equal((ticket.Id, Tidings.EventCancelled), bench.Told.Last());
    }

    [Fact]
    public void A_change_is_refused_when_the_event_has_changed_since_the_version_it_is_for()
    {
        var bench = new Bench();
        var seen = bench.Sale.Record().Version;
        var operation = bench.NewOperation();
        var first = bench.Update(bench.Details with { Price = 1 }, 20, operation, versions: [seen]);

        Assert.True(first.IsDone);
        Assert.Equal(Refusal.EventChanged, bench.Update(bench.Details with { Price = 2 }, 20, versions: [seen]).Refusal);
        Assert.Equal(Refusal.EventChanged, bench.Allot(-1, versions: [seen]).Refusal);
        Assert.Equal(Refusal.EventChanged, bench.Delete(versions: [seen]).Refusal);
        Assert.Equal(Refusal.EventChanged, bench.Update(bench.Details, 20, versions: []).Refusal);
        Assert.Equal(Refusal.EventChanged, bench.Update(bench.Details, 20, versions: [first.Value!.Version + 1]).Refusal);
        Assert.Empty(bench.Decided);
        // A repeat is answered before its condition is looked at.
        Assert.Equal(first, bench.Update(bench.Details with { Price = 1 }, 20, operation, versions: [seen]));
        Assert.True(bench.Update(bench.Details with { Price = 2 }, 20, versions: [seen, first.Value.Version]).IsDone);
        Assert.True(bench.Allot(-1, versions: [bench.Sale.Record().Version]).IsDone);
        Assert.True(bench.Delete(versions: [bench.Sale.Record().Version]).IsDone);
    }

    [Fact]
    public void A_version_stays_good_while_only_tickets_change_and_not_when_a_seat_goes_or_comes()
    {
        var bench = new Bench();
        var ticket = bench.Ticket(1, paid: false);
        var seen = bench.Sale.Record();
        bench.Settle(ticket);
        bench.Move(ticket, 2);
        Assert.NotEqual(seen, bench.Sale.Record());
        Assert.Equal(seen with { Version = bench.Sale.Position }, bench.Sale.Record());
        Assert.False(bench.Sale.HasChangedSince([seen.Version]));

        bench.Buy(5);
        Assert.True(bench.Sale.HasChangedSince([seen.Version]));
        var sold = bench.Sale.Record().Version;
        bench.End(ticket, TicketStatus.Cancelled);
        Assert.True(bench.Sale.HasChangedSince([sold]));
    }

    [Fact]
    public void Rules_about_the_caller_and_the_event_come_before_the_version()
    {
        var bench = new Bench();
        Assert.Equal(Refusal.NotYours, bench.Update(bench.Details, 5, caller: bench.Stranger(), versions: [99]).Refusal);
        Assert.Equal(Refusal.NotYours, bench.Delete(caller: bench.Stranger(), versions: [99]).Refusal);
        bench.Delete();
        Assert.Equal(Refusal.NoSuchEvent, bench.Update(bench.Details, 5, versions: [99]).Refusal);
        Assert.Equal(Refusal.NoSuchEvent, bench.Allot(1, versions: [99]).Refusal);
    }

    private static EventDetails Changed(Bench bench, string what) => bench.Details with
    {
        Date = what == "location" ? bench.Details.Date : bench.Details.Date.AddDays(1),
        Location = what == "date" ? bench.Details.Location : "Open air",
    };

    private static IEnumerable<TicketId> Heard(Bench bench) => bench.Told.Where(told => told.Tidings == Tidings.EventChanged).Select(told => told.Ticket);
}
