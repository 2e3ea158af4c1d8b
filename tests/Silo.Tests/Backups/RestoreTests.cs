using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Backups;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Processes;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;
using Xunit.Abstractions;

namespace Ticketing.Silo.Tests.Backups;

/// <summary>A set of backups, taken while everybody buys, brought back as an operator does it.</summary>
public sealed class RestoreTests(ITestOutputHelper output)
{
    private const int Buyers = 16;
    private const int SeatsPerEvent = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly BackupService[] Order =
        [BackupService.Notifications, BackupService.Payments, BackupService.Tickets, BackupService.Events, BackupService.Users, BackupService.Auth];

    [Fact]
    public async Task A_set_taken_in_the_middle_of_an_on_sale_restores_to_a_state_in_which_everything_holds()
    {
        using var before = new DataDirectory();
        using var after = new DataDirectory();
        var story = await Sell(before);

        await using (var restore = Child.Start(after.Path, arguments: ["restore", Path.Combine(before.Path, "backups")]))
        {
            Assert.Equal(0, await restore.Exit(Patience));
            output.WriteLine(string.Join('\n', restore.Output));
            Assert.Empty(restore.Errors);
            Assert.Equal("Every invariant holds.", restore.Output[^1]);
        }

        Assert.False(Directory.Exists(Path.Combine(after.Path, "restoring")));
        await using var server = await Server.Start(after);
        var api = server.Api;
        await SeatsAddUp(api, story.Events);
        await WhatWasKnownIsThere(api, story);
        await WhatIsUniqueStaysUnique(api, story);
        await MoneyIsSettled(api);
        // Selling goes on, in restored events as in new ones.
        var buyer = await api.NewPerson();
        foreach (var one in new[] { story.Unsold, await api.NewEvent() })
            await api.TicketBecomes((await api.Buy(buyer, one, 7)).Done().Id(), "Active");
        await SeatsAddUp(api, story.Events);
    }

    [Fact]
    public async Task What_cannot_be_restored_is_told_in_one_line_and_changes_nothing()
    {
        using var before = new DataDirectory();
        using var after = new DataDirectory();
        string set;
        await using (var server = await Server.Start(before))
        {
            await server.Api.NewPerson();
            set = await BackUp(server);
            await Refused(before, set, "is in use by another process");
        }

        var database = await File.ReadAllBytesAsync(Path.Combine(before.Path, "ticketing.db"));
        await Refused(before, set, "holds a database already");
        Assert.Equal(database, await File.ReadAllBytesAsync(Path.Combine(before.Path, "ticketing.db")));
        await Refused(after, Path.Combine(before.Path, "nothing"), "there is no directory");
        var users = Directory.GetFiles(set, "Users-*.gz").Single();
        var bytes = await File.ReadAllBytesAsync(users);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(users, bytes);
        await Refused(after, set, $"{Path.GetFileName(users)} is damaged");
        File.Delete(users);
        await Refused(after, set, "there is no complete backup of Users");
        await Refused(after, Path.GetDirectoryName(set)!, "there is no complete set of backups");
        Assert.Empty(Directory.GetFiles(after.Path, "ticketing.db*"));
        Assert.Empty(Directory.GetDirectories(after.Path));
    }

    [Theory]
    [InlineData("restore needs a directory")]
    [InlineData("restore needs a directory", "--Ticketing:BackupsKeptHours=24")]
    [InlineData("does not know what 'more' is", "sets", "more")]
    [InlineData("does not know what '--nonsense' is", "sets", "--nonsense")]
    [InlineData("Ticketing__BackupsKeptHours", "sets", "--Ticketing:BackupsKeptHours=0")]
    public async Task A_wrong_command_line_restores_nothing(string said, params string[] arguments)
    {
        using var after = new DataDirectory();
        await using var child = Child.Start(after.Path, arguments: ["restore", .. arguments]);
        Assert.Equal(1, await child.Exit(Patience));
        Assert.StartsWith("Nothing was restored: ", Assert.Single(child.Errors), StringComparison.Ordinal);
        Assert.Contains(said, child.Errors[0], StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(after.Path));
    }

    [Fact]
    public async Task Asked_for_help_it_tells_its_commands_and_serves_nothing()
    {
        using var data = new DataDirectory();
        await using var child = Child.Start(data.Path, arguments: ["restore", "--help"]);
        Assert.Equal(0, await child.Exit(Patience));
        Assert.Contains(child.Output, line => line.Contains("restore <directory>", StringComparison.Ordinal));
        Assert.Empty(child.Errors);
        Assert.Empty(Directory.GetFileSystemEntries(data.Path));
    }

