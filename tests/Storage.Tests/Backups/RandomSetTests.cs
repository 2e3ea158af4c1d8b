using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;
using Ticketing.Grains.Payments;
using Xunit.Abstractions;

namespace Ticketing.Storage.Tests.Backups;

/// <summary>
/// Sets taken in the middle of random trade. What must be true of every one of them when it is restored: the ledgers are those of the moment of the events'
/// backup, and no money is lost, kept or asked for twice. TICKETING_SEED repeats a failure.
/// </summary>
public sealed class RandomSetTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Sets = 6;
    private const int StepsBetween = 25;

    private readonly Installation installation = Installation.Open();
    private readonly List<Ledger> ledgers = [];
    // What the provider did: money it has taken and not given back.
    private readonly HashSet<PaymentId> taken = [];
    private Random luck = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await installation.DisposeAsync();

    [Fact]
    public async Task Whenever_a_set_is_taken_it_restores_to_ledgers_that_hold_and_to_payments_that_lose_no_money()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TICKETING_SEED"), out var given) ? given : Environment.TickCount;
        output.WriteLine($"seed {seed}");
        luck = new Random(seed);
        for (var i = 0; i < 3; i++) ledgers.Add(await installation.NewEvent($"Concert {i}", 40));
        for (var set = 0; set < Sets; set++)
        {
            var expected = new List<TicketRecord>();
            var directory = await installation.BackUp(before: async service =>
            {
                for (var step = 0; step < StepsBetween; step++) await Step();
                if (service == BackupService.Events) expected.AddRange(ledgers.SelectMany(ledger => ledger.Sale.Tickets));
            });
            // The trade after the set is unknown to it, but the provider remembers.
            var (engine, restored) = await installation.Restore(directory);
            await Check(engine, expected);
            Assert.Equal(0, restored.TicketsLost);
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task Check(IEngine engine, List<TicketRecord> expected)
    {
        Assert.Equal(expected.OrderBy(ticket => ticket.Id.Value), (await engine.List(new(Tables.Tickets, [], Cell.None, 100_000))).Select(row => Tables.Tickets.Read(row).Ticket));
        var seated = expected.Where(ticket => ticket.Status is TicketStatus.Pending or TicketStatus.Active).ToArray();
        Assert.Equal(seated.Length, seated.Select(ticket => (ticket.EventId, ticket.SeatNumber)).Distinct().Count());
        await using var loop = new CommitLoop(engine, new Logs());
        foreach (var ledger in ledgers)
        {
            var again = await Ledger.Open(ledger.Sale.Record().Id, new SameThreadJournal(new Storage.Events.Journal(engine, loop)), Samples.Noon);
            foreach (var ticket in again.Sale.Tickets)
            {
                var payment = await Installation.PaymentOf(ticket, engine);
                var isOrdered = again.Sale.Returns.ContainsKey(ticket.Id);
                var holds = ticket.Status switch
                {
                    TicketStatus.Active => payment.Payment!.Status == PaymentStatus.Success && !payment.IsReturnDue() && !isOrdered,
                    // The job asks the provider, which takes nothing twice, and tells the event.
                    TicketStatus.Pending => payment.NextAt is not null && !payment.IsReturnDue() && !isOrdered,
                    // What the provider may have of it is asked back, by the event or by the job, never by both.
                    TicketStatus.Cancelled or TicketStatus.Refunded => payment.IsReturnDue() ? !isOrdered && payment.NextAt is not null : isOrdered || !payment.MustReturn(),
                    _ => false,
                };
                Assert.True(holds, $"ticket {ticket.Status}, return ordered {isOrdered}, payment {payment}");
            }
        }
    }

    private async Task Step()
    {
        var ledger = ledgers[luck.Next(ledgers.Count)];
        var tickets = ledger.Sale.Tickets.ToArray();
        var one = tickets.Length == 0 ? null : tickets[luck.Next(tickets.Length)];
        switch (luck.Next(10))
        {
            case < 4: TryBuy(ledger, tickets); break;
            case < 7 when one is { Status: TicketStatus.Pending }: await Settle(ledger, one); break;
            case 7 when one is { Status: TicketStatus.Pending or TicketStatus.Active }:
                ledger.Sale.End(new(installation.Operation(), one.Id, Installation.Admin, luck.Next(2) == 0 ? TicketStatus.Refunded : TicketStatus.Cancelled), Samples.Noon);
                break;
            case > 7 when ledger.Sale.Returns.Count > 0: await GiveBack(ledger); break;
            default: break;
        }

        Assert.True(await ledger.Commit(Samples.Noon));
    }

    private void TryBuy(Ledger ledger, TicketRecord[] tickets)
    {
        var seat = (uint)luck.Next(1, 41);
        if (!tickets.Any(ticket => ticket.SeatNumber == seat && ticket.Status is TicketStatus.Pending or TicketStatus.Active && ticket.SeatNumber == seat)) installation.Buy(ledger, seat);
    }

    /// <summary>The payments' job: the provider, the payment's record, the event, and the record again.</summary>
    private async Task Settle(Ledger ledger, TicketRecord ticket)
    {
        var succeeded = luck.Next(5) != 0;
        if (succeeded) taken.Add(ticket.PaymentId);
        await installation.Mark(ticket, succeeded ? PaymentStatus.Success : PaymentStatus.Failed, succeeded ? PaymentReason.None : PaymentReason.Declined);
        Installation.Settle(ledger, ticket, succeeded);
        Assert.True(await ledger.Commit(Samples.Noon));
    }

    /// <summary>The event's outbox: the payment returns the money, then the ledger says so.</summary>
    private async Task GiveBack(Ledger ledger)
    {
        var ticket = ledger.Sale.Ticket(ledger.Sale.Returns.First().Key);
        var payment = await Installation.PaymentOf(ticket, installation.Engine);
        if (payment.MustReturn()) await installation.Mark(ticket, taken.Remove(ticket.PaymentId) ? PaymentStatus.Refunded : PaymentStatus.Failed, PaymentReason.Returned);
        ledger.Sale.AcknowledgeReturn(ticket.Id, Samples.Noon);
    }
}
