using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;

namespace Ticketing.Grains.Tests.Events;

/// <summary>Making an event and buying from it.</summary>
public sealed class SaleTests
{
    [Fact]
    public void A_new_event_has_all_its_seats_for_sale()
    {
        var bench = new Bench(capacity: 40);

        var record = bench.Sale.Record();
        Assert.Equal((bench.Key, 40u, Bench.Start, bench.Organiser.UserId), (record.Id, record.RemainingSeats, record.CreatedAt, record.CreatorId));
        Assert.Equal(bench.Details, record.Details);
        Assert.False(bench.Sale.HasOpenWork);
    }

    [Fact]
    public void An_event_is_made_once_and_its_repeat_is_answered_the_same()
    {
        var bench = new Bench(create: false);
        var operation = bench.NewOperation();
        var first = bench.Do(() => bench.Sale.Create(operation, bench.Organiser.UserId, bench.Details, bench.Now));
        bench.Ticket(1);
        bench.Update(bench.Details with { Title = "Carmen, again" }, 10);

        Assert.Equal(first, bench.Do(() => bench.Sale.Create(operation, bench.Organiser.UserId, bench.Details, bench.Now)));
        Assert.Empty(bench.Decided);
        Assert.Equal(Refusal.OperationIdReused, bench.Do(() => bench.Sale.Create(operation with { Fingerprint = 1 }, bench.Organiser.UserId, bench.Details, bench.Now)).Refusal);
        Assert.Equal(Refusal.OperationIdReused, bench.Do(() => bench.Sale.Create(bench.NewOperation(), bench.Organiser.UserId, bench.Details, bench.Now)).Refusal);
    }

    [Fact]
    public void An_events_date_is_kept_to_the_millisecond_from_the_first_answer_on()
    {
        var bench = new Bench(create: false);
        var date = new DateTimeOffset(2026, 5, 15, 19, 0, 0, TimeSpan.FromHours(2)).AddTicks(1_234_567);

        var answer = bench.Do(() => bench.Sale.Create(bench.NewOperation(), bench.Organiser.UserId, bench.Details with { Date = date }, bench.Now));

        var kept = new DateTimeOffset(2026, 5, 15, 17, 0, 0, 123, TimeSpan.Zero);
        Assert.Equal((kept, TimeSpan.Zero), (answer.Value!.Details.Date, answer.Value.Details.Date.Offset));
    }

    [Fact]
    public void A_purchase_is_one_entry_and_answers_with_the_pending_ticket()
    {
        var bench = new Bench();
        var purchase = bench.Purchase(7, currency: Currency.Usd);

        var answer = bench.Buy(purchase);

        var bought = Assert.IsType<Purchased>(Assert.Single(bench.Decided));
        var expected = new TicketRecord(bought.TicketId, bench.Now, 7, TicketStatus.Pending, 40, bench.Key, purchase.Owner, bought.PaymentId, Currency.Usd);
        Assert.Equal(expected, answer.Value);
        Assert.Equal((purchase.Operation, bench.Now + Bench.PaymentTimeout, "token"), (bought.Operation, bought.PayBy, bought.CardToken));
        Assert.Equal(24u, bench.Sale.Remaining);
        Assert.True(bench.Sale.HasOpenWork);
    }

    [Fact]
    public void A_seat_is_sold_once()
    {
        var bench = new Bench();
        bench.Ticket(7);

        Assert.Equal(Refusal.SeatTaken, bench.Buy(7).Refusal);
        Assert.Empty(bench.Decided);
    }

    [Fact]
    public void A_ticket_keeps_the_price_it_was_sold_at()
    {
        var bench = new Bench();
        var ticket = bench.Ticket(7);
        bench.Update(bench.Details with { Price = 90 }, 24);

        Assert.Equal(40u, bench.Sale.Ticket(ticket.Id).Price);
        Assert.Equal(90u, bench.Ticket(8).Price);
    }

    [Fact]
    public void Nothing_can_be_bought_from_an_event_that_was_never_made() =>
        Refused(new Bench(create: false), 1, Refusal.NoSuchEvent);

    [Fact]
    public void Nothing_can_be_bought_from_a_deleted_event()
    {
        var bench = new Bench();
        bench.Delete();
        Refused(bench, 1, Refusal.NoSuchEvent);
    }

    [Fact]
    public void The_sale_is_over_when_the_event_begins()
    {
        var bench = new Bench { Now = Bench.Start.AddDays(30).AddMilliseconds(-1) };
        Assert.True(bench.Buy(1).IsDone);
        bench.Now = Bench.Start.AddDays(30);
        Refused(bench, 2, Refusal.SaleOver);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(26)]
    [InlineData(uint.MaxValue)]
    public void Seats_are_numbered_from_one_to_the_capacity(uint seat) => Refused(new Bench(capacity: 25), seat, Refusal.SeatBeyondCapacity);

