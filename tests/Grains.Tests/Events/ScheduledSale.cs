using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;
using Ticketing.Grains.Tests.Schedules;

namespace Ticketing.Grains.Tests.Events;

/// <summary>What a scheduled world holds.</summary>
/// <param name="Buyers">How many buyers.</param>
/// <param name="Seats">How many seats they want.</param>
/// <param name="Faults">How many faults storage may have.</param>
/// <param name="Usurpers">How many activations may begin while the one before lives.</param>
/// <param name="Wordy">Whether the event is described anew, at such length that snapshots are taken.</param>
internal sealed record ScheduledScene(int Buyers, int Seats, int Faults, int Usurpers, bool Wordy)
{
    public static ScheduledScene Of(int seed)
    {
        var random = new Random(~seed);
        return new(random.Next(1, 5), random.Next(1, 4), random.Next(4), random.Next(3), random.Next(5) == 0);
    }
}

/// <summary>Buyers, activations of one event, and a store: all that happens is a step, and a schedule picks the next.</summary>
internal sealed class ScheduledSale
{
    public static readonly EventKey Key = new(new(1, 1));
    private static readonly string LongText = new('x', Ledger.SnapshotAfterBytes);
    private static readonly Caller Organiser = new(new(new(2, 1)), Role.EventCreator);
    private readonly World world = new();
    private readonly ScheduledScene scene;
    private readonly ScheduledStore store;
    private readonly List<ScheduledActivation> activations = [];
    private readonly Dictionary<OperationId, TicketId> sold = [];
    private readonly HashSet<TicketId> ended = [];
    private uint made;
    private int done;

    private ScheduledSale(ScheduledScene scene)
    {
        this.scene = scene;
        store = new(world, scene.Faults);
        Activate();
        for (var buyer = 0; buyer < scene.Buyers; buyer++)
        {
            var number = buyer;
            world.Start(world.NewThread(), $"buyer {number}", () => Live(number));
        }

        for (var usurper = 0; usurper < scene.Usurpers; usurper++) world.Add(world.NewThread(), "another activation", Activate, optional: true);
    }

    /// <summary>Lets a world go on to its end.</summary>
    /// <returns>How many steps it took.</returns>
    /// <exception cref="InvalidOperationException">Something was wrong.</exception>
    public static int Play(ScheduledScene scene, Schedule schedule)
    {
        var sale = new ScheduledSale(scene);
        sale.world.Run(schedule);
        var steps = sale.world.Taken;
        sale.Inspect();
        return steps;
    }

    public static OperationId? OperationOf(Entry entry) => entry switch
    {
        DetailsSet set => set.Operation.Id,
        Purchased bought => bought.Operation.Id,
        TicketEnded ended => ended.Operation?.Id,
        _ => null,
    };

    private void Activate() => activations.Add(new(world, store, activations.Count));

    private async Task Live(int buyer)
    {
        // Whoever comes first makes the event; for the others that is a repeat.
        var details = new EventDetails("Carmen", "An evening of opera", "Opera house", Bench.Start.AddDays(1), (uint)scene.Seats, 40);
        await Ask($"create by {buyer}", new(new(0, 0), 1), sale => sale.Create(new(new(0, 0), 1), Organiser.UserId, details, Bench.Start));

        if (scene.Wordy && buyer == 0)
        {
            var (change, longer) = (NewOperation(), details with { Description = LongText });
            await Ask("describe", change, sale => sale.Update(change, Organiser, longer, sale.Remaining, null, Bench.Start));
        }

        var (owner, operation) = (new Caller(new(new(2, (uint)buyer + 2)), Role.User), NewOperation());
        var purchase = new Purchase(operation, owner.UserId, (uint)(1 + (buyer % scene.Seats)), Currency.Eur, null!);
        var bought = await Ask($"buy by {buyer}", operation, sale => sale.Buy(purchase, new(NewId()), new(NewId()), "token", Bench.Start.AddHours(1), Bench.Start));
        if (bought.IsDone) sold.Add(operation.Id, bought.Value.Id);
        if (bought.IsDone && buyer % 2 == 0)
        {
            var change = new EndTicket(NewOperation(), bought.Value.Id, owner, TicketStatus.Cancelled);
            world.Check((await Ask($"cancel by {buyer}", change.Operation, sale => sale.End(change, Bench.Start))).IsDone, "a buyer's own ticket was not cancelled");
            ended.Add(bought.Value.Id);
        }

        done++;
    }

