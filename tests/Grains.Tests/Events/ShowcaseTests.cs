using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;
using static Ticketing.Grains.Tests.Events.LedgerBench;

namespace Ticketing.Grains.Tests.Events;

/// <summary>What an event says of itself is durable, and is taken back before anybody is told otherwise.</summary>
public sealed class ShowcaseTests : IDisposable
{
    private const uint Seats = 25;
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ScriptedJournal journal = new();
    private readonly AvailabilityBoard board = new();
    private readonly EventKey key = NewKey();
    private Ledger ledger = null!;
    private Showcase showcase = null!;

    [Fact]
    public Task How_it_stands_is_said_when_it_is_durable_and_before_the_buyer_hears() => OneThread(async () =>
    {
        await Open();
        Assert.Equal(Seats, board.Find(key)!.Standing.Record.RemainingSeats);
        Assert.True(await Commit(() => ledger.Decide(1)));
        Assert.Equal(Seats - 1, board.Find(key)!.Standing.Record.RemainingSeats);

        journal.Hold();
        var bought = Commit(() => ledger.Decide(2));
        await journal.Held();
        Assert.Equal(Seats - 1, board.Find(key)!.Standing.Record.RemainingSeats);
        journal.LetGo();
        Assert.True(await bought);
        Assert.Equal(ledger.Sale.Record(), board.Find(key)!.Standing.Record);
        Assert.Equal(Seats - 2, board.Find(key)!.Standing.Record.RemainingSeats);
    });

    [Fact]
    public Task Nothing_is_said_first_while_more_is_under_way_than_is_durable() => OneThread(async () =>
    {
        ledger = await NewEvent(journal, key, Seats);
        journal.Hold();
        var first = ledger.Buy(1);
        await journal.Held();
        // A reader who looks in storage may have seen it.
        Show();
        var second = Commit(() => ledger.Decide(2));
        Assert.Null(board.Find(key));
        journal.LetOneGo();
        Assert.True(await first);
        Assert.Null(board.Find(key));
        journal.LetGo();
        Assert.True(await second);
        Assert.Equal(Seats - 2, board.Find(key)!.Standing.Record.RemainingSeats);
    });

    [Theory]
    [InlineData("move")]
    [InlineData("activate")]
    [InlineData("allot nothing")]
    public Task An_operation_that_leaves_it_sold_out_is_asked_of_the_event_when_it_is_repeated(string what) => OneThread(async () =>
    {
        var (ticket, operation) = (await SellOut(), NewOperation());
        Assert.True(await Commit(() => Assert.True(what switch
        {
            "move" => ledger.Sale.Move(new(operation, ticket.Id, Holder, ticket.SeatNumber), Now).IsDone,
            "activate" => ledger.Sale.Activate(new(operation, ticket.Id, Holder with { Role = Role.Admin }), Now).IsDone,
            _ => ledger.Sale.Allot(operation, 0, null, Now).IsDone,
        })));
        Assert.True(ledger.Sale.IsSoldOut);
        Assert.False(board.Find(key)!.SoldOut?.TryRefuse(operation.Id, 1, Now) == true);
        showcase.Refused(Now + Showcase.Pause);
        Assert.True(Refuses());
        Assert.False(board.Find(key)!.SoldOut!.TryRefuse(operation.Id, 1, Now));
    });

    [Fact]
    public Task That_it_is_sold_out_is_not_said_before_the_last_purchase_is_durable() => OneThread(async () =>
    {
        await Open();
        await ledger.Fill(1, Seats - 1);
        journal.Hold();
        var last = Commit(() => ledger.Decide(Seats));
        await journal.Held();
        showcase.Refused(Now);
        Assert.Null(board.Find(key)!.SoldOut);

        journal.LetGo();
        Assert.True(await last);
        showcase.Refused(Now);
        Assert.True(Refuses());
    });

