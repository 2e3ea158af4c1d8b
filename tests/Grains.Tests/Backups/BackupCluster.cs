using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.TestingHost;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Backups;
using Ticketing.Grains.Tests.Events;
using Ticketing.Storage;
using Ticketing.Storage.Sqlite;

namespace Ticketing.Grains.Tests.Backups;

/// <summary>Three silos with the backups' grains on one SQLite file that can be told to fail, on files that can too, and on time that a test moves.</summary>
internal sealed class BackupCluster : IAsyncDisposable
{
    public const int Silos = 3;

    private readonly string directory = Directory.CreateTempSubdirectory("ticketing-").FullName;
    private readonly WarningLog log = new();
    private readonly InProcessTestCluster cluster;

    private BackupCluster(BackupSettings settings, bool endsRounds)
    {
        Engine = new(new SqliteEngine(directory));
        var builder = new InProcessTestClusterBuilder(Silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseInMemoryReminderService();
            silo.Services.AddSingleton<IEngine>(Engine);
            silo.Services.AddTicketingStorage();
            silo.Services.AddSingleton<IBackupFiles>(Files);
            silo.Services.AddSingleton(settings);
            if (endsRounds) silo.Services.AddTicketingJobs();
            silo.Services.AddSingleton<ILoggerProvider>(log);
            silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));
            // Advancing a fake clock under the runtime's own loops makes them spin.
            silo.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
        });
        cluster = builder.Build();
    }

    public FakeTimeProvider Time { get; } = new(new(2030, 5, 15, 9, 3, 7, TimeSpan.Zero));

    public ScriptedFiles Files { get; } = new();

    public SharedEngine Engine { get; }

    /// <summary>What was logged as a warning or worse by the product.</summary>
    public string[] Warnings => [.. log.Lines];

    public IBackupRecords Records => cluster.Silos[0].ServiceProvider.GetRequiredService<IBackupRecords>();

    /// <summary>Starts the cluster; no job runs before a test calls for it.</summary>
    /// <param name="every">The period of the schedule; absent for none.</param>
    /// <param name="endsRounds">Whether a silo that stops ends its rounds in order; one that is killed does not.</param>
    public static async Task<BackupCluster> Start(TimeSpan? every = null, bool endsRounds = false)
    {
        var started = new BackupCluster(new() { Every = every ?? TimeSpan.Zero }, endsRounds);
        await started.cluster.DeployAsync();
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        Files.Release();
        await cluster.DisposeAsync();
        Engine.Dispose();
        Directory.Delete(directory, recursive: true);
        log.Dispose();
    }

    /// <summary>The grains as a silo calls them.</summary>
    public IGrainFactory Grains(int silo = 0) => cluster.Silos[silo].ServiceProvider.GetRequiredService<IGrainFactory>();

    public IBackupGrain Backup(BackupId id, int silo = 0) => Grains(silo).GetGrain<IBackupGrain>(id.ToString());

    public Task Run(int silo = 0) => Grains(silo).GetGrain<IBackupRunGrain>(0).Run();

    /// <summary>A round called for by all silos at once.</summary>
    public Task RunEverywhere() => Task.WhenAll(Enumerable.Range(0, Silos).Select(Run));

    public async Task<BackupId> Asked(BackupService service = BackupService.Users)
    {
        var id = BackupId.New(Time.GetUtcNow());
        Assert.True((await Backup(id).Create(service, Time.GetUtcNow())).IsDone);
        return id;
    }

    public async Task<BackupRecord?> Stored(BackupId id) => await Records.Find(id);

    /// <summary>Puts a state into storage as an activation that is gone left it.</summary>
    public async Task Put(BackupState state)
    {
        var key = Tables.Backups.Key(state);
        var version = (await Engine.Find(Tables.Backups, key))!.Version;
        var unit = new WriteUnit(new(Tables.Backups, WriteRule.IfExpected, version, key, version + 1, Tables.Backups.Write(state)));
        Engine.Commit([unit]);
        Assert.Equal(UnitOutcome.Committed, unit.Outcome);
    }

    /// <summary>How many records storage has, those included that no list shows.</summary>
    public async Task<int> Rows() => (await Engine.List(new(Tables.Backups, [], Cell.None, 1000))).Count;

    public async Task<BackupRecord[]> All() => (await Records.List(PageRequest.First)).Items;

    /// <summary>The silo on which a grain lives.</summary>
    public async Task<int> Home(IAddressable grain)
    {
        var id = grain.GetGrainId();
        var statistics = await cluster.Client.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        var address = statistics.Single(one => one.GrainId == id).SiloAddress;
        return cluster.Silos.Select((silo, index) => (silo.SiloAddress, index)).Single(silo => silo.SiloAddress.Equals(address)).index;
    }

    /// <summary>Ends a silo: in order, or as a power failure does.</summary>
    public Task End(int silo, bool inOrder) => inOrder ? cluster.StopSiloAsync(cluster.Silos[silo]) : cluster.KillSiloAsync(cluster.Silos[silo]);

    public Task Deactivate(IGrain grain) => cluster.DeactivateAsync(grain);

    /// <summary>Waits for something that happens soon.</summary>
    public static async Task Until(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class WarningLog : ILoggerProvider
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Category(Lines, categoryName.StartsWith("Ticketing", StringComparison.Ordinal));

        public void Dispose()
        {
        }

        private sealed class Category(ConcurrentQueue<string> lines, bool isOurs) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => isOurs && logLevel >= LogLevel.Warning;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (IsEnabled(logLevel)) lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception?.Message}");
            }
        }
    }
}
