using System.Net;
using System.Text.Json.Nodes;
using Ticketing.Silo.Tests.Auth;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Processes;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;
using Ticketing.Storage.Tests.Mongo;
using Xunit.Abstractions;

namespace Ticketing.Silo.Tests.Moving;

/// <summary>Moving house as an operator does it: with the program's own command, from a database that was served to one that will be.</summary>
public sealed class CopyTests(ITestOutputHelper output)
{
    private const string Email = "zoe@example.org";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [SkippableFact]
    public async Task What_was_sold_on_SQLite_is_sold_on_after_a_stay_on_MongoDB()
    {
        using var before = new DataDirectory();
        using var after = new DataDirectory();
        using var mongo = TestMongo.NewDatabase();
        var story = await Sell(before);

        var away = await Copied(before.Path, mongo.Url);
        var back = await Copied(mongo.Url, after.Path);

        Assert.Equal(Table(away), Table(back));
        Assert.Equal(12, Table(away).Length);
        Assert.False(Directory.Exists(Path.Combine(after.Path, "copying")));
        await using var server = Child.Start(after.Path);
        using var api = await server.Ready();
        Assert.Equal(story.Tickets, await Tickets(api));
        foreach (var purchase in story.Purchases) Assert.Equal(purchase.Answer, (await api.Buy(story.Buyer, story.Event, purchase.Seat, purchase.Key)).Done().ToJsonString());
        Assert.Equal(story.Tickets, await Tickets(api));
        (await api.Buy(story.Buyer, story.Event, story.Purchases[0].Seat)).Failed(HttpStatusCode.Conflict);
        (await api.Send(HttpMethod.Post, "/api/events", Jwt.Admin, EventCalls.Body(story.Title))).Failed(HttpStatusCode.Conflict, "title-taken");
        (await api.Register(Email)).Failed(HttpStatusCode.Conflict);
        Assert.Equal(story.User, (await api.Me(await api.Token(Email))).Done().Text("user_id"));
        Assert.Equal(HttpStatusCode.OK, (await api.Me(story.Token)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.Me(story.LoggedOut)).Status);
        // The jobs go on where they were: what waited for its payment gets it, as what is sold now does.
        foreach (var purchase in story.Purchases) await api.TicketBecomes(JsonNode.Parse(purchase.Answer)!.Id(), "Active");
        await api.TicketBecomes((await api.Buy(story.Buyer, story.Event, 40)).Done().Id(), "Active");
        server.AssertNoFaults();
    }

    [SkippableFact]
    public async Task What_is_in_the_way_is_told_in_one_line_without_a_password_and_changes_nothing()
    {
        using var before = new DataDirectory();
        using var after = new DataDirectory();
        using var mongo = TestMongo.NewDatabase();
        await using (var server = Child.Start(before.Path))
        {
            using var api = await server.Ready();
            await api.NewPerson();
            await Refused("is in use by another process", "--from", before.Path, "--to", mongo.Url);
            server.Interrupt();
            Assert.Equal(0, await server.Exit(Patience));
        }

        await Refused("there is no database of this program at", "--from", mongo.Url, "--to", after.Path);
        await Refused("does not answer", "--from", before.Path, "--to", "mongodb://somebody:Geheim-7@127.0.0.1:1/tickets?replicaSet=rs0");
        await Copied(before.Path, mongo.Url);
        await Refused("holds a ticketing database already", "--from", before.Path, "--to", mongo.Url);
        await Refused("holds a database already", "--from", mongo.Url, "--to", before.Path);
        Assert.Empty(Directory.GetFiles(after.Path, "ticketing.db*"));
    }

    [Theory]
    [InlineData("copy needs --from")]
    [InlineData("copy needs --to", "--from", "a.db")]
    [InlineData("--to needs a database", "--from", "a.db", "--to")]
    [InlineData("--from needs a database", "--from", "--to", "b.db")]
    [InlineData("does not know what 'a.db' is", "a.db", "b.db")]
    [InlineData("does not know what 'that URL' is", "mongodb://somebody:Geheim-7@127.0.0.1/a")]
    [InlineData("copy takes --to once", "--from", "a.db", "--to=b.db", "--to=c.db")]
    [InlineData("are the same database", "--from", "house", "--to", "house/ticketing.db")]
    [InlineData("are the same database", "--from", "mongodb://somebody:Geheim-7@127.0.0.1/a", "--to", "mongodb://127.0.0.1:27017/a")]
    [InlineData("--to is a URL of another kind", "--from", "a.db", "--to", "postgres://somebody:Geheim-7@127.0.0.1/a")]
    [InlineData("--to is no connection string of MongoDB", "--from", "a.db", "--to", "mongodb://somebody:Geheim-7@127.0.0.1:port/a")]
    [InlineData("--to asks for w=1", "--from", "a.db", "--to", "mongodb://somebody:Geheim-7@127.0.0.1/a?w=1")]
    [InlineData("DATABASE_URL, and that is not set", "--from", "a.db", "--to", "DATABASE_URL")]
    [InlineData("there is no database", "--from", "nowhere", "--to", "somewhere")]
    public Task A_wrong_command_line_copies_nothing(string said, params string[] arguments) => Refused(said, arguments);

