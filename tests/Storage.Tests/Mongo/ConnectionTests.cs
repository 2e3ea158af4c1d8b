using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;
using Orleans.Configuration;
using Ticketing.Clustering.Mongo;
using Ticketing.Storage.Mongo;

namespace Ticketing.Storage.Tests.Mongo;

/// <summary>What is asked of a MongoDB server, and what an operator reads when it is not so.</summary>
public sealed class ConnectionTests
{
    private const string Password = "s3cret-w0rd";

    /// <summary>The longest that an operator waits for the line that says what is wrong.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData("w=1", "w=1")]
    [InlineData("w=0", "w=0")]
    [InlineData("w=2", "w=2")]
    [InlineData("w=twoRegions", "w=twoRegions")]
    [InlineData("journal=false", "journal=false")]
    [InlineData("readConcernLevel=local", "readConcernLevel=local")]
    [InlineData("readConcernLevel=available", "readConcernLevel=available")]
    [InlineData("readPreference=secondaryPreferred", "readPreference=secondarypreferred")]
    [InlineData("readPreference=primaryPreferred", "readPreference=primarypreferred")]
    [InlineData("readPreference=nearest", "readPreference=nearest")]
    [InlineData("retryWrites=false", "retryWrites=false")]
    public void A_weaker_setting_is_refused(string setting, string named)
    {
        var refusal = Refusal($"mongodb://ada:{Password}@db.example.org:27017/tickets?replicaSet=rs0&{setting}");
        Assert.StartsWith($"DATABASE_URL asks for {named}: ", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("db.example.org:27017")]
    [InlineData("postgres://ada:" + Password + "@db.example.org/tickets")]
    [InlineData("mongodb://ada:" + Password + "@/tickets")]
    [InlineData("mongodb://ada:" + Password + "@db.example.org:port/tickets")]
    [InlineData("mongodb://ada:" + Password + "@db.example.org/a.b")]
    [InlineData("mongodb://ada:" + Password + "@db.example.org/tickets?w=")]
    [InlineData("mongodb://ada:" + Password + "@db.example.org/tickets?authMechanism=NONE")]
    [InlineData("mongodb://ada:" + Password + "@one.example.org,two.example.org/tickets?directConnection=true")]
    [InlineData("mongodb://ada:p@" + Password + "@db.example.org/tickets")]
    public void What_is_no_connection_string_is_refused(string url) =>
        Assert.StartsWith("DATABASE_URL is no connection string of MongoDB: ", Refusal(url).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("mongodb://db.example.org/tickets?w=majority&journal=true&readConcernLevel=majority&readPreference=primary&retryWrites=true")]
    [InlineData($"mongodb://ada:{Password}@db.example.org/tickets?authSource=admin&tls=true")]
    public void What_asks_for_no_less_is_taken(string url)
    {
        using var connection = MongoConnection.To(url);
        Assert.Equal("db.example.org:27017/tickets", connection.Name);
    }

    [Theory]
    [InlineData("mongodb://db.example.org/?replicaSet=rs0", "ticketing")]
    [InlineData("mongodb://db.example.org", "ticketing")]
    [InlineData("mongodb://db.example.org/school?replicaSet=rs0", "school")]
    [InlineData("mongodb://db.example.org/school%2Deast", "school-east")]
    public void The_database_is_the_one_that_is_named_or_ticketing(string url, string database)
    {
        using var connection = MongoConnection.To(url);
        Assert.Equal(database, connection.Database.DatabaseNamespace.DatabaseName);
        Assert.Equal($"db.example.org:27017/{database}", connection.Name);
    }

    [SkippableFact]
    public async Task Every_write_waits_for_the_journals_of_a_majority_and_every_read_sees_a_majority_alone()
    {
        using var database = TestMongo.NewDatabase();
        ConcurrentQueue<(string Name, BsonDocument Command)> sent = new();
        using var connection = MongoConnection.To(database.Url, settings => settings.ClusterConfigurator = cluster =>
            cluster.Subscribe<CommandStartedEvent>(started => sent.Enqueue((started.CommandName, started.Command.DeepClone().AsBsonDocument))));
        using var engine = await MongoEngine.Open(connection);
        var (key, ticket) = (Samples.Id(), Samples.Ticket());
        engine.Commit([Samples.Append(key, Samples.Batch(1), Samples.Put(ticket, 1), Samples.Born(Samples.Payment()))]);
        engine.Commit([new SnapshotUnit(key, new(1, [1], [1]))]);
        foreach (var version in new[] { 1, 2 }) engine.Commit([new WriteUnit(Samples.State("state", WriteRule.Always, version - 1, version, "text"))]);
        Assert.NotNull(await engine.Find(Tables.Tickets, ticket.Id.Value));
        Assert.Single(await engine.ReadJournal(key, 0, 10));
        MongoMembershipTable members = new(connection, Options.Create(new ClusterOptions { ClusterId = "ticketing" }));
        await members.InitializeMembershipTable(true);
        await members.ReadAll();
        await members.DeleteMembershipTableEntries("ticketing");

        var writes = sent.Where(command => command.Name is "insert" or "update" or "delete" or "findAndModify").ToArray();
        var reads = sent.Where(command => command.Name is "find" or "aggregate").ToArray();
        Assert.Superset(new HashSet<string>(["insert", "update", "delete", "find"]), sent.Select(command => command.Name).ToHashSet());
        Assert.All(writes, write =>
        {
            Assert.Equal("majority", write.Command["writeConcern"]["w"]);
            Assert.Equal(true, write.Command["writeConcern"]["j"]);
            Assert.InRange(write.Command["writeConcern"]["wtimeout"].ToDouble(), 1000, 4000);
        });
        // A command that names many documents at once, or one that the driver may repeat: either way it happens once.
        Assert.All(writes.Where(write => write.Name != "delete" || write.Command["deletes"][0]["limit"] == 1), write => Assert.True(write.Command.Contains("txnNumber")));
        Assert.All(reads, read => Assert.Equal("majority", read.Command["readConcern"]["level"]));
        Assert.DoesNotContain(sent, command => command.Command.TryGetValue("$readPreference", out var preference) && preference["mode"] != "primary" && preference["mode"] != "primaryPreferred");
    }

    [SkippableFact]
    public async Task The_server_of_the_tests_is_what_is_needed()
    {
        using var database = TestMongo.NewDatabase();
        using var connection = MongoConnection.To(database.Url);
        await connection.Check();
    }

    [Theory]
    [InlineData("")]
    [InlineData("?replicaSet=rs0")]
    public async Task Where_nobody_listens_it_says_so_within_seconds(string options)
    {
        TcpListener closed = new(IPAddress.Loopback, 0);
        closed.Start();
        var address = closed.LocalEndpoint.ToString()!;
        closed.Dispose();
        Assert.Equal($"the MongoDB at {address}/tickets does not answer", await Complaint(address, options));
    }

    [Fact]
    public async Task A_server_that_takes_connections_and_stays_silent_does_not_hold_it_up()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        var address = silent.LocalEndpoint.ToString()!;
        Assert.Equal($"the MongoDB at {address}/tickets does not answer", await Complaint(address));
    }

