using Microsoft.Extensions.DependencyInjection;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Notifications;

namespace Ticketing.Grains.Tests.Jobs;

/// <summary>What the jobs show of themselves. The two silos are two processes, each of which shows its own part.</summary>
[Collection(JobsCluster.Name)]
public sealed class MeterTests(JobsCluster cluster)
{
    [Fact]
    public async Task Payments_are_pending_until_their_event_knows_of_them_also_while_they_wait_for_another_attempt()
    {
        const int Shard = 11;
        await cluster.RunPayments(Shard);
        var before = Sum<int>("ticketing.payments.pending");
        var (good, late) = (await cluster.Bought(Shard), await cluster.Bought(Shard));
        cluster.Provider.Next(late, Trouble.Fails);

        await cluster.RunPayments(Shard);
        Assert.Equal(before + 1, Sum<int>("ticketing.payments.pending"));
        Assert.Null(cluster.Stored(good).NextAt);

        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        await cluster.RunPayments(Shard);
        Assert.Equal(before, Sum<int>("ticketing.payments.pending"));
    }

    [Theory]
    [InlineData("ada", "ticketing.mails.sent")]
    [InlineData("refused", "ticketing.mails.failed")]
    [InlineData("later", "ticketing.mails.postponed")]
    public async Task What_becomes_of_a_mail_is_counted(string name, string counter)
    {
        string[] all = ["ticketing.mails.sent", "ticketing.mails.failed", "ticketing.mails.postponed"];
        var before = all.ToDictionary(one => one, Sum<long>);
        var id = new NotificationId(cluster.NewId(0, NotificationState.Shards));
        var made = await cluster.Notification(id).Create(await cluster.Registered($"{name}@example.org"), "Your ticket is active.");
        Assert.Equal(Outcome.Done, made.Outcome);

        await cluster.Notification(id).Send();

        foreach (var one in all) Assert.Equal((one, before[one] + (one == counter ? 1 : 0)), (one, Sum<long>(one)));
    }

    [Fact]
    public void A_rule_is_counted_under_its_code()
    {
        using var process = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).AddTicketingMeters().BuildServiceProvider();
        var meter = process.GetRequiredService<RefusalMeter>();
        using var refusals = process.Collect<long>("ticketing.refusals");

        foreach (var rule in Enum.GetValues<Refusal>()) meter.Count(rule);

        var rules = refusals.GetMeasurementSnapshot().Select(one => (string)Assert.Single(one.Tags).Value!).ToArray();
        Assert.Equal(Enum.GetValues<Refusal>().Length, rules.Distinct().Count());
        Assert.Contains("seat-taken", rules);
        Assert.Contains("capacity-below-seats-taken", rules);
    }

    private T Sum<T>(string instrument)
        where T : struct, System.Numerics.INumber<T>
    {
        var sum = T.Zero;
        foreach (var silo in cluster.Cluster.Silos)
        {
            using var collector = silo.ServiceProvider.Collect<T>(instrument);
            sum += collector.Now();
        }

        return sum;
    }
}
