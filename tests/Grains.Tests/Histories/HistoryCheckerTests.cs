using Ticketing.History;
using Xunit.Abstractions;

namespace Ticketing.Grains.Tests.Histories;

/// <summary>A history in which all holds, and for each rule histories in which it does not.</summary>
public sealed class HistoryCheckerTests(ITestOutputHelper output)
{
    private static readonly (string Check, string What, Func<HandMade, HandMade> Tell)[] Wrong =
    [
        ("batches", "batch 3 is missing", story => story.Add(new Batch(4, 0xA1))),
        ("batches", "batches 3 to 8 are missing", story => story.Add(new Batch(9, 0xA1))),
        ("batches", "batch 2 comes after batch 2", story => story.Add(new Batch(2, 0xA1))),
        ("batches", "begins a second time", story => story.Add(new Head(HandMade.Event))),
        ("batches", "does not say what it is of", story => new HandMade(isBegun: false).Write(new Opened(0, 0xA1))),
        ("chain", "batch 3 is not what was written", story => story.Add(new Batch(3, 0xA1, new(new byte[] { 1 }, new byte[32])))),
        ("chain", "batch 3 cannot be read", story => story.Add(new Batch(3, 0xA1, Fault: "cannot be read"))),
        ("writers", "batch 4 is of writer 00000000000000a1, after writer 00000000000000a2 had opened", story => story.Open(0xA2).As(0xA1).Sell(1)),
        ("writers", "who never opened", story => story.As(0xA3).Sell(1)),
        ("writers", "a writer that is not said, who never opened", story => story.As(0).Sell(1)),
        ("writers", "writer 00000000000000a1 opened a second time", story => story.Open(0xA2).Open(0xA1)),
        ("writers", "batch 3 is of writer 00000000000000a1, and says that writer 00000000000000a2 opened", story => story.Write(new Opened(story.Now, 0xA2))),
        ("operations", "was carried out twice", story => story.Write(story.SaleOf(1)).Write(story.SaleOf(2) with { Command = ((Sold)story.Lines[^1]).Command })),
        ("operations", "with other content", story => story.Write(story.SaleOf(1)).Write(story.SaleOf(2) with { Command = ((Sold)story.Lines[^1]).Command with { Fingerprint = 99 } })),
        ("seats", "seat 1, which ticket 000000000000000070000001 has", story => story.Sell(1).Write(story.SaleOf(2) with { Seat = 1 })),
        ("seats", "seat 1, which ticket 000000000000000070000001 has", story => story.Sell(1).Sell(2).Move(2, 1)),
        ("seats", "it was sold twice: seat 1, and now seat 5", story => story.Sell(1).Write(story.SaleOf(1) with { Seat = 5, Payment = 77 })),
        ("seats", "seat 101, which is none of 100", story => story.Sell(101)),
        ("seats", "seat 0, which is none of 100", story => story.Sell(0)),
        ("seats", "seat 90 is none of 50 any more", story => story.Sell(90).Write(story.Made(capacity: 50))),
        ("capacity", "-1 free, 0 held, 0 sold and 101 withheld, of 100", story => story.Write(story.Made(withheld: 101))),
        ("capacity", "-1 free, 2 held", story => story.Sell(1).Write(story.Made(withheld: 99)).Sell(2)),
        ("sale", "before the event was made", story => new HandMade(isBegun: false).Add(new Head(HandMade.Event)).Write(new OffSale(0, story.Command()))),
        ("sale", "sold after the sale was over", story => story.Write(new OffSale(story.Now, story.Command())).Sell(1)),
        ("sale", "sold after the sale was over", story => story.Write(story.SaleOf(1) with { At = HandMade.Start + 1_000_000 })),
        ("sale", "sold for 44, and the price is 45", story => story.Write(story.SaleOf(1) with { Price = 44 })),
        ("sale", "is of another ticket", story => story.Sell(1).Write(story.SaleOf(2) with { Payment = 0x9000_0001 })),
        ("sale", "taken off sale twice", story => story.Write(new OffSale(0, story.Command())).Write(new OffSale(0, story.Command()))),
        ("sale", "another creator", story => story.Write(story.Made() with { Creator = 0xC2 })),
        ("tickets", "became active and was Active", story => story.Sell(1).Pay(1).Pay(1)),
        ("tickets", "became active and was Cancelled", story => story.Sell(1).End(1, TicketEnd.Cancelled).Write(new Activated(story.Now, HandMade.Ticket(1)))),
        ("tickets", "after the time to pay", story => story.Sell(1).Write(new Activated(HandMade.PayBy + 1, HandMade.Ticket(1)))),
        ("tickets", "timed out before its time", story => story.Sell(1).Write(new Ended(HandMade.PayBy - 1, null, HandMade.Ticket(1), TicketEnd.Cancelled, EndReason.PaymentTimedOut))),
        ("tickets", "for want of money after it was active", story => story.Sell(1).Pay(1).Write(new Ended(0, null, HandMade.Ticket(1), TicketEnd.Cancelled, EndReason.PaymentDeclined))),
        ("tickets", "it ended twice", story => story.Sell(1).End(1).Write(new Ended(story.Now, null, HandMade.Ticket(1), TicketEnd.Cancelled, EndReason.Asked))),
        ("tickets", "moved after it had ended", story => story.Sell(1).End(1).Move(1, 2)),
        ("tickets", "was never sold", story => story.Write(new Activated(story.Now, HandMade.Ticket(1)))),
        ("tickets", "withdrawn twice", story => story.Sell(1).End(1).Write(new Withdrawn(0, story.Command(), HandMade.Ticket(1))).Write(new Withdrawn(0, story.Command(), HandMade.Ticket(1)))),
        ("tickets", "withdrawn and has not ended", story => story.Sell(1).Write(new Withdrawn(0, story.Command(), HandMade.Ticket(1)))),
        ("returns", "not ordered back", story => story.Sell(1).Write(new Ended(0, null, HandMade.Ticket(1), TicketEnd.Cancelled, EndReason.Asked))),
        ("returns", "ordered back twice", story => story.Sell(1).End(1).Write(new ReturnOrdered(0, HandMade.Ticket(1)))),
        ("returns", "though it had not ended", story => story.Sell(1).Pay(1).Write(new ReturnOrdered(0, HandMade.Ticket(1)))),
        ("returns", "went back and was not ordered", story => story.Sell(1).Pay(1).Return(1)),
        ("returns", "went back twice", story => story.Sell(1).End(1).Return(1).Return(1)),
        ("told", "which is not its own", story => story.Sell(1).Pay(1).Move(1, 2).Write(story.Say(1, Tidings.EventChanged, 5))),
        ("told", "it was told twice (TicketActive)", story => story.Sell(1).Pay(1).Write(story.Say(1, Tidings.TicketActive))),
        ("told", "it was told twice (PaymentReceived)", story => story.Sell(1).Pay(1).Write(story.Say(1, Tidings.PaymentReceived))),
        ("told", "it was told and was not so (PaymentReceived)", story => story.Sell(1).Write(story.Say(1, Tidings.PaymentReceived))),
        ("told", "it was told and was not so (SeatMoved)", story => story.Sell(1).Write(story.Say(1, Tidings.SeatMoved))),
        ("told", "it was told and was not so (Cancelled)", story => story.Sell(1).Write(story.Say(1, Tidings.Cancelled))),
        ("told", "it was told twice (EventCancelled)", story => story.Sell(1).End(1).Write(story.Say(1, Tidings.EventCancelled))),
        ("told", "it was told twice (EventChanged)", story => story.Write(story.Made(mustHear: true)).Sell(1).Write(story.Say(1, Tidings.EventChanged))),
        ("told", "not told that it ended", story => story.Sell(1).Write(new Ended(0, null, HandMade.Ticket(1), TicketEnd.Cancelled, EndReason.Asked), new ReturnOrdered(0, HandMade.Ticket(1)))),
        ("told", "not told that it is active", story => story.Sell(1).Write(new Activated(0, HandMade.Ticket(1)))),
        ("told", "not told that it has another seat", story => story.Sell(1).Write(new Moved(0, story.Command(), HandMade.Ticket(1), 2))),
    ];