    [Fact]
    public async Task A_server_that_meets_every_need_passes()
    {
        await using ScriptedMongo server = new();
        using var connection = MongoConnection.To($"mongodb://{server.Address}/tickets?replicaSet=rs0");
        await connection.Check();
        Assert.Contains("listCollections", server.Commands);
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(false, "?replicaSet=rs0")]
    [InlineData(false, "?directConnection=true")]
    [InlineData(true, "")]
    [InlineData(true, "?replicaSet=rs0")]
    [InlineData(true, "?directConnection=true")]
    public async Task A_server_alone_or_a_set_that_was_not_initiated_is_no_replica_set(bool ghost, string options)
    {
        await using ScriptedMongo server = new(hello =>
        {
            foreach (var name in new[] { "setName", "setVersion", "hosts", "me", "primary" }) hello.Remove(name);
            if (!ghost) return;
            hello["isreplicaset"] = true;
            hello["isWritablePrimary"] = hello["ismaster"] = false;
        });
        Assert.Equal($"the MongoDB at {server.Address}/tickets is not a replica set: start it with --replSet and initiate it; one member is enough", await Complaint(server.Address, options));
    }

    [Fact]
    public async Task A_set_of_another_name_is_named()
    {
        await using ScriptedMongo server = new();
        Assert.Equal($"the MongoDB at {server.Address}/tickets belongs to the replica set rs0, but DATABASE_URL asks for rs1", await Complaint(server.Address, "?replicaSet=rs1"));
    }

