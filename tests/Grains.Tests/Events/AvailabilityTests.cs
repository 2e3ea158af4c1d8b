using Microsoft.Extensions.DependencyInjection;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using static Ticketing.Grains.Tests.Events.SaleCluster;

namespace Ticketing.Grains.Tests.Events;

/// <summary>An event says something of itself where it alone writes its journal, for as long as it is awake and its journal is its own.</summary>
[Collection(Name)]
public sealed class AvailabilityTests(SaleCluster cluster) : IDisposable
{
    private const uint Seats = 25;

    public void Dispose() => cluster.EndTest();

    [Fact]
    public async Task Where_others_write_too_it_says_nothing()
    {
        var (key, _) = await SoldOut();
        Assert.Null(Said(key));
    }

    [Fact]
    public async Task Alone_it_says_how_it_stands_and_that_it_is_sold_out_until_it_goes_to_sleep()
    {
        cluster.Engine.IsShared = false;
        var (key, _) = await SoldOut();
        Assert.Equal(0u, Said(key)!.Standing.Record.RemainingSeats);
        Assert.NotNull(Said(key)!.SoldOut);

        await cluster.Deactivate(cluster.Event(key));
        Assert.Null(Said(key));

        // Whoever wants to buy wakes it.
        Assert.Equal(Refusal.SoldOut, (await cluster.Event(key).Buy(cluster.NewPurchase(1))).Refusal);
        Assert.NotNull(Said(key)!.SoldOut);
    }

    [Theory]
    [InlineData(Fate.LostBefore)]
    [InlineData(Fate.AnswerLost)]
    internal async Task When_nobody_knows_whether_a_seat_came_back_it_says_nothing(Fate fate)
    {
        cluster.Engine.IsShared = false;
        var (key, tickets) = await SoldOut();
        cluster.Errors.Allow(SharedEngine.OnPurpose);
        cluster.Engine.Fates = () => fate;
        Assert.Equal(Outcome.Unknown, (await cluster.Event(key).Change(cluster.NewEnd(tickets[0]))).Outcome);
        Assert.Null(Said(key));

        cluster.Engine.Fates = null;
        var (answer, _) = await UntilKnown(_ => cluster.Event(key).Buy(cluster.NewPurchase(tickets[0].SeatNumber)));
        Assert.Equal(fate == Fate.AnswerLost, answer.IsDone);
    }

    private Availability? Said(EventKey key) =>
        Enumerable.Range(0, 2).Select(silo => cluster.Silo(silo).GetRequiredService<AvailabilityBoard>().Find(key)).SingleOrDefault(said => said is not null);

    private async Task<(EventKey Key, TicketRecord[] Tickets)> SoldOut()
    {
        var key = await cluster.NewEvent(Seats);
        var answers = await cluster.Event(key).BuyAll([.. Enumerable.Range(1, (int)Seats).Select(seat => cluster.NewPurchase((uint)seat))]);
        Assert.Equal(Refusal.SoldOut, (await cluster.Event(key).Buy(cluster.NewPurchase(1))).Refusal);
        return (key, Array.ConvertAll(answers, answer => answer.Value!));
    }
}
