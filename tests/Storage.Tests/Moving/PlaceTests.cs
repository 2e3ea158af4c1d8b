using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MongoDB.Driver;
using Orleans.Configuration;
using Ticketing.Clustering.Mongo;
using Ticketing.Storage.Mongo;
using Ticketing.Storage.Moving;
using Ticketing.Storage.Sqlite;
using Ticketing.Storage.Tests.Sqlite;

namespace Ticketing.Storage.Tests.Moving;

/// <summary>What may be copied from and into, and what a copy that ends early leaves.</summary>
public sealed class PlaceTests : IAsyncLifetime
{
    private static readonly TimeProvider Time = TimeProvider.System;

    private readonly House house = House.Build();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await house.DisposeAsync();

    [Fact]
    public async Task A_copy_to_SQLite_that_is_cut_short_leaves_no_database_and_can_be_repeated()
    {
        await house.Furnish();
        var directory = house.Fresh();

        await CutShort(new SqliteDestination(directory));

        Assert.Equal([Path.Combine(directory, "lock")], Directory.GetFileSystemEntries(directory));
        // What a killed copy leaves is in the way of nobody.
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(directory, "copying")).FullName, "ticketing.db"), "half");
        Assert.Null((await House.Carry(house.Open(), new SqliteDestination(directory))).Problem);
        Assert.Empty(Directory.GetDirectories(directory));
    }

    [SkippableFact]
    public async Task A_copy_to_MongoDB_that_is_cut_short_is_refused_to_silos_and_copies_until_it_is_dropped()
    {
        var mongo = house.FreshMongo();
        await house.Furnish();

        await CutShort(await MongoDestination.Open(mongo, Time));

        Assert.NotEqual(0, await mongo.Database.GetCollection<BsonDocument>("journal").CountDocumentsAsync(new BsonDocument()));
        await Refused("is being copied to, or a copy was cut short: wait for it, or drop the database and copy again", () => MongoEngine.Open(mongo));
        await Refused("is being copied to, or a copy was cut short: wait for it, or drop the database and copy again", () => MongoDestination.Open(mongo, Time));
        await Refused("is being copied to, or a copy was cut short", () => MongoOrigin.Open(mongo, Time));
        await mongo.Database.Client.DropDatabaseAsync(mongo.Database.DatabaseNamespace.DatabaseName);
        Assert.Null((await House.Carry(house.Open(), await MongoDestination.Open(mongo, Time))).Problem);
        using var engine = await MongoEngine.Open(mongo);
    }

    [SkippableFact]
    public async Task Of_two_copies_into_one_MongoDB_database_one_begins()
    {
        var mongo = house.FreshMongo();
        var begun = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(async () =>
        {
            try
            {
                return await MongoDestination.Open(mongo, Time);
            }
            catch (StorageException e) when (e.Message.Contains("is being copied to", StringComparison.Ordinal))
            {
                return null;
            }
        })));
        Assert.Single(begun, one => one is not null);
    }

    [SkippableFact]
    public async Task A_target_that_was_dropped_and_taken_by_another_copy_is_not_completed()
    {
        var mongo = house.FreshMongo();
        await using var first = await MongoDestination.Open(mongo, Time);
        await mongo.Database.Client.DropDatabaseAsync(mongo.Database.DatabaseNamespace.DatabaseName);
        await using var second = await MongoDestination.Open(mongo, Time);
        await Refused("was dropped or taken by somebody else", () => first.Complete());
        await Refused("is being copied to", () => MongoEngine.Open(mongo));
    }

    [SkippableFact]
    public async Task A_MongoDB_database_that_is_not_empty_is_no_target_and_stays_as_it_is()
    {
        var (ours, foreign) = (house.FreshMongo(), house.FreshMongo());
        using (await MongoEngine.Open(ours)) await Refused("holds a ticketing database already: copy into an empty one", () => MongoDestination.Open(ours, Time));
        await foreign.Database.GetCollection<BsonDocument>("cats").InsertOneAsync(new BsonDocument("name", "Tom"));
        await Refused("is not empty: it has cats", () => MongoDestination.Open(foreign, Time));
        Assert.Equal(["cats"], await (await foreign.Database.ListCollectionNamesAsync()).ToListAsync());
        using var engine = await MongoEngine.Open(ours);
    }

    [Fact]
    public async Task A_directory_with_a_database_is_no_target_and_stays_as_it_is()
    {
        using var database = new SqliteDatabase();
        await Refused("is in use by another process", () => Task.FromResult(new SqliteDestination(house.Directory)));
        database.Open().Dispose();
        var bytes = await File.ReadAllBytesAsync(database.File);
        await Refused("holds a database already; copy into a data directory without one", () => Task.FromResult(new SqliteDestination(database.Directory)));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(database.File));
        Assert.Empty(Directory.GetDirectories(database.Directory));
    }

    [SkippableFact]
    public async Task A_source_that_is_not_there_or_not_ours_is_refused()
    {
        using var database = new SqliteDatabase();
        await Refused("there is no database", () => Task.FromResult(new SqliteOrigin(database.File)));
        Assert.Empty(Directory.GetFileSystemEntries(database.Directory));
        await File.WriteAllTextAsync(database.File, "");
        await Refused("is damaged (it is empty)", () => Task.FromResult(new SqliteOrigin(database.File)));
        await File.WriteAllTextAsync(database.File, string.Concat(Enumerable.Repeat("No database at all. ", 100)));
        await Refused("is damaged (it is no database)", () => Task.FromResult(new SqliteOrigin(database.File)));
        var mongo = house.FreshMongo();
        await Refused("there is no database of this program at", () => MongoOrigin.Open(mongo, Time));
        Assert.Empty(await (await mongo.Database.ListCollectionNamesAsync()).ToListAsync());
    }

    [Theory]
    [InlineData(1, "start this program on it once")]
    [InlineData(99, "use a newer program")]
    public async Task A_source_of_another_schema_is_refused(int version, string said)
    {
        using var database = new SqliteDatabase();
        database.Open().Dispose();
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={database.File};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA user_version = {version}";
            command.ExecuteNonQuery();
        }

        await Refused(said, () => Task.FromResult(new SqliteOrigin(database.File)));
        await Refused(said, () => Task.FromResult(new SqliteOrigin(database.File)));
    }

    [Fact]
    public async Task A_SQLite_source_that_is_in_use_is_refused_and_one_that_is_read_is_in_use()
    {
        await Refused("is in use by another process", () => Task.FromResult(new SqliteOrigin(Path.Combine(house.Directory, "ticketing.db"))));
        using var database = new SqliteDatabase();
        database.Open().Dispose();
        await using (new SqliteOrigin(database.File)) await Refused("is in use by another process", () => Task.FromResult(database.Open()));
        database.Open().Dispose();
    }

    public static TheoryData<SiloStatus, int, bool> Silos => new()
    {
        { SiloStatus.Active, 5, true }, { SiloStatus.Joining, 5, true }, { SiloStatus.ShuttingDown, 5, true }, { SiloStatus.Active, -5, true }, { SiloStatus.Active, 61, false }, { SiloStatus.Dead, 5, false },
    };

    [SkippableTheory]
    [MemberData(nameof(Silos))]
    public async Task A_MongoDB_database_is_in_use_while_a_silo_is_alive_on_it(SiloStatus status, int secondsAgo, bool isInUse)
    {
        var (source, target) = (house.FreshMongo(), house.FreshMongo());
        (await MongoEngine.Open(source)).Dispose();
        foreach (var one in new[] { source, target }) await Join(one, status, Time.GetUtcNow().AddSeconds(-secondsAgo));
        if (isInUse)
        {
            await Refused("is in use: the silo 10.0.0.7:11111 was alive", () => MongoOrigin.Open(source, Time));
            await Refused("is in use: the silo 10.0.0.7:11111 was alive", () => MongoDestination.Open(target, Time));
        }
        else
        {
            Assert.Null((await House.Carry(await MongoOrigin.Open(source, Time), await MongoDestination.Open(target, Time))).Problem);
        }
    }

    [SkippableFact]
    public async Task A_silo_that_starts_on_the_source_while_it_is_copied_spoils_the_copy()
    {
        var (source, target) = (house.FreshMongo(), house.FreshMongo());
        (await MongoEngine.Open(source)).Dispose();
        await Refused("was used while it was copied: stop every silo, and copy again", async () => await House.Carry(
            await MongoOrigin.Open(source, Time), await MongoDestination.Open(target, Time), () => Join(source, SiloStatus.Active, Time.GetUtcNow())));
        await Refused("is being copied to", () => MongoEngine.Open(target));
    }

    [SkippableFact]
    public async Task A_database_that_does_not_answer_for_a_moment_is_asked_again()
    {
        var mongo = house.FreshMongo();
        await house.Furnish(batches: 12);
        using var faulty = new FaultyEngine(house.Engine);
        var reads = 0;
        faulty.BeforeJournal = () => ++reads % 3 == 1 ? throw new StorageException("gone for a moment") { IsAway = true } : Task.CompletedTask;
        await using var to = await MongoDestination.Open(mongo, Time);
        using var target = new FaultyEngine(to.Engine);
        var groups = 0;
        target.After = _ => ++groups % 5 == 1 ? new StorageException("an answer that was lost") : null;

        var findings = await House.Carry(House.Open(faulty), new Beyond(target, to));

        Assert.Null(findings.Problem);
        Assert.NotEqual(0, reads);
        Assert.True(groups > 10);
    }

    private async Task CutShort(Destination to)
    {
        using var cancellation = new CancellationTokenSource();
        await using (to)
        {
            var move = new Move(house.Open(), to, Time, line =>
            {
                if (line.Contains("tickets", StringComparison.Ordinal)) cancellation.Cancel();
            });
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => move.Copy(cancellation.Token));
        }
    }

    private static async Task Join(MongoConnection connection, SiloStatus status, DateTimeOffset heard)
    {
        var table = new MongoMembershipTable(connection, Options.Create(new ClusterOptions { ClusterId = "ticketing", ServiceId = "ticketing" }));
        await table.InitializeMembershipTable(true);
        var silo = new MembershipEntry
        {
            SiloAddress = SiloAddress.New(System.Net.IPAddress.Parse("10.0.0.7"), 11111, 7),
            Status = status,
            HostName = "host",
            SiloName = "silo",
            StartTime = heard.UtcDateTime.AddHours(-1),
            IAmAliveTime = heard.UtcDateTime,
        };
        Assert.True(await table.InsertRow(silo, (await table.ReadAll()).Version.Next()));
    }

    private static async Task Refused<T>(string said, Func<Task<T>> ask)
    {
        var refusal = await Assert.ThrowsAsync<StorageException>(ask);
        Assert.Contains(said, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    private static Task Refused(string said, Func<Task> ask) => Refused(said, async () =>
    {
        await ask();
        return true;
    });

    private sealed class Beyond(IEngine engine, Destination inner) : Destination
    {
        public override string Name => inner.Name;

        public override IEngine Engine => engine;

        public override string? LeftBehind => null;

        public override Task Complete() => inner.Complete();

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