    [Theory]
    [InlineData("cancel")]
    [InlineData("decline")]
    [InlineData("enlarge")]
    [InlineData("delete")]
    public Task That_it_is_sold_out_is_taken_back_before_what_gives_a_seat_back_is_durable(string what) => OneThread(async () =>
    {
        var ticket = await SellOut();
        journal.Hold();
        var done = Commit(() => _ = what switch
        {
            "cancel" => ledger.Sale.End(new(NewOperation(), ticket.Id, Holder, TicketStatus.Cancelled), Now).IsDone,
            "decline" => Settle(ticket, succeeded: false),
            "enlarge" => ledger.Sale.Update(NewOperation(), Holder, ledger.Sale.Details! with { Capacity = Seats + 1 }, 1, null, Now).IsDone,
            _ => ledger.Sale.Delete(NewOperation(), Holder, null, Now).IsDone,
        });
        await journal.Held();
        Assert.Null(board.Find(key)!.SoldOut);

        journal.LetGo();
        Assert.True(await done);
        Assert.Null(board.Find(key)?.SoldOut);
        // What was deleted says nothing of itself at all.
        Assert.Equal(what == "delete", board.Find(key) is null);
    });

    [Fact]
    public Task A_payment_that_comes_leaves_it_and_it_is_said_again_when_the_seat_is_sold_again() => OneThread(async () =>
    {
        var ticket = await SellOut();
        Assert.True(await Commit(() => Settle(ticket, succeeded: true)));
        Assert.True(Refuses());

        Assert.True(await Commit(() => ledger.Sale.End(new(NewOperation(), ticket.Id, Holder, TicketStatus.Refunded), Now)));
        var operation = NewOperation();
        Assert.True(await Commit(() => ledger.Decide(ticket.SeatNumber, operation)));
        showcase.Refused(Now);
        Assert.Null(board.Find(key)!.SoldOut);
        showcase.Refused(Now + Showcase.Pause);
        Assert.True(Refuses());
        Assert.False(board.Find(key)!.SoldOut!.TryRefuse(operation.Id, 1, Now), "a repeat has its answer");
    });

    [Fact]
    public Task An_activation_that_goes_takes_what_it_said_along_and_says_nothing_more() => OneThread(async () =>
    {
        await SellOut();
        var successor = new Availability(ledger.Sale.Record());
        board.Put(key, successor);
        showcase.Close();
        Assert.Same(successor, board.Find(key));
        board.Remove(key);
        showcase.Refused(Now + Showcase.Pause);
        Assert.True(await Commit(() => ledger.Sale.Allot(NewOperation(), 0, null, Now)));
        Assert.Null(board.Find(key));
    });

    public void Dispose() => services.Dispose();

    private async Task Open()
    {
        ledger = await NewEvent(journal, key, Seats);
        Show();
    }

    private void Show() => showcase = new(ledger, board, new(services.GetRequiredService<IMeterFactory>()));

    /// <summary>Sells every seat, and has it said.</summary>
    private async Task<TicketRecord> SellOut()
    {
        await Open();
        await ledger.Fill(1, Seats - 1);
        TicketRecord? last = null;
        Assert.True(await Commit(() => last = ledger.Decide(Seats).Value));
        showcase.Refused(Now);
        Assert.True(Refuses());
        return last!;
    }

    // The filter may take one stranger for somebody it knows, and not five.
    private bool Refuses() => Enumerable.Range(0, 5).Any(_ => board.Find(key)!.SoldOut?.TryRefuse(OperationId.New(), 1, Now) == true);

    private bool Settle(TicketRecord ticket, bool succeeded)
    {
        ledger.Sale.Settle(new(ticket.PaymentId, key, ticket.Id, succeeded), Now);
        return true;
    }

    /// <summary>As the event's grain does it.</summary>
    private Task<bool> Commit(Action decide)
    {
        decide();
        showcase.Decided();
        return ledger.Commit(Now);
    }
}
