using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;
using Orleans.TestingHost;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Backups;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;
using Ticketing.Grains.Tests.Users;
using Ticketing.Grains.Users;

namespace Ticketing.Grains.Tests.Jobs;

/// <summary>Two silos with the jobs' grains, on storage that can fail, with a provider and a mailer that can too, and on time that a test moves.</summary>
public sealed class JobsCluster : IAsyncLifetime, IDisposable
{
    /// <summary>The name of the collection of tests that share the cluster, and so its clock.</summary>
    public const string Name = "jobs";

    private readonly ErrorLog log = new();
    private InProcessTestCluster? cluster;
    private int count;

    public JobsCluster() => Records = new(Store);

    internal FakeTimeProvider Time { get; } = new(new(2030, 5, 15, 9, 0, 0, TimeSpan.Zero));

    internal AccountStore Store { get; } = new();

    internal JobRecords Records { get; }

    internal ScriptedProvider Provider { get; } = new();

    internal ScriptedMailer Mailer { get; } = new();

    internal ScriptedEvents Events { get; } = new();

    internal InProcessTestCluster Cluster => cluster!;

    internal IGrainFactory Grains => cluster!.Client;

    public async Task InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseInMemoryReminderService();
            silo.Services.AddSingleton<IGrainStorage>(Store);
            silo.Services.AddSingleton<IPaymentRecords>(Records);
            silo.Services.AddSingleton<INotificationRecords>(Records);
            silo.Services.AddSingleton<IUserRecords>(new StoredUsers(Store));
            silo.Services.AddSingleton<IPaymentProvider>(Provider);
            silo.Services.AddSingleton<IMailer>(Mailer);
            silo.Services.AddTicketingMeters();
            silo.Services.AddSingleton(new PaymentSettings());
            silo.Services.AddSingleton(new NotificationSettings());
            silo.Services.AddSingleton<IBackupRecords, NoBackups>();
            silo.Services.AddSingleton(new BackupSettings { Every = TimeSpan.Zero });
            silo.Services.AddSingleton<ILoggerProvider>(log);
            silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));
            // Advancing a fake clock under the runtime's own loops makes them spin.
            silo.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
            silo.AddOutgoingGrainCallFilter(Events);
        });
        cluster = builder.Build();
        await cluster.DeployAsync();
    }

    public async Task DisposeAsync()
    {
        await cluster!.DisposeAsync();
        Assert.Equal("", string.Join(Environment.NewLine, log.Errors));
    }

    public void Dispose() => log.Dispose();

    internal IGrainFactory Silo(int number) => cluster!.Silos[number].ServiceProvider.GetRequiredService<IGrainFactory>();

    /// <summary>As many calls at once as there are numbers, made from both silos by turns.</summary>
    internal Task<T[]> FromBothSilos<T>(int calls, Func<IGrainFactory, Task<T>> call) =>
        Task.WhenAll(Enumerable.Range(0, calls).Select(number => call(Silo(number % 2))));

    internal Task FromBothSilos(int calls, Func<IGrainFactory, Task> call) =>
        FromBothSilos(calls, async grains =>
        {
            await call(grains);
            return true;
        });

    /// <summary>A new id that belongs to a shard.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="shards">How many there are.</param>
    internal RecordId NewId(int shard, int shards)
    {
        while (true)
        {
            var id = RecordId.New(Time.GetUtcNow()) with { Low = (uint)Interlocked.Increment(ref count) };
            if (id.Bucket(shards) == shard) return id;
        }
    }

    /// <summary>A payment as a purchase leaves it behind.</summary>
    internal async Task<PaymentId> Bought(int shard = 0, string token = ScriptedProvider.GoodCard, EventKey? eventId = null)
    {
        var now = Time.GetUtcNow();
        var id = new PaymentId(NewId(shard, PaymentState.Shards));
        var payment = new PaymentRecord(
            id, new(25, Currency.Eur), PaymentStatus.Pending, PaymentReason.None, now, UserId.New(now), eventId ?? EventKey.New(now), TicketId.New(now));
        await Put("payment", id.ToString(), new PaymentState { Payment = payment, CardToken = token, NextAt = now });
        return id;
    }

    internal async Task<UserId> Registered(string email)
    {
        var id = UserId.New(Time.GetUtcNow());
        await Put("user", id.ToString(), new UserState { Profile = new(id, "ada", "lovelace", email) });
        return id;
    }

    internal Task Put<T>(string name, string key, T state) => Store.WriteStateAsync(name, GrainId.Create(name, key), new GrainState<T>(state));

    internal PaymentState Stored(PaymentId id) => Store.Read<PaymentState>("payment", id.ToString())!;

    internal NotificationState Stored(NotificationId id) => Store.Read<NotificationState>("notification", id.ToString())!;

    internal IPaymentGrain Payment(PaymentId id) => Grains.GetGrain<IPaymentGrain>(id.ToString());

    internal INotificationGrain Notification(NotificationId id) => Grains.GetGrain<INotificationGrain>(id.ToString());

    /// <summary>A payment that a service asked for, whose event knows nothing of it.</summary>
    internal async Task<PaymentRecord> Asked(int shard = 0, string holder = "Ada")
    {
        var now = Time.GetUtcNow();
        var order = new NewPayment(new(45, Currency.Usd), UserId.New(now), EventKey.New(now), TicketId.New(now), new("4242424242424242", now.AddYears(1), "123", holder));
        var answer = await Payment(new(NewId(shard, PaymentState.Shards))).Create(order);
        return answer.Value!;
    }

    internal Task RunPayments(int shard) => Grains.GetGrain<IPaymentRunGrain>(shard).Run();

    /// <summary>Waits for something that happens soon.</summary>
    internal static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Errors { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = $"{formatter(state, exception)} {exception}";
            if (logLevel >= LogLevel.Error && !line.Contains(AccountStore.OnPurpose, StringComparison.Ordinal)) Errors.Enqueue(line);
        }

        public void Dispose()
        {
        }
    }
}

/// <summary>The tests that share the cluster.</summary>
[CollectionDefinition(JobsCluster.Name)]
public sealed class JobsCollection : ICollectionFixture<JobsCluster>;
