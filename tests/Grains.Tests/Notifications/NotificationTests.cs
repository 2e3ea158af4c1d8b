using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Tests.Jobs;
using Ticketing.Grains.Tests.Users;
using Ticketing.Grains.Users;

namespace Ticketing.Grains.Tests.Notifications;

[Collection(JobsCluster.Name)]
public sealed class NotificationTests(JobsCluster cluster)
{
    private const string Message = "Your ticket is active.";

    [Fact]
    public async Task A_notification_is_sent_to_the_current_address_in_the_words_of_the_contract()
    {
        var user = await cluster.Registered("old@example.org");
        var id = await Made(user);
        var known = cluster.Store.Read<UserState>("user", user.ToString())!.Profile!;
        Assert.True((await cluster.Grains.GetGrain<IUserGrain>(user.ToString()).Read()).IsDone);
        await cluster.Cluster.DeactivateAsync(cluster.Grains.GetGrain<IUserGrain>(user.ToString()));
        await Change(user, known with { Email = "new@example.org" });

        await cluster.Notification(id).Send();

        Assert.Equal(new(id.ToString(), "new@example.org", "The 4WEBD Team", Message), Assert.Single(Mails(id)));
        Assert.Equal((NotificationStatus.Sent, null), (cluster.Stored(id).Notification!.Status, cluster.Stored(id).NextAt));
    }

    [Fact]
    public async Task A_notification_is_made_once()
    {
        var user = await cluster.Registered("ada@example.org");
        var id = new NotificationId(cluster.NewId(0, NotificationState.Shards));

        var made = await cluster.FromBothSilos(20, grains => grains.GetGrain<INotificationGrain>(id.ToString()).Create(user, Message));
        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        var again = (await cluster.Notification(id).Create(user, "Something else altogether")).Value!;

        Assert.All(made, notification => Assert.Equal(again, notification.Value));
        Assert.Equal((Message, NotificationType.Email, NotificationStatus.Pending, user), (again.Message, again.Type, again.Status, again.UserId));
    }

    [Theory]
    [InlineData(WriteFault.Lost)]
    [InlineData(WriteFault.StoredUnacknowledged)]
    internal async Task A_notification_that_could_not_be_stored_is_made_by_asking_again(WriteFault fault)
    {
        var user = await cluster.Registered("ada@example.org");
        var id = new NotificationId(cluster.NewId(0, NotificationState.Shards));
        cluster.Store.FailNextWrite("notification", id.ToString(), fault);

        Assert.Equal(Outcome.Unknown, (await cluster.Notification(id).Create(user, Message)).Outcome);
        Assert.Equal(Message, (await cluster.Notification(id).Create(user, Message)).Value!.Message);
        Assert.Equal(Message, (await cluster.Notification(id).Read()).Value!.Message);
    }

    [Fact]
    public async Task A_mail_is_sent_once_though_both_silos_send_at_once()
    {
        var id = await Made(await cluster.Registered("ada@example.org"));
        await cluster.FromBothSilos(20, grains => grains.GetGrain<INotificationGrain>(id.ToString()).Send());
        Assert.Single(Mails(id));
    }

    [Fact]
    public async Task A_mail_whose_sending_could_not_be_stored_is_sent_again_later_under_the_same_key()
    {
        var id = await Made(await cluster.Registered("ada@example.org"));
        cluster.Mailer.Before[id.ToString()] = () => cluster.Store.FailNextWrite("notification", id.ToString(), WriteFault.Lost);

        for (var round = 0; round < 5; round++) await cluster.Notification(id).Send();
        Assert.Single(Mails(id));

        cluster.Time.Advance(TimeSpan.FromSeconds(30));
        for (var round = 0; round < 5; round++) await cluster.Notification(id).Send();
        Assert.Equal(2, Mails(id).Length);
        Assert.Equal(NotificationStatus.Sent, Standing(id));
    }

