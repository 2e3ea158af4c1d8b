using System.Net;
using System.Text.Json.Nodes;
using Ticketing.Silo.Tests.Processes;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Storage.Tests.Mongo;
using Xunit.Abstractions;

namespace Ticketing.Silo.Tests.Verifying;

/// <summary>Sales of real servers, verified as an operator or a stranger does it.</summary>
public sealed class VerifyTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly string[] OfJournals = ["batches", "chain", "writers", "operations", "sale", "seats", "capacity", "tickets", "returns", "told"];
    private static readonly string[] OfRecords = ["records", "payments", "paid", "returned", "notifications"];

    [Fact]
    public async Task A_sale_is_exported_and_the_program_finds_that_all_holds_in_the_file_and_in_the_directory_while_it_is_served()
    {
        using var directory = new DataDirectory();
        await using var server = Child.Start(directory.Path);
        using var api = await server.Ready();
        var sale = await LivelySale.Play(api);

        // What is sold while it is looked at is judged as strictly as what was sold before.
        await WhileSelling(api, sale, async () =>
        {
            for (var i = 0; i < 5; i++) (await Verdict.Of("--all", directory.Path)).Holds();
            (await Verdict.Of("--event", sale.Event, Path.Combine(directory.Path, "ticketing.db"))).Holds();
        });
        await LivelySale.Rest(() => Verdict.Of("--all", directory.Path));
        var all = await Run(0, "verify", "--all", directory.Path);
        Assert.Equal("All holds: 2 events.", all[^1]);
        foreach (var check in OfJournals.Concat(OfRecords)) Assert.Contains(all, line => line.StartsWith($"  {check} ", StringComparison.Ordinal) && line.Contains("   ok", StringComparison.Ordinal));
        Assert.Equal("All holds: 1 event.", (await Run(0, "verify", "--event", sale.DeletedEvent, directory.Path))[^1]);

        var file = await Export(api, sale, directory);
        var said = await Run(0, "verify", file);
        output.WriteLine(string.Join('\n', said));
        Assert.Matches("^All holds: the history of [0-9,]+ facts.$", said[^1]);
        await Export(api, sale with { Event = sale.DeletedEvent }, directory);
        server.Terminate();
        Assert.Equal(0, await server.Exit(Patience));
        // At rest too, and nothing is left beside the database.
        Assert.Equal(all[^1], (await Run(0, "verify", "--all", directory.Path))[^1]);
        Assert.Equal([Path.Combine(directory.Path, "ticketing.db")], Directory.GetFiles(directory.Path, "ticketing.db*"));
    }

    [SkippableFact]
    public async Task A_sale_on_MongoDB_is_verified_while_it_is_served_and_after_it_was_copied_there()
    {
        Skip.If(TestMongo.Reason is not null, TestMongo.Reason);
        using var directory = new DataDirectory();
        using var database = TestMongo.NewDatabase();
        await using (var server = Child.Start(directory.Path, new() { ["DATABASE_URL"] = database.Url }))
        {
            using var api = await server.Ready();
            var sale = await LivelySale.Play(api);
            await WhileSelling(api, sale, async () =>
            {
                for (var i = 0; i < 5; i++) (await Verdict.Of("--all", database.Url)).Holds();
                (await Verdict.Of("--event", sale.Event, database.Url)).Holds();
            });
            await LivelySale.Rest(() => Verdict.Of("--all", database.Url));
            (await Verdict.Of(await Export(api, sale, directory))).Holds();
            server.Terminate();
            Assert.Equal(0, await server.Exit(Patience));
        }

        await Run(0, "copy", "--from", database.Url, "--to", directory.Path);
        var there = (await Verdict.Of("--all", database.Url)).Holds();
        var here = (await Verdict.Of("--all", directory.Path)).Holds();
        foreach (var check in OfJournals.Concat(OfRecords)) Assert.Equal(there.LookedAt(check), here.LookedAt(check));
    }

    [Theory]
    [InlineData("verify needs --event <id> or --all")]
    [InlineData("verify needs --event <id> or --all", "nowhere")]
    [InlineData("--event needs the id of an event", "--event")]
    [InlineData("--event needs the id of an event", "--event", "17")]
    [InlineData("verify needs --event <id> or --all", "--all", "--event", "66f1c3a2b4d5e6f708192a3b")]
    [InlineData("does not know what '--every' is", "--every")]
    [InlineData("does not know what 'b' is", "--all", "a", "b")]
    [InlineData("does not know what 'that URL' is", "--all", "a", "mongodb://somebody:Geheim-7@127.0.0.1/a")]
    [InlineData("is a URL of another kind", "--all", "postgres://somebody:Geheim-7@127.0.0.1/a")]
    [InlineData("there is no database", "--all", "nowhere")]
    [InlineData("there is no database", "--all", "nowhere.db")]
    [InlineData("does not answer", "--all", "mongodb://somebody:Geheim-7@127.0.0.1:1/tickets?replicaSet=rs0")]
    [InlineData("it is no history of an event", "Ticketing.Silo.dll")]
    public async Task What_cannot_be_verified_is_told_in_one_line(string said, params string[] arguments)
    {
        if (arguments is [.., "Ticketing.Silo.dll"]) arguments = [Path.Combine(AppContext.BaseDirectory, arguments[^1])];
        var verdict = await Verdict.Of(arguments);

        Assert.Equal(2, verdict.Code);
        Assert.StartsWith("It could not be verified: ", verdict.Errors, StringComparison.Ordinal);
        Assert.Single(verdict.Errors.TrimEnd().Split('\n'));
        Assert.Contains(said, verdict.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Geheim", verdict.Errors + verdict.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_history_of_no_event_is_none()
    {
        await using var server = await Server.Start();
        (await server.Api.Get("/api/events/66f1c3a2b4d5e6f708192a3b/history", Jwt.Admin)).Failed(HttpStatusCode.NotFound, "no-such-event");
        Assert.Contains("there is no event 66f1c3a2b4d5e6f708192a3b", (await Verdict.Of("--event", "66f1c3a2b4d5e6f708192a3b", server.Settings.DataDirectory)).Errors, StringComparison.Ordinal);
        (await Verdict.Of("--all", server.Settings.DataDirectory)).Holds();
    }

    private static async Task WhileSelling(Api api, LivelySale sale, Func<Task> verify)
    {
        using var enough = new CancellationTokenSource();
        var buyers = Enumerable.Range(0, 4).Select(buyer => Task.Run(async () =>
        {
            for (var i = 0; !enough.IsCancellationRequested; i++)
            {
                // Seats run out, are given back, and go to the next.
                var reply = await api.Buy(sale.Buyer, sale.Event, 13 + (((i * 4) + buyer) % 30));
                if (reply.Status == HttpStatusCode.OK) (await api.Refund(sale.Buyer, reply.Done().Id())).Done();
            }
        })).ToArray();
        try
        {
            await verify();
        }
        finally
        {
            await enough.CancelAsync();
            await Task.WhenAll(buyers);
        }
    }

    private static async Task<string> Export(Api api, LivelySale sale, DataDirectory directory)
    {
        var reply = await api.Get($"/api/events/{sale.Event}/history", Jwt.Admin);
        Assert.Equal((HttpStatusCode.OK, "application/x-ndjson"), (reply.Status, reply.ContentType));
        // No person, no card, no word of the organiser's.
        foreach (var secret in new[] { sale.Buyer.Id, sale.Buyer.Email, "Fidelio", "Open air", "evening of music", "tok_", "Lovelace" })
            Assert.DoesNotContain(secret, reply.Text, StringComparison.OrdinalIgnoreCase);
        var owners = reply.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).Where(line => line["fact"]?.GetValue<string>() == "sold").Select(line => line.Text("owner"));
        Assert.Single(owners.Distinct());
        var file = Path.Combine(directory.Path, $"{sale.Event}.jsonl");
        await File.WriteAllTextAsync(file, reply.Text);
        return file;
    }

    private static async Task<IReadOnlyList<string>> Run(int code, params string[] arguments)
    {
        await using var child = Child.Start(Path.GetTempPath(), new() { ["JWT_EXTERNAL_SIGNATURE"] = null, ["ADMIN_PASSWORD"] = null }, arguments);
        Assert.True(await child.Exit(Patience) == code, string.Join('\n', child.Output.Concat(child.Errors)));
        Assert.Empty(child.Errors);
        return child.Output;
    }
}
