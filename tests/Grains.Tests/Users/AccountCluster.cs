using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;
using Orleans.TestingHost;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Auth;
using Ticketing.Grains.Events;
using Ticketing.Grains.Tickets;
using Ticketing.Grains.Users;

namespace Ticketing.Grains.Tests.Users;

/// <summary>Two silos with the account grains, on storage that can fail and on time that a test moves.</summary>
public sealed class AccountCluster : IAsyncLifetime, IDisposable
{
    /// <summary>The name of the collection of tests that share the cluster, and so its clock.</summary>
    public const string Name = "accounts";

    private readonly PasswordHasher hasher;
    private readonly LogLines log = new();
    private InProcessTestCluster? cluster;
    private int people;

    public AccountCluster()
    {
        Settings = new AuthSettings { PasswordCost = 4 };
        hasher = new(Settings);
    }

    internal AuthSettings Settings { get; }

    internal AccountStore Store { get; } = new();

    internal AccountClock Time { get; } = new();

    internal AccountNeighbours Neighbours { get; } = new();

    internal KeptEndedTokens Ended { get; } = new();

    internal ListedEvents Events { get; } = new();

    internal JournalsByEvent Journals { get; } = new();

    internal ListedTickets Tickets { get; } = new();

    internal IGrainFactory Grains => cluster!.Client;

    /// <summary>Everything that was logged, from the level Information.</summary>
    internal string LogText => string.Join('\n', log.Lines);

    public async Task InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<IGrainStorage>(Store);
            silo.Services.AddSingleton(Settings);
            silo.Services.AddSingleton(hasher);
            silo.Services.AddSingleton<IUserRecords>(new StoredUsers(Store));
            silo.Services.AddSingleton<ICredentialRecords>(new StoredCredentials(Store));
            silo.Services.AddSingleton<IEndedTokenRecords>(Ended);
            silo.Services.AddTicketingMeters();
            silo.Services.AddSingleton<IEventRecords>(Events);
            silo.Services.AddSingleton<IJournal>(Journals);
            silo.Services.AddSingleton<ITicketRecords>(Tickets);
            silo.Services.AddSingleton<ILoggerProvider>(log);
            silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));
            // Advancing a fake clock under the runtime's own loops makes them spin.
            silo.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
            silo.AddOutgoingGrainCallFilter(Neighbours);
        });
        cluster = builder.Build();
        await cluster.DeployAsync();
    }

    public async Task DisposeAsync()
    {
        await cluster!.DisposeAsync();
        Assert.Empty(log.Errors);
    }

    public void Dispose()
    {
        hasher.Dispose();
        log.Dispose();
    }

    internal IUserGrain NewUser() => User(UserId.New(Time.GetUtcNow()));

    internal IUserGrain User(UserId id) => Grains.GetGrain<IUserGrain>(id.ToString());

    internal IEmailGrain Email(string email) => Grains.GetGrain<IEmailGrain>(email);

    internal ICredentialGrain Credential(string userId) => Grains.GetGrain<ICredentialGrain>(userId);

    /// <summary>The profile of somebody with an e-mail that nobody else has.</summary>
    internal Profile NewProfile() => new("ada", "lovelace", $"ada{Interlocked.Increment(ref people)}@example.org");

    /// <summary>Gives a wrong password, and lets the time pass that it costs.</summary>
    internal async Task<T> Pay<T>(Task<T> guess)
    {
        await Time.DelayArmed();
        Assert.False(guess.IsCompleted);
        Time.Advance(AccountClock.Delay);
        return await guess.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Waits until no activation of the grain is left; it stays for a moment, for a crowd. The silos are asked: their directory remembers what has gone.</summary>
    internal async Task LeavesMemory(IAddressable grain)
    {
        var (management, id) = (Grains.GetGrain<IManagementGrain>(0), grain.GetGrainId());
        Time.Advance(Departure.Stay);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await management.GetDetailedGrainStatistics()).Any(one => one.GrainId == id)) patience.Token.ThrowIfCancellationRequested();
    }

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ConcurrentQueue<string> Errors { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = $"{formatter(state, exception)} {exception}";
            Lines.Enqueue(line);
            if (logLevel >= LogLevel.Error && !line.Contains(AccountStore.OnPurpose, StringComparison.Ordinal)) Errors.Enqueue(line);
        }

        public void Dispose()
        {
        }
    }
}

/// <summary>A clock that tells when the delay of a wrong password begins.</summary>
internal sealed class AccountClock() : FakeTimeProvider(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
{
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(300);

    private readonly Channel<TimeSpan> delays = Channel.CreateUnbounded<TimeSpan>();

    public async Task DelayArmed() => await delays.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime == Delay) delays.Writer.TryWrite(dueTime);
        return timer;
    }
}

/// <summary>The tests that share the cluster.</summary>
[CollectionDefinition(AccountCluster.Name)]
public sealed class AccountCollection : ICollectionFixture<AccountCluster>;