    [Fact]
    public void The_first_and_the_last_seat_can_be_bought()
    {
        var bench = new Bench(capacity: 25);
        Assert.True(bench.Buy(1).IsDone);
        Assert.True(bench.Buy(25).IsDone);
    }

    [Fact]
    public void Withheld_seats_are_sold_out_though_they_are_free()
    {
        var bench = new Bench();
        bench.Update(bench.Details, 1);
        Assert.True(bench.Buy(20).IsDone);
        Refused(bench, 21, Refusal.SoldOut);
    }

    [Fact]
    public void A_repeated_purchase_is_answered_as_it_was_whatever_has_become_of_the_ticket()
    {
        var bench = new Bench();
        var purchase = bench.Purchase(7);
        var first = bench.Buy(purchase);
        var ticket = first.Value!;

        void Repeat()
        {
            Assert.Equal(first, bench.Buy(purchase));
            Assert.Empty(bench.Decided);
            Assert.True(bench.Sale.CanAnswer(purchase.Operation, purchase.Seat, bench.Now, out var answer));
            Assert.Equal(first, answer);
        }

        Repeat();
        bench.Settle(ticket);
        bench.Move(ticket, 9);
        Repeat();
        bench.End(ticket, TicketStatus.Refunded);
        Repeat();
        bench.Ticket(7);
        bench.Now = Bench.Start.AddDays(31);
        Repeat();
        bench.Delete();
        Repeat();
    }

    [Fact]
    public void An_operation_id_with_other_content_is_refused_whatever_it_was_used_for()
    {
        var bench = new Bench();
        var (buying, moving, ending, updating) = (bench.NewOperation(), bench.NewOperation(), bench.NewOperation(), bench.NewOperation());
        var ticket = bench.Buy(bench.Purchase(1, operation: buying)).Value!;
        Assert.True(bench.Move(ticket, 2, moving).IsDone);
        Assert.True(bench.End(ticket, TicketStatus.Cancelled, ending).IsDone);
        Assert.True(bench.Update(bench.Details, 20, updating).IsDone);
        var other = bench.Ticket(3);

        foreach (var used in new[] { buying, moving, ending, updating })
        {
            var changed = used with { Fingerprint = used.Fingerprint + 1 };
            Assert.Equal(Refusal.OperationIdReused, bench.Buy(bench.Purchase(4, operation: changed)).Refusal);
            Assert.Equal(Refusal.OperationIdReused, bench.Move(other, 5, changed).Refusal);
            Assert.Equal(Refusal.OperationIdReused, bench.End(other, TicketStatus.Cancelled, changed).Refusal);
            Assert.Equal(Refusal.OperationIdReused, bench.Update(bench.Details, 5, changed).Refusal);
            Assert.Equal(Refusal.OperationIdReused, bench.Delete(changed).Refusal);
            Assert.True(bench.Sale.Knows(changed));
        }

        // A command on the event and one on a ticket cannot answer each other, whatever their fingerprints.
        Assert.Equal(Refusal.OperationIdReused, bench.Delete(buying).Refusal);
        Assert.Equal(Refusal.OperationIdReused, bench.Buy(bench.Purchase(4, operation: updating)).Refusal);
        Assert.Equal(TicketStatus.Active, bench.Status(other));
    }

    [Fact]
    public void A_refused_operation_leaves_nothing_behind_and_may_succeed_later()
    {
        var bench = new Bench();
        var holder = bench.Ticket(7);
        var purchase = bench.Purchase(7);
        Assert.Equal(Refusal.SeatTaken, bench.Buy(purchase).Refusal);
        bench.End(holder, TicketStatus.Cancelled);

        Assert.True(bench.Buy(purchase).IsDone);
    }

    [Fact]
    public void Asking_whether_a_purchase_can_be_answered_decides_nothing()
    {
        var bench = new Bench();
        bench.Ticket(1, paid: false);
        bench.Update(bench.Details, 0);
        bench.Now += Bench.PaymentTimeout * 2;

        // Both seats could be sold after the overdue payment is cleared away, so neither can be refused.
        Assert.False(bench.Sale.CanAnswer(bench.NewOperation(), 1, bench.Now, out _));
        Assert.False(bench.Sale.CanAnswer(bench.NewOperation(), 2, bench.Now, out _));
        Assert.False(bench.Sale.HasDecided);
        Assert.True(bench.Buy(2).IsDone);
        Assert.True(bench.Sale.CanAnswer(bench.NewOperation(), 1, bench.Now, out var answer));
        Assert.Equal(Refusal.SoldOut, answer.Refusal);
    }

    private static void Refused(Bench bench, uint seat, Refusal rule)
    {
        var purchase = bench.Purchase(seat);
        Assert.True(bench.Sale.CanAnswer(purchase.Operation, seat, bench.Now, out var early));
        Assert.Equal((Outcome.Refused, rule), (early.Outcome, early.Refusal));
        Assert.Equal(early, bench.Buy(purchase));
        Assert.Empty(bench.Decided);
        Assert.False(bench.Sale.Knows(purchase.Operation));
    }
}
