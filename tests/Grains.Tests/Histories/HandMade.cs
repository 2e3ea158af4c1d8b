using Ticketing.History;

namespace Ticketing.Grains.Tests.Histories;

/// <summary>A history that is made line by line. Every fact gets a batch of its own, and what is told its own key, unless a test says otherwise.</summary>
internal sealed class HandMade
{
    public const uint Capacity = 100;
    public const long Start = 1_800_000_000_000;
    public const long PayBy = Start + 60_000;
    public static readonly UInt128 Event = 0xE000_0001;

    private uint operations;
    private long number;
    private long position;
    private ulong writer = 0xA1;

    public HandMade(bool isBegun = true)
    {
        if (!isBegun) return;
        Add(new Head(Event));
        Write(new Opened(Start, writer));
        Write(Made());
    }

    /// <summary>What is told of the times before, by default.</summary>
    public long Now { get; set; } = Start;

    public List<HistoryLine> Lines { get; } = [];

    public static UInt128 Ticket(uint seat) => 0x7000_0000 + seat;

    public Command Command() => new((UInt128)0xFFFF_0000 + ++operations, operations);

    public Details Made(uint capacity = Capacity, uint withheld = 0, bool mustHear = false) => new(Now, Command(), 0xC1, Start + 1_000_000, capacity, 45, withheld, mustHear);

    public Sold SaleOf(uint seat) => new(Now, Command(), Ticket(seat), 0x9000_0000 + seat, 0xB1, seat, 45, "EUR", PayBy);

    public Told Say(uint seat, Tidings tidings, long facts = 1) => new(Now, Ticket(seat), tidings, Derivation.NotificationKey(Now, Event, position + facts));

    public HandMade Add(HistoryLine line)
    {
        Lines.Add(line);
        if (line is Batch batch) number = batch.Number;
        if (line is Fact and not Opened) position++;
        return this;
    }

    /// <summary>A batch of these facts.</summary>
    public HandMade Write(params Fact[] facts)
    {
        Add(new Batch(number + 1, writer));
        foreach (var fact in facts) Add(fact);
        return this;
    }

    /// <summary>Another activation opens.</summary>
    public HandMade Open(ulong another)
    {
        writer = another;
        return Write(new Opened(Now, another));
    }

    /// <summary>The next batches are of another writer, who says nothing of it.</summary>
    public HandMade As(ulong another)
    {
        writer = another;
        return this;
    }

    public HandMade Sell(uint seat) => Write(SaleOf(seat));

    public HandMade Pay(uint seat) => Write(new Activated(Now, Ticket(seat)), Say(seat, Tidings.PaymentReceived, 2), Say(seat, Tidings.TicketActive, 3));

    public HandMade Move(uint ticket, uint seat) => Write(new Moved(Now, Command(), Ticket(ticket), seat), Say(ticket, Tidings.SeatMoved, 2));

    public HandMade End(uint seat, TicketEnd end = TicketEnd.Refunded) => Write(
        new Ended(Now, Command(), Ticket(seat), end, EndReason.Asked), new ReturnOrdered(Now, Ticket(seat)),
        Say(seat, end == TicketEnd.Refunded ? Tidings.RefundComing : Tidings.Cancelled, 3));

    public HandMade Return(uint seat) => Write(new ReturnDone(Now, Ticket(seat)));

    /// <summary>A sale with a bit of everything.</summary>
    public static HandMade Whole()
    {
        var story = new HandMade().Sell(1).Sell(2).Pay(1).Move(2, 3).Sell(2 + 10).Open(0xA2).End(1).Return(1).End(2, TicketEnd.Cancelled);
        story.Write(story.Made(capacity: 50, withheld: 5, mustHear: true)).Write(story.Say(12, Tidings.EventChanged));
        story.Write(new ActivatedByHand(story.Now, story.Command(), Ticket(12)), story.Say(12, Tidings.TicketActive, 2));
        story.Write(
            new Withdrawn(story.Now, story.Command(), Ticket(12)), new Ended(story.Now, null, Ticket(12), TicketEnd.Refunded, EndReason.TicketDeleted),
            new ReturnOrdered(story.Now, Ticket(12)), story.Say(12, Tidings.TicketDeleted, 4));
        return story.Sell(1 + 20).Write(new OffSale(story.Now, story.Command()));
    }

    public CheckTable Check()
    {
        var checker = new HistoryChecker(new());
        foreach (var line in Lines) checker.Add(line);
        return checker.Finish();
    }
}
