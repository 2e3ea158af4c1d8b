using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Silo.Tests.Processes;

namespace Ticketing.Silo.Tests.Backups;

/// <summary>A server on which backups are made, and nothing else happens by itself.</summary>
public sealed class BackupServer : SharedServer
{
    private protected override Task<Server> Start() => Server.Start(adjust: settings => settings with
    {
        Payments = settings.Payments with { Period = TimeSpan.FromHours(1) },
        Notifications = settings.Notifications with { Period = TimeSpan.FromHours(1) },
    });
}

/// <summary>Backups from the request to the deletion, over HTTP, in real files.</summary>
public sealed class BackupTests(BackupServer shared) : ServerTests<BackupServer>(shared)
{
    [Theory]
    [InlineData("Auth", "/api/auth")]
    [InlineData("Events", "/api/events")]
    [InlineData("Notifications", "/api/notifications")]
    [InlineData("Payments", "/api/payments")]
    [InlineData("Tickets", "/api/tickets")]
    [InlineData("Users", "/api/users")]
    public async Task A_backup_has_what_the_list_of_its_service_shows_and_is_listed_verified_and_deleted(string service, string list)
    {
        await Scene.Set(Api);
        var deleted = await Scene.Set(Api);
        (await Api.Send(HttpMethod.Delete, $"/api/events/{deleted.Event}", Jwt.Admin)).Done();
        await Eventually.Sees("the deleted event's tickets", () => Api.Get($"/api/tickets/{deleted.Ticket.Id()}", Jwt.Admin), ticket => ticket.Done().Text("status") == "Cancelled");
        (await Api.Send(HttpMethod.Delete, $"/api/notifications/{deleted.Notification}", Jwt.Admin)).Done();
        (await Api.Send(HttpMethod.Delete, $"/api/payments/{deleted.Ticket.Text("payment_id")}", Jwt.Internal)).Done();

        var asked = await Api.AskBackup(service);
        Assert.Equal((service, "Pending"), (asked.Text("service_name"), asked.Text("status")));
        foreach (var member in new[] { "finished_at", "data", "records", "bytes", "checksum" }) Assert.True(asked.AsObject().TryGetPropertyValue(member, out var value) && value is null, member);
        Assert.EndsWith("Z", asked.Text("created_at"), StringComparison.Ordinal);
        var listed = await Eventually.Sees("the backup", () => Api.Listed(asked.Id()), backup => backup.Text("status") == "Completed");
        Assert.Null(listed["data"]);

        var backup = await Api.Backup(asked.Id());
        var expected = await Api.All(list, list == "/api/auth" ? Jwt.Internal : Jwt.Admin);
        foreach (var record in expected) record.AsObject().Remove("password");
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Select(record => record.ToJsonString()), backup["data"]!.AsArray().Select(record => record!.ToJsonString()));
        Assert.Equal(expected.Count, backup.Number("records"));
        Assert.Equal(64, backup.Text("checksum").Length);
        Assert.Equal(backup.Text("finished_at"), listed.Text("finished_at"));
        foreach (var token in new[] { Jwt.Admin, Jwt.Internal })
            Assert.Equal(backup.ToJsonString(), (await Api.Get($"/api/backups/{service}/last", token)).Done().ToJsonString());

