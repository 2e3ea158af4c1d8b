using MongoDB.Bson;
using MongoDB.Driver;
using Ticketing.Storage.Tests.Mongo;

namespace Ticketing.Silo.Tests.Processes;

/// <summary>What is wrong with a cluster's settings or its database is one clear line and an exit code, of silos and of gateways, and names no password.</summary>
public sealed class ClusterStartTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static TheoryData<bool, string, string?, string> WrongSettings => new()
    {
        { false, "DATABASE_URL", null, "DATABASE_URL is not set" },
        { true, "DATABASE_URL", null, "Ticketing__Gateway is false, but DATABASE_URL is not set" },
        { true, "DATABASE_URL", "postgres://somebody:Geheim-7@127.0.0.1/tickets", "DATABASE_URL is no connection string of MongoDB" },
        { false, "DATABASE_URL", "mongodb://somebody:Geheim-7@127.0.0.1:1/tickets?w=1", "DATABASE_URL asks for w=1" },
        { true, "DATABASE_URL", "mongodb://somebody:Geheim-7@127.0.0.1:1/tickets?retryWrites=false", "DATABASE_URL asks for retryWrites=false" },
        { true, "Ticketing__SiloPort", "0", "Ticketing__SiloPort is '0'" },
        { true, "Ticketing__GatewayPort", "11111", "Ticketing__SiloPort and Ticketing__GatewayPort are the same" },
        { true, "Ticketing__AdvertisedAddress", "no such host.invalid", "Ticketing__AdvertisedAddress is 'no such host.invalid'" },
        { true, "Ticketing__ProbeSeconds", "61", "Ticketing__ProbeSeconds is '61'" },
        { true, "Ticketing__Gateway", "perhaps", "Ticketing__Gateway is 'perhaps'" },
        { false, "JWT_EXTERNAL_SIGNATURE", null, "JWT_EXTERNAL_SIGNATURE is not set" },
        { false, "JWT_INTERNAL_SIGNATURE", null, "JWT_INTERNAL_SIGNATURE is not set" },
        { false, "JWT_INTERNAL_SIGNATURE", "too-short", "JWT_INTERNAL_SIGNATURE has 9 bytes" },
        { false, "Ticketing__TrustedProxies", "10.0.0.0/33", "Ticketing__TrustedProxies has '10.0.0.0/33'" },
    };

    [Theory]
    [MemberData(nameof(WrongSettings))]
    public Task A_wrong_setting_is_one_clear_line(bool isSilo, string name, string? value, string expected) =>
        Refused(isSilo, new() { ["DATABASE_URL"] = "mongodb://127.0.0.1:1/tickets", [name] = value }, expected);

    [Fact]
    public Task A_server_that_does_not_answer_is_asked_for_a_while_and_then_is_one_clear_line()
    {
        const string Url = "mongodb://somebody:Geheim-7@127.0.0.1:1/tickets?replicaSet=rs0";
        const string Expected = "the MongoDB at 127.0.0.1:1/tickets does not answer";
        // They wait and do nothing, so they may do it together.
        return Task.WhenAll(
            Refused(isSilo: true, new() { ["DATABASE_URL"] = Url }, Expected),
            Refused(isSilo: false, new() { ["DATABASE_URL"] = Url }, Expected),
            Refused(isSilo: true, new() { ["DATABASE_URL"] = null, ["DATABASE_URL_AUTH_SERVICE"] = "mongodb://127.0.0.1:1/auth-service" }, "the MongoDB at 127.0.0.1:1/ticketing does not answer"));
    }

    [Fact]
    public async Task The_seven_variables_of_the_services_must_name_one_server()
    {
        await Refused(
            isSilo: true,
            new()
            {
                ["DATABASE_URL"] = null,
                ["DATABASE_URL_AUTH_SERVICE"] = "mongodb://somebody:Geheim-7@127.0.0.1:1/auth-service",
                ["DATABASE_URL_USERS_SERVICE"] = "mongodb://somebody:Geheim-7@127.0.0.1:2/users-service",
            },
            "name several servers");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_is_no_replica_set_or_wants_a_login_is_one_clear_line(bool isSilo)
    {
        await using var alone = new ScriptedMongo(hello =>
        {
            hello.Remove("setName");
            hello.Remove("hosts");
        });
        await Refused(isSilo, new() { ["DATABASE_URL"] = $"mongodb://{alone.Address}/tickets" }, "is not a replica set");
        await using var locked = new ScriptedMongo();
        locked.Answers["listCollections"] = ScriptedMongo.Error(13, "Unauthorized", "command listCollections requires authentication");
        await Refused(isSilo, new() { ["DATABASE_URL"] = $"mongodb://{locked.Address}/tickets?replicaSet=rs0" }, "wants a login");
    }

    [SkippableFact]
    public async Task A_database_of_an_older_schema_or_of_another_program_is_one_clear_line_and_left_alone()
    {
        using var database = TestMongo.NewDatabase();
        using var client = new MongoClient(database.Url);
        var schema = client.GetDatabase(MongoUrl.Create(database.Url).DatabaseName).GetCollection<BsonDocument>("schema");
        await schema.InsertOneAsync(new() { { "_id", "ticketing" }, { "version", 1 } });
        await Refused(isSilo: true, new() { ["DATABASE_URL"] = database.Url }, "has schema 1; this program works on schema 2");
        Assert.Equal(["schema"], await (await schema.Database.ListCollectionNamesAsync()).ToListAsync());

        using var foreign = TestMongo.NewDatabase();
        await client.GetDatabase(MongoUrl.Create(foreign.Url).DatabaseName).GetCollection<BsonDocument>("recipes").InsertOneAsync(new("name", "soup"));
        await Refused(isSilo: true, new() { ["DATABASE_URL"] = foreign.Url }, "belongs to another program");
    }

    private static async Task Refused(bool isSilo, Dictionary<string, string?> changes, string expected)
    {
        using var directory = new DataDirectory();
        var settings = new Dictionary<string, string?>(changes);
        if (isSilo) settings.TryAdd("Ticketing__Gateway", "false");
        await using var child = isSilo ? Child.Start(directory.Path, settings) : Child.StartGateway(directory.Path, settings);
        var code = await child.Exit(Patience);

        Assert.True(child.Errors.Count == 1, $"exit {code}\n{string.Join('\n', child.Output)}\n{string.Join('\n', child.Errors)}");
        Assert.StartsWith("Ticketing cannot start: ", child.Errors[0], StringComparison.Ordinal);
        Assert.Contains(expected, child.Errors[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Geheim-7", child.Errors[0], StringComparison.Ordinal);
        Assert.Empty(child.Output);
        Assert.Equal(1, code);
    }
}
