using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Xunit.Abstractions;
using static Ticketing.Grains.Tests.Events.SaleCluster;

namespace Ticketing.Grains.Tests.Events;

/// <summary>Commits that fail, and commits whose acknowledgement is lost.</summary>
[Collection(Name)]
public sealed class LostAnswerTests(SaleCluster cluster, ITestOutputHelper output) : IDisposable
{
    public void Dispose() => cluster.EndTest();

    [Fact]
    public async Task A_commit_whose_acknowledgement_is_lost_is_settled_by_repeating_it()
    {
        var key = await cluster.NewEvent(25);
        Assert.True((await cluster.Event(key).Buy(cluster.NewPurchase(1))).IsDone);
        cluster.Errors.Allow(SharedEngine.OnPurpose);
        var fates = new Queue<Fate>([Fate.AnswerLost]);
        cluster.Engine.Fates = () => fates.TryDequeue(out var fate) ? fate : Fate.Done;

        Assert.True((await cluster.Event(key).Buy(cluster.NewPurchase(2))).IsDone);

        Assert.Empty(fates);
        Assert.Equal(2, (await cluster.Book(key)).Seats.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_outcome_that_stays_unknown_is_known_when_storage_is_back(bool stored)
    {
        var key = await cluster.NewEvent(25);
        Assert.True((await cluster.Event(key).Buy(cluster.NewPurchase(1))).IsDone);
        cluster.Errors.Allow(SharedEngine.OnPurpose);
        cluster.Engine.Fates = () => stored ? Fate.AnswerLost : Fate.LostBefore;
        var purchase = cluster.NewPurchase(2);

        Assert.Equal(Outcome.Unknown, (await cluster.Event(key).Buy(purchase)).Outcome);
        Assert.Equal(stored, (await cluster.Book(key)).Seats.ContainsKey(2));
        cluster.Engine.Fates = null;
        var (answer, _) = await UntilKnown(_ => cluster.Event(key).Buy(purchase));

        Assert.True(answer.IsDone);
        Assert.Equal([1u, 2u], (await cluster.Book(key)).Seats.Keys.Order());
    }

    [Fact]
    public async Task On_storage_that_fails_at_random_every_purchase_ends_sold_exactly_once()
    {
        var seed = Seed.Of(output);
        var random = new Random(seed);
        var key = await cluster.NewEvent(60);
        Assert.True((await cluster.Event(key).Buy(cluster.NewPurchase(60))).IsDone);
        cluster.Errors.Allow(SharedEngine.OnPurpose, "Ticketing.Storage", "on the activation of");
        var (calls, failures) = (0, 0);
        cluster.Engine.Fates = () =>
        {
            // The engine calls this under its lock, and the first two times end badly, so that it never happens that all is well.
            var fate = calls++ < 2 ? Fate.AnswerLost : random.Next(10) switch { < 5 => Fate.AnswerLost, 5 => Fate.LostBefore, _ => Fate.Done };
            if (fate != Fate.Done) failures++;
            return fate;
        };

        var answers = new List<(Answer<TicketRecord> Answer, int Unknown)>();
        // A few at a time, so that there are many commits to fail.
        foreach (var group in Enumerable.Range(0, 40).Chunk(8))
            answers.AddRange(await Task.WhenAll(group.Select(i => Buy(key, (uint)(i % 20) + 1, i % 2))));
        cluster.Engine.Fates = null;

        output.WriteLine($"{failures} of {calls} commits failed, {answers.Sum(answer => answer.Unknown)} answers were unknown");
        var sold = answers.Where(answer => answer.Answer.IsDone).Select(answer => answer.Answer.Value!).ToArray();
        var book = await cluster.Book(key);
        Assert.True(sold.Length == 20, $"{Seed.Hint(seed)}: {sold.Length} sold");
        Assert.True(book.Tickets.Count == 21, $"{Seed.Hint(seed)}: {book.Tickets.Count} tickets in the journal");
        Assert.All(sold, ticket => Assert.Equal(ticket.Id, book.Seats[ticket.SeatNumber]));
        Assert.All(answers.Where(answer => !answer.Answer.IsDone), answer => Assert.Equal(Refusal.SeatTaken, answer.Answer.Refusal));
    }

    private async Task<(Answer<TicketRecord> Answer, int Unknown)> Buy(EventKey key, uint seat, int silo)
    {
        var purchase = cluster.NewPurchase(seat);
        return await UntilKnown(_ => cluster.Event(key, silo).Buy(purchase));
    }
}