    [Fact]
    public async Task While_nothing_can_be_stored_no_mail_is_sent()
    {
        var id = await Made(await cluster.Registered("ada@example.org"));
        for (var round = 0; round < 5; round++)
        {
            cluster.Store.FailNextWrite("notification", id.ToString(), WriteFault.Lost);
            await cluster.Notification(id).Send();
        }

        Assert.Empty(Mails(id));
        await cluster.Notification(id).Send();
        Assert.Single(Mails(id));
    }

    [Fact]
    public async Task One_bad_mail_fails_alone()
    {
        const int Shard = 2;
        var refused = await Made(await cluster.Registered("refused@example.org"), Shard);
        var unknown = await Made(UserId.New(cluster.Time.GetUtcNow()), Shard);
        var failing = await Made(await cluster.Registered("fails@example.org"), Shard);
        var hanging = await Made(await cluster.Registered("hangs@example.org"), Shard);
        var good = await Task.WhenAll(Enumerable.Range(0, 20).Select(async number => await Made(await cluster.Registered($"ada{number}@example.org"), Shard)));

        var round = cluster.Grains.GetGrain<INotificationRunGrain>(Shard).Run();
        await cluster.Mailer.Hanging("hangs@example.org");
        await JobsCluster.Until(() => good.Concat([refused, unknown]).All(id => Standing(id) != NotificationStatus.Pending) && cluster.Stored(failing).Attempts == 1);
        cluster.Time.Advance(TimeSpan.FromSeconds(25));
        await round;

        Assert.Equal([NotificationStatus.Failed, NotificationStatus.Failed], new[] { refused, unknown }.Select(Standing));
        Assert.Equal([NotificationStatus.Pending, NotificationStatus.Pending], new[] { failing, hanging }.Select(Standing));
        Assert.All(new[] { failing, hanging }, id => Assert.True(cluster.Stored(id).NextAt > cluster.Time.GetUtcNow()));
        Assert.All(good, id => Assert.Equal(NotificationStatus.Sent, Standing(id)));
        Assert.All(good, id => Assert.Single(Mails(id)));
    }

    [Theory]
    [InlineData("later@example.org")]
    [InlineData("fails@example.org")]
    public async Task A_mail_that_never_goes_fails_after_a_day(string address)
    {
        var id = await Made(await cluster.Registered(address));
        var waits = new List<double>();
        while (Standing(id) == NotificationStatus.Pending)
        {
            await cluster.Notification(id).Send();
            var attempts = cluster.Stored(id).Attempts;
            await cluster.Notification(id).Send();
            Assert.Equal(attempts, cluster.Stored(id).Attempts);
            if (cluster.Stored(id).NextAt is not { } next) continue;
            waits.Add((next - cluster.Time.GetUtcNow()).TotalSeconds);
            cluster.Time.Advance(next - cluster.Time.GetUtcNow());
        }

        Assert.Equal([30, 60, 120, 240, 480, 960, 1920], waits.Take(7));
        Assert.All(waits.Skip(7), wait => Assert.Equal(3600, wait));
        Assert.InRange(TimeSpan.FromSeconds(waits.Sum()), TimeSpan.FromHours(22), TimeSpan.FromHours(26));
        Assert.Equal((NotificationStatus.Failed, waits.Count + 1), (Standing(id), cluster.Stored(id).Attempts));
    }

    [Fact]
    public async Task An_id_without_a_notification_is_said_to_be_none()
    {
        var id = new NotificationId(cluster.NewId(0, NotificationState.Shards));
        Assert.Equal(Refusal.NoSuchNotification, (await cluster.Notification(id).Read()).Refusal);
        await cluster.Notification(id).Send();
        Assert.False(cluster.Store.Has("notification", id.ToString()));
    }

    [Fact]
    public async Task Notifications_are_listed_page_by_page()
    {
        var user = await cluster.Registered("ada@example.org");
        var ids = new[] { await Made(user), await Made(user), await Made(user) };

        var page = await cluster.Grains.GetGrain<INotificationListGrain>(0).List(new(ids[0].Value, 1));

        Assert.Equal(ids[1], Assert.Single(page.Items).Id);
        Assert.Equal(ids[1].Value, page.Next);
    }

