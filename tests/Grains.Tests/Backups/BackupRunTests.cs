using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Backups;
using Ticketing.Grains.Tests.Events;

namespace Ticketing.Grains.Tests.Backups;

/// <summary>The job: sets by the clock, in order, once, whatever happens to silos; and what is old goes.</summary>
public sealed class BackupRunTests
{
    private static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);
    private static readonly BackupService[] InOrder = [BackupService.Notifications, BackupService.Payments, BackupService.Tickets, BackupService.Events, BackupService.Users, BackupService.Auth];

    [Fact]
    public async Task Every_ten_minutes_by_the_clock_there_is_one_set_however_many_silos_call_for_it()
    {
        await using var cluster = await BackupCluster.Start(TenMinutes);

        for (var round = 0; round < 4; round++) await cluster.RunEverywhere();
        var first = await cluster.All();
        // It is 9:03:07 when the job begins.
        Assert.All(first, backup => Assert.Equal(new(2030, 5, 15, 9, 0, 0, TimeSpan.Zero), backup.CreatedAt));
        Assert.Equal(InOrder, first.Select(backup => backup.Service));
        Assert.All(first, backup => Assert.Equal(BackupStatus.Completed, backup.Status));
        Assert.Equal(InOrder, cluster.Files.Written.Select(file => file.Service));

        cluster.Time.Advance(new TimeSpan(0, 6, 52));
        await cluster.RunEverywhere();
        Assert.Equal(6, (await cluster.All()).Length);
        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        await cluster.RunEverywhere();
        var both = await cluster.All();
        Assert.Equal(12, both.Length);
        Assert.All(both[6..], backup => Assert.Equal(new(2030, 5, 15, 9, 10, 0, TimeSpan.Zero), backup.CreatedAt));
        Assert.Equal(1, cluster.Files.MostAtOnce);
    }

    [Fact]
    public async Task A_job_that_lost_its_memory_makes_no_slot_twice_and_makes_up_for_one_missed_slot_at_most()
    {
        await using var cluster = await BackupCluster.Start(TenMinutes);
        await cluster.Run();
        await cluster.Deactivate(cluster.Grains().GetGrain<IBackupRunGrain>(0));
        await cluster.Run(1);
        Assert.Equal(6, (await cluster.All()).Length);

        await cluster.Deactivate(cluster.Grains().GetGrain<IBackupRunGrain>(0));
        cluster.Time.Advance(TimeSpan.FromHours(5));
        await cluster.Run(2);
        Assert.Equal(12, (await cluster.All()).Length);
        Assert.Equal(12, cluster.Files.Written.Count);
    }

    [Fact]
    public async Task Without_a_schedule_there_is_what_is_asked_for_and_nothing_else()
    {
        await using var cluster = await BackupCluster.Start();
        var id = await cluster.Asked(BackupService.Tickets);
        cluster.Time.Advance(TimeSpan.FromHours(1));
        await cluster.Run();
        Assert.Equal([id], (await cluster.All()).Select(backup => backup.Id));
    }

    [Fact]
    public async Task A_slot_whose_set_could_not_be_stored_whole_is_made_whole_in_the_next_round()
    {
        await using var cluster = await BackupCluster.Start(TenMinutes);
        var writes = 0;
        cluster.Engine.Fates = () => Interlocked.Increment(ref writes) > 2 ? Fate.LostBefore : Fate.Done;
        await cluster.Run();
        Assert.Equal(2, (await cluster.All()).Length);

        cluster.Engine.Fates = null;
        await BackupCluster.Until(async () =>
        {
            await cluster.Run();
            return (await cluster.All()) is { Length: 6 } all && all.All(backup => backup.Status == BackupStatus.Completed);
        });
        Assert.Equal(InOrder, cluster.Files.Written.Select(file => file.Service));
    }

    [Fact]
    public async Task Later_members_of_a_set_wait_for_one_that_fails_and_other_sets_do_not()
    {
        await using var cluster = await BackupCluster.Start(TenMinutes);
        cluster.Files.Next(BackupService.Payments, Mishap.Fails);
        var other = await cluster.Asked(BackupService.Users);

        await cluster.Run();
        Assert.Equal([BackupService.Notifications, BackupService.Users], cluster.Files.Written.Select(file => file.Service));
        Assert.Equal(other, cluster.Files.Written.Last().Id);
        await cluster.Run();
        Assert.Equal([BackupService.Payments, BackupService.Tickets, BackupService.Events, BackupService.Users, BackupService.Auth], cluster.Files.Written.Skip(2).Select(file => file.Service));
    }

    [Fact]
    public async Task One_that_fails_for_good_does_not_keep_its_set_or_the_next_one_from_being_made()
    {
        await using var cluster = await BackupCluster.Start(TenMinutes);
        cluster.Files.Next(BackupService.Tickets, Mishap.Fails, Mishap.Fails, Mishap.Fails);
        for (var round = 0; round < 3; round++) await cluster.Run();
        Assert.Equal(InOrder.Except([BackupService.Tickets]), cluster.Files.Written.Select(file => file.Service));
        Assert.Single(cluster.Warnings);

        cluster.Time.Advance(TenMinutes);
        await cluster.Run();
        Assert.Equal(InOrder, cluster.Files.Written.Skip(5).Select(file => file.Service));
        Assert.Equal(BackupStatus.Failed, Assert.Single(await cluster.All(), backup => backup.Status != BackupStatus.Completed).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_silo_that_ends_in_the_middle_of_a_set_loses_none_and_none_is_completed_twice(bool inOrder)
    {
        await using var cluster = await BackupCluster.Start(TenMinutes, endsRounds: inOrder);
        cluster.Files.Next(BackupService.Tickets, inOrder ? Mishap.Waits : Mishap.Hangs);
        var round = cluster.Run();
        await BackupCluster.Until(async () => (await cluster.All()).Any(backup => backup is { Service: BackupService.Tickets, Status: BackupStatus.InProgress }));
        var tickets = (await cluster.All()).Single(backup => backup.Service == BackupService.Tickets).Id;
        await cluster.Files.Begun(tickets);

        await cluster.End(await cluster.Home(cluster.Backup(tickets)), inOrder);
        await Ignoring(round);
        await BackupCluster.Until(async () =>
        {
            await Ignoring(cluster.Run());
            return (await cluster.All()).All(backup => backup.Status == BackupStatus.Completed);
        });

        Assert.Equal(6, (await cluster.All()).Length);
        Assert.Equal(InOrder, cluster.Files.Written.Select(file => file.Service));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_silo_of_the_job_itself_may_end_in_the_middle_of_a_set(bool inOrder)
    {
        await using var cluster = await BackupCluster.Start(TenMinutes, endsRounds: inOrder);
        cluster.Files.Next(BackupService.Events, Mishap.Waits);
        var round = cluster.Run();
        await BackupCluster.Until(async () => (await cluster.All()).Any(backup => backup is { Service: BackupService.Events, Status: BackupStatus.InProgress }));

        var end = cluster.End(await cluster.Home(cluster.Grains().GetGrain<IBackupRunGrain>(0)), inOrder);
        cluster.Files.Release();
        await end;
        await Ignoring(round);
        await BackupCluster.Until(async () =>
        {
            await Ignoring(cluster.Run());
            return (await cluster.All()).All(backup => backup.Status == BackupStatus.Completed);
        });

        Assert.Equal(6, (await cluster.All()).Length);
        Assert.Equal(InOrder, cluster.Files.Written.Select(file => file.Service).Distinct());
    }

    [Fact]
    public async Task One_whose_process_dies_each_time_it_is_written_is_failed_in_the_end()
    {
        await using var cluster = await BackupCluster.Start();
        var id = await cluster.Asked(BackupService.Users);
        cluster.Files.Next(BackupService.Users, Mishap.Hangs, Mishap.Hangs, Mishap.Hangs);
        var state = new BackupState
        {
            Backup = (await cluster.Stored(id))! with { Status = BackupStatus.InProgress },
            NextAt = cluster.Time.GetUtcNow(),
            Attempts = 3,
        };
        await cluster.Deactivate(cluster.Backup(id));
        await cluster.Put(state);

        await cluster.Run();

        Assert.Equal(BackupStatus.Failed, (await cluster.Stored(id))!.Status);
        Assert.Single(cluster.Warnings);
    }

    [Fact]
    public async Task While_a_long_round_is_under_way_the_job_can_be_started_and_other_calls_join_the_round()
    {
        await using var cluster = await BackupCluster.Start();
        cluster.Files.Next(BackupService.Users, Mishap.Waits);
        var id = await cluster.Asked(BackupService.Users);
        var round = cluster.Run();
        await cluster.Files.Begun(id);

        await cluster.Grains(1).GetGrain<IBackupRunGrain>(0).Start();
        var joined = cluster.Run(2);
        Assert.False(joined.IsCompleted);
        cluster.Files.Release();

        await Task.WhenAll(round, joined);
        Assert.Single(cluster.Files.Written);
    }

    [Fact]
    public async Task A_started_job_works_within_ten_seconds_and_again_and_again()
    {
        await using var cluster = await BackupCluster.Start();
        await cluster.Grains().GetGrain<IBackupRunGrain>(0).Start();
        for (var count = 1; count <= 3; count++)
        {
            await cluster.Asked(BackupService.Users);
            await BackupCluster.Until(() =>
            {
                // A timer is armed again some time after its tick, so the clock has to move until it is.
                cluster.Time.Advance(TimeSpan.FromSeconds(10));
                return Task.FromResult(cluster.Files.Written.Count == count);
            });
        }
    }

    [Fact]
    public async Task Old_backups_go_with_their_files_but_the_last_completed_one_of_each_service_stays()
    {
        await using var cluster = await BackupCluster.Start();
        var (older, old, lost) = (await Made(cluster, BackupService.Users), await Made(cluster, BackupService.Users), await Made(cluster, BackupService.Payments));
        cluster.Files.Next(BackupService.Users, Mishap.Fails, Mishap.Fails, Mishap.Fails);
        var failed = await Made(cluster, BackupService.Users, rounds: 3);
        var deleted = await Made(cluster, BackupService.Tickets);
        await cluster.Backup(deleted).Delete();
        cluster.Files.Next(BackupService.Auth, Mishap.Fails, Mishap.Fails, Mishap.Fails);
        var failedAlone = await Made(cluster, BackupService.Auth, rounds: 3);

        cluster.Time.Advance(TimeSpan.FromHours(23));
        await cluster.Run();
        Assert.Equal([older, old, lost, failed, failedAlone], (await cluster.All()).Select(backup => backup.Id));
        cluster.Time.Advance(TimeSpan.FromHours(1));
        await cluster.Run();

        Assert.Equal([old, lost, failedAlone], (await cluster.All()).Select(backup => backup.Id));
        Assert.Equal(new[] { old, lost }.Order(ById), cluster.Files.There.Keys.Order(ById));
        Assert.Equal(3, await cluster.Rows());
        var next = await Made(cluster, BackupService.Users);
        await cluster.Run();
        Assert.Equal([lost, failedAlone, next], (await cluster.All()).Select(backup => backup.Id));
    }

    [Fact]
    public async Task The_last_whole_set_stays_however_long_later_ones_lack_a_member()
    {
        await using var cluster = await BackupCluster.Start(TenMinutes);
        await cluster.Run();
        var whole = (await cluster.All()).Select(backup => backup.Id).ToArray();
        // From now on the largest file has no room on the disk any more; all others are made day by day.
        for (var day = 0; day < 3; day++)
        {
            cluster.Time.Advance(TimeSpan.FromDays(1));
            cluster.Files.Next(BackupService.Tickets, Mishap.Fails, Mishap.Fails, Mishap.Fails);
            for (var round = 0; round < 3; round++) await cluster.Run();
            Assert.Equal(whole, (await cluster.All()).Select(backup => backup.Id).Take(6));
            Assert.All(whole, id => Assert.Contains(id, cluster.Files.There.Keys));
        }

        cluster.Time.Advance(TimeSpan.FromDays(1));
        await cluster.Run();
        await cluster.Run();
        Assert.Empty(whole.Intersect(cluster.Files.There.Keys));
    }

    [Fact]
    public async Task A_clock_that_jumped_ahead_and_was_put_right_again_neither_stops_the_schedule_nor_takes_the_last_set()
    {
        await using var cluster = await BackupCluster.Start(TenMinutes);
        await cluster.Run();
        var right = cluster.Time.GetUtcNow();
        cluster.Time.AdjustTime(right.AddYears(1));
        await cluster.Run();
        await cluster.Run();
        Assert.Equal(InOrder, (await cluster.All()).TakeLast(6).Select(backup => backup.Service));
        Assert.Equal(6, cluster.Files.There.Count);

        cluster.Time.AdjustTime(right + TenMinutes);
        await cluster.Run();
        var made = await cluster.All();
        Assert.Equal(12, made.Length);
        Assert.All(made[..6], backup => Assert.Equal((BackupStatus.Completed, new DateTimeOffset(2030, 5, 15, 9, 10, 0, TimeSpan.Zero)), (backup.Status, backup.CreatedAt)));
        Assert.Equal(12, cluster.Files.There.Count);
    }

    [Fact]
    public async Task A_file_that_cannot_be_removed_keeps_its_record_until_it_can()
    {
        await using var cluster = await BackupCluster.Start();
        var (old, last) = (await Made(cluster, BackupService.Users), await Made(cluster, BackupService.Users));
        cluster.Time.Advance(TimeSpan.FromHours(25));
        cluster.Files.KeepsFiles = true;
        await cluster.Run();
        Assert.Equal([old, last], (await cluster.All()).Select(backup => backup.Id));

        cluster.Files.KeepsFiles = false;
        await cluster.Run();
        Assert.Equal([last], (await cluster.All()).Select(backup => backup.Id));
        Assert.Equal([last], cluster.Files.There.Keys);
    }

    [Fact]
    public async Task The_last_backup_is_the_newest_completed_one_and_only_without_any_the_newest()
    {
        await using var cluster = await BackupCluster.Start();
        var list = cluster.Grains(2).GetGrain<IBackupListGrain>(0);
        Assert.Equal(Refusal.NoSuchBackup, (await list.Last(BackupService.Users)).Refusal);
        var waiting = await cluster.Asked(BackupService.Users);
        Assert.Equal(waiting, (await list.Last(BackupService.Users)).Value!.Id);
        await cluster.Run();
        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        var newest = await Made(cluster, BackupService.Users);
        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        await cluster.Asked(BackupService.Users);
        await cluster.Asked(BackupService.Payments);
        Assert.Equal(newest, (await list.Last(BackupService.Users)).Value!.Id);

        // However long ago that was.
        foreach (var hours in new[] { 2, 48, 24 * 60 })
        {
            cluster.Time.Advance(TimeSpan.FromHours(hours));
            Assert.Equal(newest, (await list.Last(BackupService.Users)).Value!.Id);
        }

        await cluster.Backup(newest).Delete();
        Assert.Equal(waiting, (await list.Last(BackupService.Users)).Value!.Id);
    }

    private static Comparer<BackupId> ById { get; } = Comparer<BackupId>.Create((one, other) => one.Value.CompareTo(other.Value));

    private static async Task<BackupId> Made(BackupCluster cluster, BackupService service, int rounds = 1)
    {
        var id = await cluster.Asked(service);
        for (var round = 0; round < rounds; round++) await cluster.Run();
        return id;
    }

    /// <summary>A call that ends with its silo.</summary>
    private static async Task Ignoring(Task call)
    {
        try
        {
            await call;
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or OperationCanceledException)
        {
            // What became of it is seen in the records.
        }
    }
}