    /// <summary>Asks until there is an answer: first whichever activation one knows, then always a newer one, as a cluster would lead to.</summary>
    private async Task<Answer<T>> Ask<T>(string what, Operation operation, Func<Sale, Answer<T>> decide)
    {
        for (var asked = activations[^1]; ;)
        {
            var answer = await asked.Ask(what, operation, decide);
            if (answer.Outcome != Outcome.Unknown) return answer;
            if (asked == activations[^1]) Activate();
            asked = activations[^1];
        }
    }

    private void Inspect()
    {
        world.Check(done == scene.Buyers, "somebody waits for ever");
        InspectJournal();
        foreach (var (operation, ticket) in sold)
            world.Check(store.Entries.Count(entry => entry is Purchased bought && bought.Operation.Id == operation && bought.TicketId == ticket) == 1, $"the purchase {operation} was answered, and is not in the journal once");
        foreach (var ticket in ended)
            world.Check(store.Entries.Count(entry => entry is TicketEnded end && end.TicketId == ticket) == 1, $"the end of {ticket} was answered, and is not in the journal once");
        InspectRecords();
    }

    private void InspectJournal()
    {
        var (number, chain, operations) = (0L, Array.Empty<byte>(), new List<(OperationId Operation, int Author)>());
        var book = new SeatBook();
        var author = -1;
        foreach (var (batch, writer) in store.Batches)
        {
            var entries = Ledger.Next(Key, number, chain, batch);
            (number, chain) = (batch.Number, batch.Chain);
            foreach (var entry in entries) book.Add(entry);
            operations.AddRange(entries.Select(OperationOf).OfType<OperationId>().Select(operation => (operation, writer)));
            if (entries is [Opened]) author = writer;
            world.Check(writer == author, $"activation {writer} wrote batch {number} after {author} had opened");
        }

        foreach (var activation in activations)
        {
            // A beginning of what it decided, in that order. What came no further may have been decided again by another.
            var came = operations.Where(one => one.Author == activation.Number).Select(one => one.Operation);
            world.Check(came.SequenceEqual(activation.Decided.Take(came.Count())), $"activation {activation.Number} left something out, or wrote in another order than it decided");
        }
    }

    /// <summary>Once an activation has opened while nothing fails, the records are what the journal says.</summary>
    private void InspectRecords()
    {
        store.Heal();
        Activate();
        world.Start(world.NewThread(), "last", () => activations[^1].Ask<bool>("read", NewOperation(), _ => Refusal.NotYours));
        world.Run(new RandomWalk(0));
        var fold = new Sale(Key);
        foreach (var entry in store.Entries) fold.Apply(entry);
        world.Check(store.Event?.Event == fold.Record(), $"the event's record is {store.Event?.Event}, its ledger says {fold.Record()}");
        world.Check(store.Tickets.Count == fold.Tickets.Count(), "tickets without records");
        foreach (var ticket in fold.Tickets)
        {
            world.Check(store.Tickets[ticket.Id].Ticket == ticket, $"the record is {store.Tickets[ticket.Id].Ticket}, the ledger says {ticket}");
            world.Check(store.Payments.Contains(ticket.PaymentId), $"no payment for {ticket}");
        }
    }

    private Operation NewOperation() => new(new(0xAB, ++made), made);

    private RecordId NewId() => new(3, ++made);
}
