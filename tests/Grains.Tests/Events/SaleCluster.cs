using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Core.Internal;
using Orleans.TestingHost;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Events;
using Ticketing.Grains.Payments;
using Ticketing.Storage;
using Ticketing.Storage.Sqlite;

namespace Ticketing.Grains.Tests.Events;

/// <summary>Two silos on one SQLite file that can be told to fail, with a clock that a test moves.</summary>
public class SaleCluster : IAsyncLifetime
{
    /// <summary>The name of the collection of tests that share the cluster.</summary>
    public const string Name = "sales";

    private readonly string directory = Directory.CreateTempSubdirectory("ticketing-").FullName;
    private InProcessTestCluster? cluster;
    private int titles;

    internal SharedEngine Engine { get; private set; } = null!;

    internal ErrorLog Errors { get; } = new();

    internal FakeTimeProvider Time { get; } = new(new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    internal CountingProvider Provider { get; } = new();

    internal IServiceProvider Silo(int index) => cluster!.Silos[index].ServiceProvider;

    /// <summary>The grains as a silo calls them.</summary>
    internal IGrainFactory Grains(int silo) => Silo(silo).GetRequiredService<IGrainFactory>();

    private IManagementGrain Management => cluster!.Client.GetGrain<IManagementGrain>(0);

    internal IJournal Journal => Silo(0).GetRequiredService<IJournal>();

    public async Task InitializeAsync()
    {
        Engine = new(new SqliteEngine(directory));
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) => Configure(silo));
        cluster = builder.Build();
        await cluster.DeployAsync();
    }

    public async Task DisposeAsync()
    {
        await cluster!.DisposeAsync();
        Engine.Dispose();
        Directory.Delete(directory, recursive: true);
        Errors.AssertNone();
        Errors.Dispose();
    }

    /// <summary>Ends a test: the next one finds storage in order, and an error that nobody expected fails this one.</summary>
    internal void EndTest()
    {
        Engine.IsShared = true;
        (Engine.Fates, Provider.FailReturn, Provider.HoldReturns, Provider.BeforeToken) = (null, null, null, null);
        Errors.AssertNone();
    }

    internal IEventGrain Event(EventKey key, int silo = 0) => Grains(silo).GetGrain<IEventGrain>(key.ToString());

    internal IPaymentGrain Payment(PaymentId id) => Grains(0).GetGrain<IPaymentGrain>(id.ToString());

    internal EventDetails NewDetails(uint capacity) =>
        new($"Carmen, part {Interlocked.Increment(ref titles)}", "An evening of opera", "Opera house", Time.GetUtcNow().AddYears(1), capacity, 40);

    internal Caller NewOrganiser() => new(UserId.New(Time.GetUtcNow()), Role.EventCreator);

    internal static Operation NewOperation() => new(OperationId.New(), 1);

    internal async Task<EventKey> NewEvent(uint capacity)
    {
        var key = EventKey.New(Time.GetUtcNow());
        var answer = await Event(key).Create(NewOperation(), NewOrganiser(), NewDetails(capacity));
        Assert.True(answer.IsDone, $"{answer}");
        return key;
    }

    internal Purchase NewPurchase(uint seat, Operation? operation = null) => new(
        operation ?? NewOperation(), UserId.New(Time.GetUtcNow()), seat, Currency.Eur, new("4111111111111111", Time.GetUtcNow().AddYears(2), "123", "Ada Lovelace"));

    internal EndTicket NewEnd(TicketRecord ticket, TicketStatus end = TicketStatus.Cancelled) =>
        new(NewOperation(), ticket.Id, new(ticket.UserId, Role.User), end);

    /// <summary>Asks with the same operation id until the answer is known, as a client does.</summary>
    /// <returns>The answer, and how often it was not known.</returns>
    internal static async Task<(Answer<T> Answer, int Unknown)> UntilKnown<T>(Func<int, Task<Answer<T>>> ask)
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            try
            {
                var answer = await ask(attempt);
                if (answer.Outcome != Outcome.Unknown) return (answer, attempt);
            }
            catch (Exception e) when (e is TimeoutException or OrleansException or StorageException)
            {
                // An activation that could not open its journal: unknown as well.
            }
        }

        throw new TimeoutException("the answer stayed unknown");
    }

    /// <summary>What an event's journal says about its seats.</summary>
    internal async Task<SeatBook> Book(EventKey key) => SeatBook.Of(await Engine.Entries(key));

    /// <summary>Waits, without sleeping, until something holds.</summary>
    internal static async Task Until(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await holds())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    internal async Task Deactivate(IEventGrain grain)
    {
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        await Until(async () => (await Activations(grain)).Length == 0);
    }

    /// <summary>The silos on which a grain lives; more than one is a lie of the directory.</summary>
    internal async Task<SiloAddress[]> Activations(IEventGrain grain)
    {
        var id = grain.GetGrainId();
        return [.. (await Management.GetDetailedGrainStatistics()).Where(one => one.GrainId == id).Select(one => one.SiloAddress)];
    }

    /// <summary>What a silo is made of.</summary>
    internal virtual void Configure(ISiloBuilder silo)
    {
        silo.AddReminders();
        silo.Services.AddSingleton<IEngine>(Engine);
        silo.Services.AddTicketingStorage();
        silo.Services.AddSingleton<AvailabilityBoard>();
        silo.Services.AddSingleton(SaleSettings.Default);
        silo.Services.AddSingleton<IPaymentProvider>(Provider);
        silo.Services.AddSingleton<ILoggerProvider>(Errors);
        silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));
        // Advancing a fake clock under the runtime's own loops makes them spin.
        silo.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
    }
}

/// <summary>The tests that share the cluster.</summary>
[CollectionDefinition(SaleCluster.Name)]
public sealed class SaleClusterTests : ICollectionFixture<SaleCluster>;