    [Fact]
    public async Task A_notification_set_back_to_pending_is_sent_again_with_all_its_attempts()
    {
        var id = await Made(await cluster.Registered("later@example.org"));
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await cluster.Notification(id).Send();
            cluster.Time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(3, cluster.Stored(id).Attempts);
        Assert.Equal(NotificationStatus.Pending, (await cluster.Notification(id).Mark(NotificationStatus.Pending)).Value!.Status);
        Assert.Equal((0, cluster.Time.GetUtcNow()), (cluster.Stored(id).Attempts, cluster.Stored(id).NextAt));

        var sent = await Made(await cluster.Registered("ada@example.org"));
        await cluster.Notification(sent).Send();
        await cluster.Notification(sent).Mark(NotificationStatus.Pending);
        await cluster.Notification(sent).Send();
        Assert.Equal((2, NotificationStatus.Sent), (Mails(sent).Length, Standing(sent)));
    }

    [Theory]
    [InlineData(NotificationStatus.Sent)]
    [InlineData(NotificationStatus.Failed)]
    public async Task A_notification_that_was_ended_by_hand_is_not_sent(NotificationStatus end)
    {
        var id = await Made(await cluster.Registered("ada@example.org"));

        Assert.Equal(end, (await cluster.Notification(id).Mark(end)).Value!.Status);
        await cluster.Notification(id).Send();

        Assert.Empty(Mails(id));
        Assert.Equal((end, null), (Standing(id), cluster.Stored(id).NextAt));
    }

    [Fact]
    public async Task A_deleted_notification_is_neither_read_nor_listed_nor_sent_and_leaves_no_message_but_keeps_its_place()
    {
        const int Shard = 3;
        var id = await Made(await cluster.Registered("ada@example.org"), Shard);

        var deleted = await cluster.Notification(id).Delete();

        Assert.Equal((id, Message), (deleted.Value!.Id, deleted.Value.Message));
        await cluster.Grains.GetGrain<INotificationRunGrain>(Shard).Run();
        await cluster.Notification(id).Send();
        Assert.Empty(Mails(id));
        Assert.Equal(Refusal.NoSuchNotification, (await cluster.Notification(id).Read()).Refusal);
        Assert.Equal(Refusal.NoSuchNotification, (await cluster.Notification(id).Mark(NotificationStatus.Pending)).Refusal);
        Assert.Equal(Refusal.NoSuchNotification, (await cluster.Notification(id).Delete()).Refusal);
        var listed = await cluster.Grains.GetGrain<INotificationListGrain>(0).List(PageRequest.First);
        Assert.DoesNotContain(listed.Items, notification => notification.Id == id);
        // A ledger that repeats the birth finds a record there, and leaves it.
        Assert.Equal((true, null, ""), (cluster.Stored(id).IsDeleted, cluster.Stored(id).NextAt, cluster.Stored(id).Notification!.Message));
    }

    private async Task<NotificationId> Made(UserId user, int shard = 0)
    {
        var id = new NotificationId(cluster.NewId(shard, NotificationState.Shards));
        await cluster.Notification(id).Create(user, Message);
        return id;
    }

    private async Task Change(UserId user, UserRecord profile)
    {
        var key = GrainId.Create("user", user.ToString());
        var state = new GrainState<UserState>();
        await cluster.Store.ReadStateAsync("user", key, state);
        state.State = new() { Profile = profile };
        await cluster.Store.WriteStateAsync("user", key, state);
    }

    private NotificationStatus Standing(NotificationId id) => cluster.Stored(id).Notification!.Status;

    private Mail[] Mails(NotificationId id) => [.. cluster.Mailer.Sent.Where(mail => mail.Key == id.ToString())];
}