        Assert.Equal(listed.ToJsonString(), (await Api.Verify(asked.Id())).Done().ToJsonString());
        Assert.Equal(listed.ToJsonString(), (await Delete(asked.Id())).Done().ToJsonString());
        (await Delete(asked.Id())).Failed(HttpStatusCode.NotFound, "no-such-backup");
        (await Api.Get($"/api/backups/{asked.Id()}", Jwt.Admin)).Failed(HttpStatusCode.NotFound, "no-such-backup");
        (await Api.Verify(asked.Id())).Failed(HttpStatusCode.NotFound, "no-such-backup");
        Assert.DoesNotContain(await Api.All("/api/backups", Jwt.Admin), one => one.Id() == asked.Id());
        Assert.Empty(Files(asked.Id()));
    }

    [Fact]
    public async Task A_file_that_was_changed_or_removed_is_found_out()
    {
        await Scene.Set(Api);
        var id = (await Api.MakeBackup("Users")).Id();
        (await Api.Verify(id)).Done();
        var file = Files(id).Single(name => name.EndsWith(".gz", StringComparison.Ordinal));

        var bytes = await File.ReadAllBytesAsync(file);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        (await Api.Verify(id)).Failed(HttpStatusCode.Conflict, "backup-damaged");

        File.Delete(file);
        (await Api.Verify(id)).Failed(HttpStatusCode.Conflict, "backup-damaged");
        (await Api.Get($"/api/backups/{id}", Jwt.Admin)).Failed(HttpStatusCode.Conflict, "backup-damaged");
        (await Delete(id)).Done();
    }

    [Fact]
    public async Task A_list_of_backups_comes_page_by_page()
    {
        var asked = new[] { await Api.MakeBackup("Users"), await Api.MakeBackup("Events"), await Api.MakeBackup("Users") };
        var pages = new List<string>();
        for (var path = "/api/backups?limit=1"; ;)
        {
            var page = await Api.Get(path, Jwt.Admin);
            pages.Add(page.Done().AsArray().Single()!.Id());
            if ((string?)page.Json["next_cursor"] is not { } next) break;
            path = $"/api/backups?limit=1&cursor={next}";
        }

        Assert.Equal(asked.Select(backup => backup.Id()), pages.TakeLast(3));
        Assert.Equal(pages.Count, pages.Distinct().Count());
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_fails_the_backup_and_the_next_one_works_when_it_can()
    {
        using var data = new DataDirectory();
        using var other = new DataDirectory();
        var blocked = Path.Combine(other.Path, "in-the-way");
        await File.WriteAllTextAsync(blocked, "no directory");
        await using var server = await Server.Start(data, new() { ["Ticketing:BackupDirectory"] = blocked });

        var failed = await server.Api.MakeBackup("Users", "Failed");
        Assert.NotNull(failed["finished_at"]);
        Assert.Null((await server.Api.Backup(failed.Id()))["data"]);
        (await server.Api.Verify(failed.Id())).Failed(HttpStatusCode.Conflict, "backup-not-completed");
        Assert.Equal(failed.Id(), (await server.Api.Get("/api/backups/Users/last", Jwt.Admin)).Done().Id());

        File.Delete(blocked);
        var made = await server.Api.MakeBackup("Users");
        Assert.Equal(made.Id(), (await server.Api.Get("/api/backups/Users/last", Jwt.Admin)).Done().Id());
        Assert.StartsWith(blocked, Assert.Single(Directory.GetFiles(blocked, $"*{made.Id()}*.gz", SearchOption.AllDirectories)), StringComparison.Ordinal);
    }

    [MountFact]
    public async Task A_full_disk_fails_the_backup_and_the_next_one_works_when_there_is_room()
    {
        await using var disk = await SmallDisk.Mount(mebibytes: 2, ballastMebibytes: 1);
        using var data = new DataDirectory();
        await using var server = await Server.Start(data, new() { ["Ticketing:BackupDirectory"] = disk.Path });
        var rest = Path.Combine(disk.Path, "rest");
        await FillUp(rest);

        await server.Api.MakeBackup("Users", "Failed");
        disk.MakeRoom();
        var made = await server.Api.MakeBackup("Users");

        (await server.Api.Verify(made.Id())).Done();
        File.Delete(rest);
    }

    [Fact]
    public async Task The_schedule_makes_whole_sets_and_none_twice_also_over_a_restart()
    {
        using var data = new DataDirectory();
        var changes = new Dictionary<string, string?> { ["Ticketing:BackupsEveryMinutes"] = "1" };
        for (var start = 0; start < 2; start++)
        {
            await using var server = await Server.Start(data, changes);
            await Eventually.Sees(
                "a set", () => server.Api.All("/api/backups", Jwt.Admin), backups => backups.Count >= 6 && backups.All(backup => backup.Text("status") == "Completed"));
            await server.App.Services.GetRequiredService<IGrainFactory>().GetGrain<IBackupRunGrain>(0).Run();
            var sets = (await server.Api.All("/api/backups", Jwt.Admin)).GroupBy(backup => backup.Text("created_at")).ToArray();
            Assert.All(sets, set => Assert.Equal(
                ["Notifications", "Payments", "Tickets", "Events", "Users", "Auth"], set.Select(backup => backup.Text("service_name"))));
            Assert.All(sets, set => Assert.EndsWith(":00Z", set.Key, StringComparison.Ordinal));
            // The minute may have turned while the server was starting.
            Assert.InRange(sets.Length, 1, 3);
        }
    }

    private string[] Files(string id) => Directory.GetFiles(Server.Settings.BackupDirectory, $"*{id}*", SearchOption.AllDirectories);

    private Task<Reply> Delete(string id) => Api.Send(HttpMethod.Delete, $"/api/backups/{id}", Jwt.Admin);

    private static async Task FillUp(string path)
    {
        await using var file = File.Create(path);
        try
        {
            for (; ; ) await file.WriteAsync(new byte[4096]);
        }
        catch (IOException)
        {
            // Now it is full.
        }
    }
}