    [Fact]
    public async Task A_server_that_is_restored_in_its_own_slot_knows_the_set_it_was_restored_from_and_does_not_make_it_again()
    {
        using var before = new DataDirectory();
        using var after = new DataDirectory();
        // One slot a day, so that it is the same one before and after, but for one run a day.
        var changes = new Dictionary<string, string?> { ["Ticketing:BackupsEveryMinutes"] = "1440", ["Ticketing:BackupDirectory"] = Path.Combine(before.Path, "sets") };
        JsonNode[] made;
        string person, loggedOut;
        await using (var server = await Server.Start(before, changes))
        {
            var api = server.Api;
            person = (await api.NewPerson()).Id;
            loggedOut = await LoggedOut(api);
            // The slot's own set may have been made before anybody was there, so one is asked for as well.
            await Eventually.Sees("the slot's set", () => api.All("/api/backups", Jwt.Admin), all => all.Count >= 6 && all.All(one => one.Text("status") == "Completed"));
            foreach (var service in Order) await api.MakeBackup($"{service}");
            made = [.. (await api.All("/api/backups", Jwt.Admin)).Select(one => one.DeepClone())];
        }

        var there = Files();
        var collected = Collect();
        await using (var restore = Child.Start(after.Path, new() { ["Ticketing__BackupDirectory"] = Path.Combine(before.Path, "sets") }, "restore", collected))
        {
            Assert.True(await restore.Exit(Patience) == 0, string.Join('\n', restore.Errors));
            output.WriteLine(string.Join('\n', restore.Output));
        }

        await using var restored = await Server.Start(after, changes);
        await restored.App.Services.GetRequiredService<IGrainFactory>().GetGrain<IBackupRunGrain>(0).Run();
        Assert.Equal(person, (await restored.Api.Get($"/api/users/{person}", Jwt.Admin)).Done().Id());
        Assert.Equal(HttpStatusCode.Unauthorized, (await restored.Api.Get("/api/auth/me", loggedOut)).Status);
        var listed = await restored.Api.All("/api/backups", Jwt.Admin);
        Assert.Equal(made.Select(Seal), listed.Take(made.Length).Select(Seal));
        foreach (var backup in made) (await restored.Api.Verify(backup.Id())).Done();
        foreach (var (name, bytes) in there) Assert.Equal(bytes, File.ReadAllBytes(name));

        Dictionary<string, byte[]> Files() => Directory.GetFiles(Path.Combine(before.Path, "sets"), "*", SearchOption.AllDirectories).ToDictionary(file => file, File.ReadAllBytes);

        // What was asked for last of each service, in a directory of its own.
        string Collect()
        {
            var copy = Directory.CreateDirectory(Path.Combine(before.Path, "collected")).FullName;
            foreach (var backup in made.GroupBy(one => one.Text("service_name")).Select(group => group.Last()))
            {
                foreach (var file in there.Keys.Where(name => name.Contains(backup.Id(), StringComparison.Ordinal))) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            }

            return copy;
        }

        static string Seal(JsonNode backup) => $"{backup.Id()} {backup["created_at"]} {backup["service_name"]} {backup["status"]} {backup["records"]} {backup["bytes"]} {backup["checksum"]}";
    }

    [Fact]
    public async Task A_restore_that_is_killed_leaves_an_empty_installation_and_can_be_repeated()
    {
        using var before = new DataDirectory();
        using var after = new DataDirectory();
        string set, person;
        await using (var server = await Server.Start(before))
        {
            person = (await server.Api.NewPerson()).Id;
            set = await BackUp(server);
        }

        var workplace = Path.Combine(after.Path, "restoring");
        await Interruption.Interrupt(
            () =>
            {
                Directory.Delete(after.Path, recursive: true);
                return Child.Start(after.Path, arguments: ["restore", set]);
            },
            isBegun: () => File.Exists(Path.Combine(workplace, "ticketing.db")),
            isDone: () => File.Exists(Path.Combine(after.Path, "ticketing.db")));
        Assert.True(Directory.Exists(workplace));
        await using (var again = Child.Start(after.Path, arguments: ["restore", set])) Assert.Equal(0, await again.Exit(Patience));
        Assert.False(Directory.Exists(workplace));
        await using var restored = await Server.Start(after);
        Assert.Equal(person, (await restored.Api.Get($"/api/users/{person}", Jwt.Admin)).Done().Id());
    }