    [Fact]
    public async Task A_set_without_a_primary_is_told_from_one_that_does_not_answer()
    {
        await using ScriptedMongo server = new(hello =>
        {
            hello.Remove("primary");
            hello["isWritablePrimary"] = hello["ismaster"] = false;
            hello["secondary"] = true;
        });
        Assert.Equal($"the MongoDB at {server.Address}/tickets has no primary now", await Complaint(server.Address, "?replicaSet=rs0"));
    }

    [Fact]
    public async Task A_primary_whose_own_name_leads_nowhere_is_named()
    {
        await using ScriptedMongo server = new(hello =>
        {
            hello["me"] = hello["primary"] = "mongo.invalid:27017";
            hello["hosts"] = new BsonArray { "mongo.invalid:27017" };
        });
        Assert.Equal(
            $"the MongoDB at {server.Address}/tickets says that its primary is mongo.invalid:27017, which does not answer from here", await Complaint(server.Address, "?replicaSet=rs0"));
    }

    [Theory]
    [InlineData(20, "is older than 7.0")]
    [InlineData(5, "is older than 7.0, or too new for this program")]
    public async Task A_server_that_is_too_old_is_refused(int wireVersion, string complaint)
    {
        await using ScriptedMongo server = new(hello => hello["maxWireVersion"] = wireVersion);
        Assert.Equal($"the MongoDB at {server.Address}/tickets {complaint}", await Complaint(server.Address));
    }

    [Fact]
    public async Task A_server_that_wants_a_login_is_told_from_one_that_refuses_it()
    {
        await using ScriptedMongo server = new();
        server.Answers["listCollections"] = ScriptedMongo.Error(13, "Unauthorized", "command listCollections requires authentication");
        server.Answers["saslStart"] = ScriptedMongo.Error(18, "AuthenticationFailed", "Authentication failed.");

        Assert.Equal($"the MongoDB at {server.Address}/tickets wants a login that may use this database: put user and password into DATABASE_URL", await Complaint(server.Address));
        Assert.Equal($"the MongoDB at {server.Address}/tickets does not accept the user or the password of DATABASE_URL", await Complaint($"ada:{Password}@{server.Address}", "?authSource=admin"));
    }

    [Fact]
    public async Task Whatever_else_a_server_reports_is_passed_on_in_one_line()
    {
        await using ScriptedMongo server = new();
        server.Answers["listCollections"] = ScriptedMongo.Error(73, "InvalidNamespace", "Invalid database name:\n'tickets'");
        var complaint = await Complaint(server.Address);
        Assert.StartsWith($"the MongoDB at {server.Address}/tickets reports: ", complaint, StringComparison.Ordinal);
        Assert.Contains("Invalid database name: 'tickets'", complaint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, "waiting for replication timed out")]
    [InlineData(100, "Not enough data-bearing nodes")]
    public async Task A_write_that_no_majority_confirms_is_no_success_and_others_need_not_try(int code, string message)
    {
        await using ScriptedMongo server = new();
        var answer = new BsonDocument { { "ok", 1 }, { "n", 1 }, { "nModified", 1 }, { "writeConcernError", new BsonDocument { { "code", code }, { "errmsg", message } } } };
        server.Answers["insert"] = server.Answers["update"] = server.Answers["delete"] = answer;
        await AssertAway(server, "took a write, but no majority of its members confirmed it in time");
    }

