using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.GrainDirectory;
using Orleans.Metadata;
using Orleans.Runtime.GrainDirectory;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;
using Xunit.Abstractions;
using static Ticketing.Grains.Tests.Events.SaleCluster;

namespace Ticketing.Grains.Tests.Events;

/// <summary>Two silos that do not know of each other's events, as in a change of membership: each activates its own.</summary>
public sealed class SplitCluster : SaleCluster
{
    public new const string Name = "split sales";

    internal override void Configure(ISiloBuilder silo)
    {
        base.Configure(silo);
        silo.Services.AddSingleton<IGrainDirectoryResolver, SplitDirectory>();
        silo.Services.Replace(ServiceDescriptor.Singleton<PlacementStrategy, PreferLocalPlacement>());
    }

    /// <summary>A silo's own idea of where events are: it grants whatever the silo registers, and has never heard of the other silo.</summary>
    private sealed class SplitDirectory : IGrainDirectory, IGrainDirectoryResolver
    {
        private readonly ConcurrentDictionary<GrainId, GrainAddress> granted = new();

        public bool TryResolveGrainDirectory(GrainType grainType, GrainProperties? properties, [NotNullWhen(true)] out IGrainDirectory? grainDirectory)
        {
            grainDirectory = this;
            return grainType == GrainType.Create("event");
        }

        public Task<GrainAddress?> Register(GrainAddress address) => Task.FromResult<GrainAddress?>(granted[address.GrainId] = address);

        public Task Unregister(GrainAddress address)
        {
            granted.TryRemove(new(address.GrainId, address));
            return Task.CompletedTask;
        }

        public Task<GrainAddress?> Lookup(GrainId grainId) => Task.FromResult(granted.GetValueOrDefault(grainId));

        public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask;
    }
}

/// <summary>The tests that share the split cluster.</summary>
[CollectionDefinition(SplitCluster.Name)]
public sealed class SplitClusterTests : ICollectionFixture<SplitCluster>;

/// <summary>One event, two live activations: the store refuses the loser.</summary>
[Collection(SplitCluster.Name)]
public sealed class TwoActivationsTests(SplitCluster cluster, ITestOutputHelper output) : IDisposable
{
    public void Dispose() => cluster.EndTest();

    [Fact]
    public async Task Of_two_live_activations_the_older_is_refused_by_the_store_and_its_answers_are_unknown()
    {
        var key = await cluster.NewEvent(25);
        var (mine, theirs, lost) = (cluster.NewPurchase(1), cluster.NewPurchase(2), cluster.NewPurchase(3));
        Assert.True((await cluster.Event(key, 0).Buy(mine)).IsDone);
        Assert.True((await cluster.Event(key, 1).Buy(theirs)).IsDone);
        await BothLive(key);

        Assert.Equal(Outcome.Unknown, (await cluster.Event(key, 0).Buy(lost)).Outcome);

        // The same question again reaches a fresh activation, which fences the other one in its turn.
        var (answer, _) = await UntilKnown(_ => cluster.Event(key, 0).Buy(lost));
        Assert.True(answer.IsDone);
        Assert.Equal(Outcome.Unknown, (await cluster.Event(key, 1).Buy(cluster.NewPurchase(4))).Outcome);
        Assert.Equal([1u, 2u, 3u], (await cluster.Book(key)).Seats.Keys.Order());
    }

    [Fact]
    public async Task The_seat_that_the_other_activation_sold_is_never_sold_again()
    {
        var key = await cluster.NewEvent(25);
        Assert.True((await cluster.Event(key, 0).Buy(cluster.NewPurchase(1))).IsDone);
        Assert.True((await cluster.Event(key, 1).Buy(cluster.NewPurchase(2))).IsDone);
        await BothLive(key);

        // In the older one's memory seat 2 is free.
        var (answer, unknown) = await UntilKnown(_ => cluster.Event(key, 0).Buy(cluster.NewPurchase(2)));

        Assert.Equal(Refusal.SeatTaken, answer.Refusal);
        Assert.True(unknown > 0);
        Assert.Equal(2, (await cluster.Book(key)).Tickets.Count);
    }

    [Fact]
    public async Task Buyers_at_both_activations_who_ask_until_they_know_get_every_seat_once()
    {
        var key = await cluster.NewEvent(50);
        Assert.True((await cluster.Event(key, 0).Buy(cluster.NewPurchase(1))).IsDone);
        Assert.True((await cluster.Event(key, 1).Buy(cluster.NewPurchase(2))).IsDone);
        await BothLive(key);

        var buyers = Enumerable.Range(0, 200).Select(async i =>
        {
            var purchase = cluster.NewPurchase((uint)(i % 50) + 1);
            return await UntilKnown(attempt => cluster.Event(key, (i + (attempt / 3)) % 2).Buy(purchase));
        });
        var answers = await Task.WhenAll(buyers);

        output.WriteLine($"{answers.Sum(answer => answer.Unknown)} answers were unknown");
        Assert.True(answers.Sum(answer => answer.Unknown) > 0);
        var sold = answers.Where(answer => answer.Answer.IsDone).Select(answer => answer.Answer.Value!).ToArray();
        Assert.Equal(48, sold.Length);
        var book = await cluster.Book(key);
        Assert.Equal(50, book.Seats.Count);
        Assert.Equal(50, book.Tickets.Count);
        Assert.All(sold, ticket => Assert.Equal(ticket.Id, book.Seats[ticket.SeatNumber]));
        Assert.All(answers.Where(answer => !answer.Answer.IsDone), answer => Assert.True(answer.Answer.Refusal is Refusal.SeatTaken or Refusal.SoldOut));
        Assert.Equal(0u, (await cluster.Silo(0).GetRequiredService<IEventRecords>().Find(key))!.RemainingSeats);
    }

    [Fact]
    public async Task One_operation_at_both_activations_at_once_is_one_ticket()
    {
        var key = await cluster.NewEvent(25);
        Assert.True((await cluster.Event(key, 0).Buy(cluster.NewPurchase(1))).IsDone);
        Assert.True((await cluster.Event(key, 1).Buy(cluster.NewPurchase(2))).IsDone);
        await BothLive(key);
        var purchase = cluster.NewPurchase(7);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => UntilKnown(attempt => cluster.Event(key, (i + attempt) % 2).Buy(purchase))));

        var ticket = Assert.IsType<TicketRecord>(answers[0].Answer.Value);
        Assert.All(answers, answer => Assert.Equal(ticket, answer.Answer.Value));
        Assert.Single((await cluster.Engine.Entries(key)).OfType<Purchased>(), bought => bought.Seat == 7);
    }

    private async Task BothLive(EventKey key) => Assert.Equal(2, (await cluster.Activations(cluster.Event(key))).Distinct().Count());
}
