using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Tests.Events;

namespace Ticketing.Grains.Tests.Backups;

/// <summary>One backup: asked for, written, read, verified, deleted.</summary>
public sealed class BackupTests : IAsyncLifetime
{
    private BackupCluster cluster = null!;

    public async Task InitializeAsync() => cluster = await BackupCluster.Start();

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task A_backup_is_pending_until_it_is_written_and_then_completed_with_what_was_written()
    {
        var id = await cluster.Asked(BackupService.Payments);
        var asked = (await cluster.Backup(id).Read()).Value!;
        Assert.Equal(new(id, BackupService.Payments, BackupStatus.Pending, cluster.Time.GetUtcNow(), null, null, null, null), asked);

        cluster.Time.Advance(TimeSpan.FromSeconds(5));
        await cluster.Run();

        var made = (await cluster.Backup(id, 1).Read()).Value!;
        Assert.Equal(asked with { Status = BackupStatus.Completed, FinishedAt = cluster.Time.GetUtcNow(), Records = 3, Bytes = 100, Checksum = new('a', 64) }, made);
        Assert.Empty(cluster.Warnings);
    }

    [Fact]
    public async Task Asking_again_for_the_same_backup_changes_nothing()
    {
        var id = await cluster.Asked();
        await cluster.Run();

        var again = await cluster.Backup(id, 1).Create(BackupService.Auth, cluster.Time.GetUtcNow().AddHours(1));

        Assert.Equal((BackupService.Users, BackupStatus.Completed), (again.Value!.Service, again.Value.Status));
    }

    [Fact]
    public async Task A_backup_that_nobody_asked_for_is_unknown_to_every_command()
    {
        var nobody = cluster.Backup(BackupId.New(cluster.Time.GetUtcNow()));

        Assert.Equal(Refusal.NoSuchBackup, (await nobody.Read()).Refusal);
        Assert.Equal(Refusal.NoSuchBackup, (await nobody.Verify()).Refusal);
        Assert.Equal(Refusal.NoSuchBackup, (await nobody.Delete()).Refusal);
        await nobody.Process();
        await nobody.Prune();
        Assert.Empty(await cluster.All());
        Assert.Empty(cluster.Files.Written);
    }

    [Fact]
    public async Task A_backup_is_written_once_though_all_silos_ask_for_it_at_once()
    {
        var id = await cluster.Asked();

        var ended = await Task.WhenAll(Enumerable.Range(0, 30).Select(number => cluster.Backup(id, number % BackupCluster.Silos).Process()));

        Assert.All(ended, Assert.True);
        Assert.Equal([id], cluster.Files.Written.Select(file => file.Id));
    }

    [Fact]
    public async Task While_it_is_written_it_says_so_and_a_second_call_waits_without_writing()
    {
        cluster.Files.Next(BackupService.Users, Mishap.Waits);
        var id = await cluster.Asked();
        var first = cluster.Backup(id).Process();
        await cluster.Files.Begun(id);
        var second = cluster.Backup(id, 1).Process();

        Assert.Equal(BackupStatus.InProgress, (await cluster.Backup(id).Read()).Value!.Status);
        Assert.Equal(BackupStatus.InProgress, (await cluster.Stored(id))!.Status);
        Assert.False(second.IsCompleted);
        cluster.Files.Release();

        Assert.True(await first);
        Assert.True(await second);
        Assert.Single(cluster.Files.Written);
    }

    [Fact]
    public async Task One_that_fails_is_tried_three_times_and_then_failed_with_one_line_in_the_log()
    {
        cluster.Files.Next(BackupService.Users, Mishap.Fails, Mishap.Fails, Mishap.Fails);
        var id = await cluster.Asked();

        await cluster.Run();
        await cluster.Run();
        Assert.Equal(BackupStatus.InProgress, (await cluster.Stored(id))!.Status);
        Assert.Empty(cluster.Warnings);
        await cluster.Run();
        await cluster.Run();

        var failed = (await cluster.Stored(id))!;
        Assert.Equal((BackupStatus.Failed, cluster.Time.GetUtcNow(), null), (failed.Status, failed.FinishedAt!.Value, failed.Checksum));
        Assert.Contains("no space left", Assert.Single(cluster.Warnings), StringComparison.Ordinal);
        Assert.Equal(Refusal.BackupNotCompleted, (await cluster.Backup(id).Verify()).Refusal);
        Assert.Empty(cluster.Files.Written);
    }

    [Fact]
    public async Task One_that_fails_and_then_does_not_is_completed()
    {
        cluster.Files.Next(BackupService.Users, Mishap.Fails, Mishap.Fails);
        var id = await cluster.Asked();

        for (var round = 0; round < 3; round++) await cluster.Run();

        Assert.Equal(BackupStatus.Completed, (await cluster.Stored(id))!.Status);
        Assert.Empty(cluster.Warnings);
    }

