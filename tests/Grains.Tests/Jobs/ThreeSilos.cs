using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Orleans.TestingHost;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Backups;
using Ticketing.Grains.Events;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;
using Ticketing.Grains.Tests.Events;
using Ticketing.Storage;
using Ticketing.Storage.Sqlite;

namespace Ticketing.Grains.Tests.Jobs;

/// <summary>
/// Three silos with all jobs, on one SQLite file, with a provider and a mailer that count. A job of another word joins in by what
/// <see cref="Configure"/> registers and by <see cref="WakeJobs"/>.
/// </summary>
internal sealed class ThreeSilos : IAsyncDisposable
{
    private const int Seats = 100;

    private readonly string directory = Directory.CreateTempSubdirectory("ticketing-").FullName;
    private readonly ErrorLog errors = new();
    private InProcessTestCluster cluster = null!;
    private SharedEngine engine = null!;

    public FakeTimeProvider Time { get; } = new(new(2030, 5, 15, 9, 0, 0, TimeSpan.Zero));

    public ScriptedProvider Provider { get; } = new();

    public CountingMailer Mailer { get; } = new();

    /// <summary>The silos that live.</summary>
    public IReadOnlyList<InProcessSiloHandle> Silos => [.. cluster.Silos.Where(silo => silo.IsActive)];

    private IServiceProvider Services => Silos[0].ServiceProvider;

    private IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public static async Task<ThreeSilos> Start()
    {
        var silos = new ThreeSilos();
        silos.engine = new(new SqliteEngine(silos.directory));
        var builder = new InProcessTestClusterBuilder(3);
        builder.ConfigureSilo((_, silo) => silos.Configure(silo));
        silos.cluster = builder.Build();
        await silos.cluster.DeployAsync();
        foreach (var silo in silos.Silos) await Ticketing.Grains.Jobs.Start(silo.ServiceProvider.GetRequiredService<IGrainFactory>());
        return silos;
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        engine.Dispose();
        Directory.Delete(directory, recursive: true);
        errors.Dispose();
    }

    /// <summary>Fails when anything was logged as an error. Not for a test that kills: the runtime calls that an error.</summary>
    public void AssertNoErrors() => errors.AssertNone();

    /// <summary>Buys tickets, so that there are as many payments to settle.</summary>
    public async Task<TicketRecord[]> Buy(int count)
    {
        var buyer = UserId.New(Time.GetUtcNow());
        Assert.True((await Grains.GetGrain<IUserGrain>(buyer.ToString()).Create(new("ada", "lovelace", $"{Guid.NewGuid():n}@example.org"))).IsDone);
        var events = new List<EventKey>();
        for (var number = 0; number * Seats < count; number++) events.Add(await NewEvent());
        return await Task.WhenAll(Enumerable.Range(0, count).Select(number => Buy(buyer, events[number / Seats], (uint)(number % Seats) + 1, Silos[number % Silos.Count])));
    }

    /// <summary>Makes notifications, for people of their own.</summary>
    public Task<NotificationId[]> Tell(int count) => Task.WhenAll(Enumerable.Range(0, count).Select(async number =>
    {
        var user = UserId.New(Time.GetUtcNow());
        Assert.True((await Grains.GetGrain<IUserGrain>(user.ToString()).Create(new("ada", "lovelace", $"{Guid.NewGuid():n}@example.org"))).IsDone);
        var id = NotificationId.New(Time.GetUtcNow());
        Assert.True((await Grains.GetGrain<INotificationGrain>(id.ToString()).Create(user, $"Message number {number}.")).IsDone);
        return id;
    }));

    /// <summary>Lets every job make its round.</summary>
    public void Tick() => Time.Advance(TimeSpan.FromSeconds(10));

    public Task<IReadOnlyList<PaymentRecord>> Payments() => All(Services.GetRequiredService<IPaymentRecords>().List, payment => payment.Id.Value);

