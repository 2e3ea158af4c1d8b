using Microsoft.Extensions.Time.Testing;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Backups;
using Ticketing.Storage.Backups;

namespace Ticketing.Storage.Tests.Backups;

/// <summary>After a restore the backups of the installation are known again.</summary>
public sealed class AdoptionTests : IAsyncLifetime
{
    private readonly Installation installation = Installation.Open();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await installation.DisposeAsync();

    [Fact]
    public async Task The_files_in_the_backup_directory_are_listed_verified_and_kept_again_and_their_ids_are_taken()
    {
        installation.NewUser("ada@example.org");
        var set = await installation.BackUp();
        var before = TimeProvider.System.GetUtcNow();
        var (engine, restored) = await installation.Restore(set, own: installation.Backups);

        Assert.Equal((6, 0), (restored.Backups, restored.BackupsLeftAlone));
        var records = new BackupRecords(engine, TimeProvider.System);
        var listed = (await records.List(PageRequest.First)).Items;
        Assert.Equal(Installation.Order.Order(), listed.Select(backup => backup.Service).Order());
        foreach (var backup in listed)
        {
            Assert.Equal((BackupStatus.Completed, Samples.Noon), (backup.Status, backup.CreatedAt));
            Assert.InRange(backup.FinishedAt!.Value, before.AddMilliseconds(-1), TimeProvider.System.GetUtcNow());
            Assert.Equal(backup.Service is BackupService.Users or BackupService.Auth ? 1 : 0, backup.Records);
            var file = new BackupFile(backup.Id, backup.Service, backup.CreatedAt);
            Assert.Null(await installation.Files.Verify(file, new(backup.Records!.Value, backup.Bytes!.Value, backup.Checksum!), CancellationToken.None));
        }

        Assert.Equal(listed.Select(backup => backup.Id).Order(ById), (await records.LastSet()).Order(ById));
        Assert.Empty(await records.Due(Samples.Noon.AddYears(10), null, 100));
        Assert.Equal(6, (await records.Ended(TimeProvider.System.GetUtcNow(), null, 100)).Length);
    }

    [Fact]
    public async Task What_is_no_complete_backup_under_its_own_name_is_left_where_it_is()
    {
        installation.NewUser("ada@example.org");
        var set = await installation.BackUp();
        // One whose writer was interrupted, one that lost its end, one that was renamed, and things of somebody else's.
        var unfinished = Installation.File(BackupService.Users);
        await installation.Files.Write(unfinished, CancellationToken.None);
        File.Delete(installation.PathOf(unfinished) + ".sha256");
        var cut = Installation.File(BackupService.Users);
        await installation.Files.Write(cut, CancellationToken.None);
        await File.WriteAllBytesAsync(installation.PathOf(cut), (await File.ReadAllBytesAsync(installation.PathOf(cut)))[..^30]);
        var users = Directory.GetFiles(set, "Users-*.gz").Single(file => file != installation.PathOf(cut) && File.Exists(file + ".sha256"));
        var elsewhere = Directory.CreateDirectory(Path.Combine(installation.Backups, "20260501T130000Z")).FullName;
        File.Copy(users, Path.Combine(elsewhere, Path.GetFileName(users)));
        File.Copy(users + ".sha256", Path.Combine(elsewhere, Path.GetFileName(users)) + ".sha256");
        Directory.CreateDirectory(Path.Combine(installation.Backups, "notes"));
        await File.WriteAllTextAsync(Path.Combine(set, "Nothing-1.jsonl.gz"), "no backup");
        await File.WriteAllTextAsync(Path.Combine(set, "readme.txt"), "no backup either");
        var there = Directory.GetFiles(installation.Backups, "*", SearchOption.AllDirectories);

        var (_, restored) = await installation.Restore(CopyOf(set), own: installation.Backups);

        Assert.Equal((6, 4), (restored.Backups, restored.BackupsLeftAlone));
        Assert.Equal(there, Directory.GetFiles(installation.Backups, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_last_set_is_the_newest_that_has_all_services()
    {
        var records = new BackupRecords(installation.Engine, new FakeTimeProvider(Samples.Noon));
        Assert.Empty(await records.LastSet());
        var old = Note(Samples.Noon.AddDays(-40), Installation.Order);
        Assert.Equal(old.Order(ById), (await records.LastSet()).Order(ById));
        var newer = Note(Samples.Noon.AddHours(-3), Installation.Order);
        Note(Samples.Noon.AddMinutes(-10), [.. Installation.Order.Skip(1), BackupService.Auth]);
        Assert.Equal(newer.Order(ById), (await records.LastSet()).Order(ById));
        var newest = Note(Samples.Noon, Installation.Order);
        Assert.Equal(newest.Order(ById), (await records.LastSet()).Order(ById));
    }

    private static Comparer<BackupId> ById { get; } = Comparer<BackupId>.Create((one, other) => one.Value.CompareTo(other.Value));

    private BackupId[] Note(DateTimeOffset at, BackupService[] services)
    {
        BackupState[] made = [.. services.Select(service => new BackupState { Backup = new(BackupId.New(at), service, BackupStatus.Completed, at, at, 0, 0, "") })];
        installation.Put(Tables.Backups, made);
        return [.. made.Select(one => one.Backup!.Id)];
    }

    /// <summary>The set alone, elsewhere.</summary>
    private string CopyOf(string set)
    {
        var copy = Directory.CreateDirectory(installation.Fresh("copy")).FullName;
        foreach (var service in Installation.Order)
        {
            var file = Directory.GetFiles(set, $"{service}-*.gz").Where(one => File.Exists(one + ".sha256")).Min(StringComparer.Ordinal)!;
            foreach (var one in new[] { file, file + ".sha256" }) File.Copy(one, Path.Combine(copy, Path.GetFileName(one)));
        }

        return copy;
    }
}
