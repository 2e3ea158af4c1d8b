using Microsoft.Extensions.DependencyInjection;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;

namespace Ticketing.Grains;

/// <summary>The background jobs: settling payments, sending notifications and making backups.</summary>
public static class Jobs
{
    /// <summary>Lets the jobs of a silo end in order when it stops.</summary>
    public static IServiceCollection AddTicketingJobs(this IServiceCollection services) => services
        .AddSingleton<Rounds>()
        .AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<Rounds>());

    /// <summary>Starts every shard of every job. Called when a silo has become active; repeating it, on any silo, is harmless.</summary>
    /// <param name="grains">The factory of that silo, or of a client of its cluster.</param>
    public static Task Start(IGrainFactory grains) => Task.WhenAll(
    [
        .. Enumerable.Range(0, PaymentState.Shards).Select(shard => grains.GetGrain<IPaymentRunGrain>(shard).Start()),
        .. Enumerable.Range(0, NotificationState.Shards).Select(shard => grains.GetGrain<INotificationRunGrain>(shard).Start()),
        grains.GetGrain<IBackupRunGrain>(0).Start(),
    ]);
}