    private static async Task<string> LoggedOut(Api api)
    {
        var registration = new JsonObject { ["first_name"] = "Zoë", ["last_name"] = "Ångström", ["email"] = "out@example.org", ["password"] = "Correct-Horse-2", ["confirm_password"] = "Correct-Horse-2" };
        Assert.Equal(HttpStatusCode.OK, (await api.Send(HttpMethod.Post, "/api/auth/register", body: registration)).Status);
        var login = (await api.Send(HttpMethod.Post, "/api/auth/login", body: new JsonObject { ["email"] = "out@example.org", ["password"] = "Correct-Horse-2" })).Done();
        var token = login.Text("token");
        Assert.Equal(HttpStatusCode.OK, (await api.Get("/api/auth/me", token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.Send(HttpMethod.Post, "/api/auth/logout", token)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.Get("/api/auth/me", token)).Status);
        return token;
    }

    private static async Task Refused(DataDirectory directory, string set, string said)
    {
        await using var child = Child.Start(directory.Path, arguments: ["restore", set]);
        Assert.Equal(1, await child.Exit(Patience));
        var line = Assert.Single(child.Errors);
        Assert.StartsWith("Nothing was restored: ", line, StringComparison.Ordinal);
        Assert.Contains(said, line, StringComparison.Ordinal);
    }

    /// <summary>What was so when the set was taken.</summary>
    private sealed record Story(
        string[] Events, string Unsold, IReadOnlyList<Attempt> Known, Person Guest, JsonObject Keyed, string KeyedEvent, string Email, string Password);

    private static async Task<Story> Sell(DataDirectory directory)
    {
        await using var server = await Server.Start(directory);
        var api = server.Api;
        var buyers = await Task.WhenAll(Enumerable.Range(0, Buyers).Select(_ => api.NewPerson()));
        var events = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => api.NewEvent(SeatsPerEvent)));
        var (unsold, keyed) = (await api.NewEvent(), EventCalls.Body());
        var keyedEvent = (await api.Send(HttpMethod.Post, "/api/events", Jwt.Admin, keyed, "the-key")).Done().Id();
        var registration = new JsonObject { ["first_name"] = "Zoë", ["last_name"] = "Ångström", ["email"] = "zoe@example.org", ["password"] = "Correct-Horse-2", ["confirm_password"] = "Correct-Horse-2" };
        Assert.Equal(HttpStatusCode.OK, (await api.Send(HttpMethod.Post, "/api/auth/register", body: registration)).Status);
        var load = new Load(buyers, events, SeatsPerEvent, seed: 11);
        load.Serve(api);
        using var over = new CancellationTokenSource();
        var ending = End(api, load, events, over.Token);
        await Eventually.Sees("tickets", () => Task.FromResult(Acknowledged(load).Count), count => count > 150);
        await Eventually.Sees("an ended ticket", () => Task.FromResult(ending.Ended), count => count > 5);
        var known = Acknowledged(load);
        await BackUp(server);
        var sold = Acknowledged(load).Count;
        await Eventually.Sees("sales after the set", () => Task.FromResult(Acknowledged(load).Count), count => count > sold + 20);
        await over.CancelAsync();
        await load.Finish();
        await ending.Task;
        return new(events, unsold, known, buyers[0], keyed, keyedEvent, "zoe@example.org", "Correct-Horse-2");
    }

    private static List<Attempt> Acknowledged(Load load) => [.. load.Attempts.Where(attempt => attempt.Ticket is not null)];

    /// <summary>People who give tickets back, and an organiser who takes an event off sale, while all others buy.</summary>
    private sealed class Ending
    {
        public int Ended { get; set; }

        public Task Task { get; set; } = Task.CompletedTask;
    }

    private static Ending End(Api api, Load load, string[] events, CancellationToken over)
    {
        var ending = new Ending();
        ending.Task = Task.Run(async () =>
        {
            var done = new HashSet<string>();
            while (!over.IsCancellationRequested)
            {
                foreach (var attempt in Acknowledged(load).Where((_, number) => number % 5 == 0).Where(attempt => done.Add(attempt.Key)))
                {
                    var id = JsonNode.Parse(attempt.Ticket!)!.Id();
                    var reply = ending.Ended % 2 == 0 ? await api.Cancel(attempt.Buyer, id) : await api.Refund(attempt.Buyer, id);
                    if (reply.Status == HttpStatusCode.OK) ending.Ended++;
                    if (ending.Ended == 5) await api.Send(HttpMethod.Delete, $"/api/events/{events[^1]}", Jwt.Admin);
                }

                await Task.Delay(5, CancellationToken.None);
            }
        }, CancellationToken.None);
        return ending;
    }

    internal static async Task<string> BackUp(Server server)
    {
        var files = server.App.Services.GetRequiredService<IBackupFiles>();
        var at = TimeProvider.System.GetUtcNow();
        foreach (var service in Order)
        {
            var file = new BackupFile(BackupId.New(at), service, at);
            var seal = await files.Write(file, CancellationToken.None);
            Assert.Null(await files.Verify(file, seal, CancellationToken.None));
        }

        return Directory.GetDirectories(Path.Combine(server.Settings.DataDirectory, "backups")).Max(StringComparer.Ordinal)!;
    }

    private static async Task SeatsAddUp(Api api, string[] events)
    {
        var tickets = (await api.All("/api/tickets", Jwt.Admin)).Where(ticket => ticket.Text("status") is "Pending" or "Active").ToArray();
        foreach (var one in events)
        {
            var seats = tickets.Where(ticket => ticket.Text("event_id") == one).Select(ticket => ticket.Number("seat_number")).ToArray();
            Assert.Equal(seats.Length, seats.Distinct().Count());
            var reply = await api.Get($"/api/events/{one}");
            if (reply.Status != HttpStatusCode.NotFound) Assert.Equal(SeatsPerEvent, seats.Length + reply.Done().Number("remaining_seats"));
        }
    }

    private static async Task WhatWasKnownIsThere(Api api, Story story)
    {
        var tickets = (await api.All("/api/tickets", Jwt.Admin)).ToDictionary(ticket => ticket.Id());
        foreach (var attempt in story.Known)
        {
            var bought = JsonNode.Parse(attempt.Ticket!)!;
            Assert.True(tickets.TryGetValue(bought.Id(), out var kept), $"ticket {bought.Id()} is gone");
            Assert.Equal((attempt.EventId, attempt.Seat, attempt.Buyer.Id), (kept.Text("event_id"), kept.Number("seat_number"), kept.Text("user_id")));
        }

        foreach (var attempt in story.Known.Take(40))
            Assert.Equal(attempt.Ticket, (await api.Buy(attempt.Buyer, attempt.EventId, attempt.Seat, attempt.Key)).Done().ToJsonString());
    }

    private static async Task WhatIsUniqueStaysUnique(Api api, Story story)
    {
        Assert.Equal(story.KeyedEvent, (await api.Send(HttpMethod.Post, "/api/events", Jwt.Admin, story.Keyed, "the-key")).Done().Id());
        (await api.Send(HttpMethod.Post, "/api/events", Jwt.Admin, story.Keyed.DeepClone())).Failed(HttpStatusCode.Conflict, "title-taken");
        var profile = new JsonObject { ["first_name"] = "ada", ["last_name"] = "lovelace", ["email"] = story.Guest.Email };
        (await api.Send(HttpMethod.Post, "/api/users", Jwt.Internal, profile)).Failed(HttpStatusCode.Conflict, "email-taken");
        var login = new JsonObject { ["email"] = story.Email, ["password"] = story.Password };
        Assert.Equal(HttpStatusCode.OK, (await api.Send(HttpMethod.Post, "/api/auth/login", body: login)).Status);
    }

    /// <summary>In the end a ticket is Active and paid, or it ended and its money is back or was never taken; and each ticket has one payment.</summary>
    private static async Task MoneyIsSettled(Api api) => await Eventually.Sees("all money settled", async () =>
    {
        var tickets = (await api.All("/api/tickets", Jwt.Admin)).ToDictionary(ticket => ticket.Id(), ticket => ticket.Text("status"));
        var payments = await api.All("/api/payments", Jwt.Admin);
        Assert.Equal(tickets.Keys.Order(), payments.Select(payment => payment.Text("ticket_id")).Order());
        return payments.Select(payment => $"{tickets[payment.Text("ticket_id")]} {payment.Text("status")}").GroupBy(pair => pair).Select(group => $"{group.Key} {group.Count()}").Order().ToArray();
    }, pairs => pairs.All(pair => pair.StartsWith("Active Success", StringComparison.Ordinal)
        || pair.StartsWith("Cancelled Failed", StringComparison.Ordinal) || pair.StartsWith("Cancelled Refunded", StringComparison.Ordinal)
        || pair.StartsWith("Refunded Failed", StringComparison.Ordinal) || pair.StartsWith("Refunded Refunded", StringComparison.Ordinal)));
}