    public static TheoryData<int, string, string> WrongHistories
    {
        get
        {
            var data = new TheoryData<int, string, string>();
            for (var i = 0; i < Wrong.Length; i++) data.Add(i, Wrong[i].Check, Wrong[i].What);
            return data;
        }
    }

    [Fact]
    public void A_history_in_which_all_holds_passes_every_check_and_adds_up_to_its_sale()
    {
        var story = HandMade.Whole();
        var table = story.Check();

        Assert.All(table.Checks, check => Assert.True(check.Violations == 0, $"{check.Name}: {string.Join("; ", check.First)}"));
        Assert.True(table.Holds);
        Assert.Equal(["batches", "chain", "writers", "operations", "sale", "seats", "capacity", "tickets", "returns", "told"], table.Checks.Select(check => check.Name));
        Assert.All(table.Checks, check => Assert.True(check.LookedAt > 0, $"{check.Name} looked at nothing"));
        Assert.Equal(2, table.Checks.Single(check => check.Name == "returns").Notes["returns still under way"]);

        var checker = new HistoryChecker(new());
        foreach (var line in story.Lines) checker.Add(line);
        Assert.Equal(
            [(Standing.Refunded, 1u), (Standing.Cancelled, 3u), (Standing.Refunded, 12u), (Standing.Pending, 21u)],
            checker.Sale.Tickets.Select(ticket => (ticket.Standing, ticket.Seat)));
        Assert.Equal((50u, 5u, 44L, true), (checker.Sale.Event!.Capacity, checker.Sale.Event.Withheld, checker.Sale.Free, checker.Sale.IsOffSale));
    }

