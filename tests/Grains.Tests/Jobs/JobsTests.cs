using Microsoft.Extensions.DependencyInjection;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;

namespace Ticketing.Grains.Tests.Jobs;

/// <summary>These have a cluster of their own: a job that was started goes on whenever a test moves the clock.</summary>
public sealed class JobsTests : IClassFixture<JobsCluster>
{
    private readonly JobsCluster cluster;

    public JobsTests(JobsCluster cluster) => this.cluster = cluster;

    [Fact]
    public async Task Every_shard_of_every_job_is_started_and_outlives_its_silo()
    {
        await cluster.FromBothSilos(2, Grains.Jobs.Start);

        var table = cluster.Cluster.Silos[0].ServiceProvider.GetRequiredService<IReminderTable>();
        foreach (var shard in Enumerable.Range(0, PaymentState.Shards)) await HasReminder(table, cluster.Grains.GetGrain<IPaymentRunGrain>(shard));
        foreach (var shard in Enumerable.Range(0, NotificationState.Shards)) await HasReminder(table, cluster.Grains.GetGrain<INotificationRunGrain>(shard));
        await HasReminder(table, cluster.Grains.GetGrain<IBackupRunGrain>(0));
    }

    [Fact]
    public async Task A_started_job_works_every_ten_seconds()
    {
        await cluster.Grains.GetGrain<IPaymentRunGrain>(1).Start();
        await cluster.Grains.GetGrain<INotificationRunGrain>(1).Start();

        var (payment, notification) = await SomethingToDo();
        cluster.Time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.Equal(0, cluster.Provider.Asked(payment));
        cluster.Time.Advance(TimeSpan.FromTicks(1));
        await JobsCluster.Until(() => IsDone(payment, notification));

        // A timer is armed again some time after its tick, so the clock has to move until it is.
        (payment, notification) = await SomethingToDo();
        await JobsCluster.Until(() =>
        {
            cluster.Time.Advance(TimeSpan.FromSeconds(10));
            return IsDone(payment, notification);
        });
    }

    [Fact]
    public async Task A_job_whose_activation_was_lost_goes_on_when_its_reminder_comes()
    {
        var run = cluster.Grains.GetGrain<IPaymentRunGrain>(2);
        await run.Start();
        await cluster.Cluster.DeactivateAsync(run);
        var payment = await cluster.Bought(2);
        cluster.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(0, cluster.Provider.Asked(payment));

        await run.AsReference<IRemindable>().ReceiveReminder("run", default);
        cluster.Time.Advance(TimeSpan.FromSeconds(10));

        await JobsCluster.Until(() => cluster.Stored(payment).Payment!.Status == PaymentStatus.Success);
    }

    private async Task<(PaymentId Payment, NotificationId Notification)> SomethingToDo()
    {
        var notification = new NotificationId(cluster.NewId(1, NotificationState.Shards));
        await cluster.Notification(notification).Create(await cluster.Registered("ada@example.org"), "Your ticket is active.");
        return (await cluster.Bought(1), notification);
    }

    private bool IsDone(PaymentId payment, NotificationId notification) =>
        cluster.Stored(payment) is { NextAt: null, Payment.Status: PaymentStatus.Success }
        && cluster.Stored(notification).Notification!.Status == NotificationStatus.Sent;

    private static async Task HasReminder(IReminderTable table, IAddressable run) =>
        Assert.Equal(TimeSpan.FromMinutes(1), Assert.Single((await table.ReadRows(run.GetGrainId())).Reminders).Period);
}