    public Task<IReadOnlyList<NotificationRecord>> Notifications() => All(Services.GetRequiredService<INotificationRecords>().List, notification => notification.Id.Value);

    public Task<IReadOnlyList<TicketRecord>> Tickets() => All(page => Services.GetRequiredService<Ticketing.Grains.Tickets.ITicketRecords>().List(null, page), ticket => ticket.Id.Value);

    /// <summary>Waits until something holds. While nothing at all moves, the clock does: a job's next round comes, and what was lost with a silo is due again.</summary>
    public async Task Until(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        for (var (still, last) = (0, 0); !await holds(); still++)
        {
            var moved = Mailer.Count + Provider.Count;
            if (moved != last) (still, last) = (0, moved);
            if (still == 10)
            {
                still = 0;
                Tick();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
        }
    }

    public Task Stop(InProcessSiloHandle silo) => cluster.StopSiloAsync(silo);

    public Task Kill(InProcessSiloHandle silo) => cluster.KillSiloAsync(silo);

    /// <summary>Does what every job's reminder does within a minute: the shards that a silo took with it live again elsewhere.</summary>
    public async Task WakeJobs()
    {
        foreach (var shard in Enumerable.Range(0, PaymentState.Shards)) await Wake(Grains.GetGrain<IPaymentRunGrain>(shard));
        foreach (var shard in Enumerable.Range(0, NotificationState.Shards)) await Wake(Grains.GetGrain<INotificationRunGrain>(shard));
    }

    private static Task Wake(IAddressable job) => job.AsReference<IRemindable>().ReceiveReminder("run", default);

    private static async Task<IReadOnlyList<T>> All<T>(Func<PageRequest, ValueTask<Page<T>>> list, Func<T, RecordId> id)
    {
        var all = new List<T>();
        for (RecordId? after = null; ; after = id(all[^1]))
        {
            var page = await list(new(after, PageRequest.Most));
            all.AddRange(page.Items);
            if (page.Next is null) return all;
        }
    }

    private async Task<EventKey> NewEvent()
    {
        var now = Time.GetUtcNow();
        var key = EventKey.New(now);
        var details = new EventDetails($"Concert {key}", "An evening of music.", "Town hall", now.AddYears(1), Seats, 45);
        Assert.True((await Grains.GetGrain<IEventGrain>(key.ToString()).Create(new(OperationId.New(), 1), new(UserId.New(now), Role.Admin), details)).IsDone);
        return key;
    }

    private async Task<TicketRecord> Buy(UserId buyer, EventKey key, uint seat, InProcessSiloHandle from)
    {
        var sale = from.ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<IEventGrain>(key.ToString());
        var card = new CardDetails("4242424242424242", Time.GetUtcNow().AddYears(1), "123", "Ada");
        return (await sale.Buy(new(new(OperationId.New(), 1), buyer, seat, Currency.Eur, card))).Value!;
    }

    private void Configure(ISiloBuilder silo)
    {
        silo.AddReminders();
        silo.Services.AddSingleton<IEngine>(engine);
        silo.Services.AddTicketingStorage();
        silo.Services.AddTicketingJobs();
        silo.Services.AddSingleton(SaleSettings.Default);
        silo.Services.AddSingleton(new PaymentSettings());
        silo.Services.AddSingleton(new NotificationSettings());
        silo.Services.AddSingleton(new BackupSettings { Every = TimeSpan.Zero });
        silo.Services.AddSingleton<IPaymentProvider>(Provider);
        silo.Services.AddSingleton<IMailer>(Mailer);
        silo.Services.AddSingleton<ILoggerProvider>(errors);
        // A silo that is gone is noticed soon.
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            (options.ProbeTimeout, options.TableRefreshTimeout) = (TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1));
            (options.NumMissedProbesLimit, options.NumVotesForDeathDeclaration) = (2, 1);
        });
        silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));
        // Advancing a fake clock under the runtime's own loops makes them spin.
        silo.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
    }
}