    [Theory]
    [InlineData(10107, "NotWritablePrimary")]
    [InlineData(11602, "InterruptedDueToReplStateChange")]
    [InlineData(91, "ShutdownInProgress")]
    public async Task A_server_that_is_primary_no_more_is_away(int code, string name)
    {
        await using ScriptedMongo server = new();
        server.Answers["insert"] = server.Answers["update"] = server.Answers["delete"] = ScriptedMongo.Error(code, name, name);
        await AssertAway(server, "has no primary now");
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_given_up_after_some_seconds()
    {
        await using ScriptedMongo server = new();
        server.Silent.Add("update");
        using var connection = MongoConnection.To($"mongodb://{server.Address}/tickets");
        MongoMembershipTable table = new(connection, Options.Create(new ClusterOptions { ClusterId = "ticketing" }));
        var begun = Stopwatch.GetTimestamp();
        var silence = await Assert.ThrowsAnyAsync<Exception>(() => table.InitializeMembershipTable(true));
        // Twice: the driver repeats a write once.
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(20));
        Assert.True(MongoConnection.IsAway(silence));
        Assert.Equal($"the MongoDB at {server.Address}/tickets does not answer", connection.Explain(silence));
    }

    /// <summary>Writes of the engine and of the membership fail alike: as something that is away, in one line.</summary>
    private static async Task AssertAway(ScriptedMongo server, string complaint)
    {
        using var connection = MongoConnection.To($"mongodb://{server.Address}/tickets");
        MongoMembershipTable table = new(connection, Options.Create(new ClusterOptions { ClusterId = "ticketing" }));
        var documents = connection.Database.GetCollection<BsonDocument>("any");
        Func<Task>[] writes =
        [
            () => table.InitializeMembershipTable(true),
            () => table.InsertRow(Clustering.Members.Silo(), new(1, "0")),
            () => table.UpdateRow(Clustering.Members.Silo(), "0", new(1, "0")),
            () => table.UpdateIAmAlive(Clustering.Members.Silo()),
            () => documents.InsertOneAsync([]),
            () => documents.BulkWriteAsync([new InsertOneModel<BsonDocument>([]), new InsertOneModel<BsonDocument>([])], new() { IsOrdered = false }),
            () => documents.DeleteOneAsync(new BsonDocument("_id", 1)),
        ];
        foreach (var write in writes)
        {
            var e = await Assert.ThrowsAnyAsync<MongoException>(write);
            Assert.True(MongoConnection.IsAway(e), e.ToString());
            Assert.Equal($"the MongoDB at {server.Address}/tickets {complaint}", connection.Explain(e));
        }
    }

    private static DatabaseException Refusal(string url)
    {
        var refusal = Assert.Throws<DatabaseException>(() => MongoConnection.To(url));
        AssertHarmless(refusal);
        return refusal;
    }

    private static async Task<string> Complaint(string address, string options = "")
    {
        using var connection = MongoConnection.To($"mongodb://{address}/tickets{options}");
        var begun = Stopwatch.GetTimestamp();
        var complaint = await Assert.ThrowsAsync<DatabaseException>(() => connection.Check());
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, Patience);
        AssertHarmless(complaint);
        return complaint.Message;
    }

    /// <summary>One line, and no password in it or in anything that a log would show of it.</summary>
    private static void AssertHarmless(Exception e)
    {
        Assert.DoesNotContain('\n', e.Message);
        Assert.DoesNotContain(Password, e.ToString(), StringComparison.Ordinal);
    }
}