    [Fact]
    public async Task A_copy_that_is_killed_leaves_what_nobody_takes_for_a_database()
    {
        using var before = new DataDirectory();
        using var after = new DataDirectory();
        await Sell(before);
        var workplace = Path.Combine(after.Path, "copying");
        await Interruption.Interrupt(
            () =>
            {
                Directory.Delete(after.Path, recursive: true);
                return Run("--from", before.Path, "--to", after.Path);
            },
            isBegun: () => File.Exists(Path.Combine(workplace, "ticketing.db")),
            isDone: () => File.Exists(Path.Combine(after.Path, "ticketing.db")));

        Assert.True(Directory.Exists(workplace));
        await Copied(before.Path, after.Path);
        Assert.False(Directory.Exists(workplace));
        await using var server = Child.Start(after.Path);
        using var api = await server.Ready();
        Assert.NotEmpty(await Tickets(api));
    }

    private sealed record Sold(int Seat, string Key, string Answer);

    private sealed record Story(Person Buyer, string Event, string Title, Sold[] Purchases, string[] Tickets, string User, string Token, string LoggedOut);

    private static async Task<Story> Sell(DataDirectory directory)
    {
        // Payments wait for longer than this server lives.
        await using var server = Child.Start(directory.Path, new() { ["Ticketing__SimulatedPaymentDelayMilliseconds"] = "3600000" });
        using var api = await server.Ready();
        var (buyer, title) = (await api.NewPerson(), "Zauberflöte 🎭");
        var eventId = await api.NewEvent(title: title);
        var user = (await api.Register(Email)).Done().Text("user_id");
        // Of another account: two tokens of one in the same second are the same.
        var (token, loggedOut) = (await api.Token(Email), (await api.NewAccount()).Token);
        (await api.LogOut(loggedOut)).Done();
        var purchases = new List<Sold>();
        foreach (var seat in Enumerable.Range(1, 20)) purchases.Add(new(seat, $"key-{seat}", (await api.Buy(buyer, eventId, seat, $"key-{seat}")).Done().ToJsonString()));
        var tickets = await Tickets(api);
        server.Interrupt();
        Assert.Equal(0, await server.Exit(Patience));
        return new(buyer, eventId, title, [.. purchases], tickets, user, token, loggedOut);
    }

    /// <summary>All that a ticket is but for its status, which the jobs of a server move on at once.</summary>
    private static async Task<string[]> Tickets(Api api) =>
        [.. (await api.All("/api/tickets", Jwt.Admin)).Select(ticket => string.Join(' ', ticket.AsObject().Where(member => member.Key != "status")))];

    private static string[] Table(IReadOnlyList<string> lines) => [.. lines.Where(line => line.EndsWith(" ok", StringComparison.Ordinal))];

    private async Task<IReadOnlyList<string>> Copied(string from, string to)
    {
        await using var copy = Run("--from", from, "--to", to);
        Assert.True(await copy.Exit(Patience) == 0, string.Join('\n', copy.Errors));
        output.WriteLine(string.Join('\n', copy.Output));
        Assert.Empty(copy.Errors);
        Assert.DoesNotContain(copy.Output, line => line.Contains("://", StringComparison.Ordinal));
        return copy.Output;
    }

    private static async Task Refused(string said, params string[] arguments)
    {
        await using var copy = Run(arguments);
        Assert.Equal(1, await copy.Exit(Patience));
        var line = Assert.Single(copy.Errors);
        Assert.StartsWith("Nothing was copied: ", line, StringComparison.Ordinal);
        Assert.Contains(said, line, StringComparison.Ordinal);
        Assert.DoesNotContain("Geheim", line + string.Join('\n', copy.Output), StringComparison.Ordinal);
    }

    // The command needs no setting of a server.
    private static Child Run(params string[] arguments) => Child.Start(Path.GetTempPath(), new() { ["DATABASE_URL"] = null, ["JWT_EXTERNAL_SIGNATURE"] = null, ["ADMIN_PASSWORD"] = null }, ["copy", .. arguments]);
}