    [Fact]
    public async Task Nothing_is_written_before_it_is_stored_that_it_will_be()
    {
        var id = await cluster.Asked();
        cluster.Engine.Fates = () => Fate.LostBefore;

        Assert.False(await cluster.Backup(id).Process());
        Assert.Empty(cluster.Files.Written);

        cluster.Engine.Fates = null;
        await BackupCluster.Until(() => cluster.Backup(id).Process());
        Assert.Equal(BackupStatus.Completed, (await cluster.Stored(id))!.Status);
    }

    [Fact]
    public async Task One_whose_end_could_not_be_stored_is_made_again()
    {
        cluster.Files.Next(BackupService.Users, Mishap.Waits);
        var id = await cluster.Asked();
        var first = cluster.Backup(id).Process();
        await cluster.Files.Begun(id);
        cluster.Engine.Fates = () => Fate.LostBefore;
        cluster.Files.Release();

        Assert.False(await first);
        Assert.Equal(BackupStatus.InProgress, (await cluster.Stored(id))!.Status);
        cluster.Engine.Fates = null;
        await BackupCluster.Until(() => cluster.Backup(id).Process());

        Assert.Equal(BackupStatus.Completed, (await cluster.Stored(id))!.Status);
        Assert.Equal(2, cluster.Files.Written.Count);
    }

    [Fact]
    public async Task A_deleted_backup_is_gone_with_its_file_and_stays_gone()
    {
        var id = await cluster.Asked();
        await cluster.Run();
        Assert.Equal([id], cluster.Files.There.Keys);

        Assert.Equal(BackupStatus.Completed, (await cluster.Backup(id).Delete()).Value!.Status);

        Assert.Empty(cluster.Files.There);
        Assert.Empty(await cluster.All());
        Assert.Equal(Refusal.NoSuchBackup, (await cluster.Backup(id).Delete()).Refusal);
        Assert.Equal(Refusal.NoSuchBackup, (await cluster.Backup(id).Read()).Refusal);
        Assert.Equal(Refusal.NoSuchBackup, (await cluster.Backup(id).Create(BackupService.Users, cluster.Time.GetUtcNow())).Refusal);
        await cluster.Run();
        Assert.Single(cluster.Files.Written);
    }

    [Fact]
    public async Task One_that_is_deleted_before_it_was_written_is_never_written()
    {
        var id = await cluster.Asked();
        Assert.Equal(BackupStatus.Pending, (await cluster.Backup(id).Delete()).Value!.Status);
        await cluster.Run();
        Assert.Empty(cluster.Files.Written);
    }

    [Fact]
    public async Task Verification_tells_a_whole_backup_from_a_damaged_one_and_says_why_in_the_log()
    {
        var id = await cluster.Asked();
        Assert.Equal(Refusal.BackupNotCompleted, (await cluster.Backup(id).Verify()).Refusal);
        await cluster.Run();
        Assert.Equal(3, (await cluster.Backup(id).Verify()).Value!.Records);
        Assert.Empty(cluster.Warnings);

        cluster.Files.Damaged[id] = true;
        Assert.Equal(Refusal.BackupDamaged, (await cluster.Backup(id).Verify()).Refusal);
        Assert.Contains(ScriptedFiles.OnPurpose, Assert.Single(cluster.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_records_of_a_backup_come_page_by_page_from_another_silo()
    {
        cluster.Files.PagesPerFile = 250;
        var id = await cluster.Asked();
        await cluster.Run();

        var pages = new List<BackupPage>();
        await foreach (var page in cluster.Backup(id, 1).Pages().WithBatchSize(1)) pages.Add(page);

        Assert.Equal(Enumerable.Range(0, 250).Select(page => $"{page}@example.org"), pages.Cast<UserBackupPage>().Select(page => Assert.Single(page.Items).Email));
    }

    [Fact]
    public async Task Damaged_contents_end_the_pages_with_an_error_and_never_early()
    {
        var id = await cluster.Asked();
        await cluster.Run();
        cluster.Files.Damaged[id] = true;

        await Assert.ThrowsAsync<InvalidDataException>(() => Pages(id, 1));
        cluster.Files.There.Clear();
        await Assert.ThrowsAsync<InvalidDataException>(() => Pages(id, 0));
    }

    private async Task Pages(BackupId id, int whole)
    {
        var pages = 0;
        try
        {
            await foreach (var _ in cluster.Backup(id, 1).Pages()) pages++;
        }
        finally
        {
            Assert.Equal(whole, pages);
        }
    }

}