    [Theory]
    [MemberData(nameof(WrongHistories))]
    public void A_history_in_which_a_rule_is_broken_is_found_and_the_rule_named(int index, string check, string what)
    {
        var table = Wrong[index].Tell(new HandMade()).Check();

        var row = table.Checks.Single(row => row.Name == check);
        output.WriteLine(string.Join('\n', table.Checks.SelectMany(each => each.First.Select(violation => $"{each.Name}: {violation}"))));
        Assert.False(table.Holds);
        Assert.Contains(row.First, violation => violation.What.Contains(what, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_check_has_a_wrong_history() =>
        Assert.Equal(HandMade.Whole().Check().Checks.Select(check => check.Name).Order(), Wrong.Select(wrong => wrong.Check).Distinct().Order());

    [Fact]
    public void A_violation_says_where_it_is()
    {
        var violation = new HandMade().Sell(1).Write(new HandMade().SaleOf(2) with { Seat = 1, Command = new(1, 1) }).Check().Checks.Single(check => check.Name == "seats").First.Single();

        Assert.Equal(("0000000000000000e0000001", 4L, 3L, "000000000000000070000002"), (violation.Event, violation.Batch, violation.Position, violation.Ticket));
    }

    [Fact]
    public void Journals_of_before_there_were_writers_say_so_and_are_no_fault()
    {
        var story = new HandMade(isBegun: false).As(0).Add(new Head(HandMade.Event)).Write(new Opened(0, 0));
        story.Write(story.Made()).Sell(1).Write(new Opened(0, 0)).Open(0xA1).Sell(2).Open(0).Sell(3).Open(0xA2);
        var table = story.Check();

        Assert.True(table.Holds);
        Assert.Equal(5, table.Checks.Single(check => check.Name == "writers").Notes["batches that do not say who wrote them"]);
    }

    [Fact]
    public void A_million_facts_are_checked_in_a_minute_and_a_half_at_most()
    {
        var (checker, story) = (new HistoryChecker(new()), new HandMade());
        foreach (var line in story.Lines) checker.Add(line);
        story.Lines.Clear();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var round = 0; round < 2_500; round++)
        {
            for (var seat = 1u; seat <= 100; seat++)
            {
                var ticket = new UInt128(7, ((ulong)round << 32) | seat);
                story.Write(
                    story.SaleOf(seat) with { Ticket = ticket, Payment = ticket }, new Activated(story.Now, ticket),
                    new Ended(story.Now, null, ticket, TicketEnd.Refunded, EndReason.Asked), new ReturnOrdered(story.Now, ticket));
                foreach (var line in story.Lines) checker.Add(line);
                story.Lines.Clear();
            }
        }

        output.WriteLine($"{checker.Position} facts in {clock.Elapsed.TotalSeconds:N1} s");
        Assert.Equal(1_000_001, checker.Position);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(90));
    }
}
