using MongoDB.Bson;
using MongoDB.Driver;
using Ticketing.Clustering.Mongo;
using Ticketing.Storage.Mongo;

namespace Ticketing.Storage.Tests.Mongo;

/// <summary>What a silo finds in a database at start, and what it makes there.</summary>
public sealed class MongoSchemaTests : IDisposable
{
    private readonly TestMongo.Disposable database;
    private readonly MongoConnection connection;

    public MongoSchemaTests()
    {
        Skip.If(TestMongo.Reason is not null, TestMongo.Reason);
        database = TestMongo.NewDatabase();
        connection = MongoConnection.To(database.Url);
    }

    public void Dispose()
    {
        connection?.Dispose();
        database?.Dispose();
    }

    [SkippableFact]
    public async Task Many_silos_that_start_at_once_on_an_empty_database_all_start()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => MongoEngine.Open(connection))));
        Assert.Equal(1, await connection.Database.GetCollection<BsonDocument>("schema").CountDocumentsAsync(new BsonDocument()));
        using var engine = await MongoEngine.Open(connection);
        engine.Commit([Samples.Append(Samples.Id(), Samples.Batch(1), Samples.Purchase())]);
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(MongoSchema.Version + 1)]
    public async Task A_database_of_another_schema_is_refused_in_one_line_and_left_alone(int version)
    {
        await MongoEngine.Open(connection);
        var schema = connection.Database.GetCollection<BsonDocument>("schema");
        await schema.UpdateOneAsync(new BsonDocument(), new BsonDocument("$set", new BsonDocument("version", version)));
        await connection.Database.DropCollectionAsync("tickets");

        var refusal = await Assert.ThrowsAsync<StorageException>(() => MongoEngine.Open(connection));

        Assert.Contains($"has schema {version}; this program works on schema {MongoSchema.Version}", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.DoesNotContain("tickets", await (await connection.Database.ListCollectionNamesAsync()).ToListAsync());
    }

    [SkippableFact]
    public async Task A_database_of_another_program_is_refused_and_left_alone()
    {
        await connection.Database.GetCollection<BsonDocument>("users").InsertOneAsync(new BsonDocument("email", "ada@example.org"));

        var refusal = await Assert.ThrowsAsync<StorageException>(() => MongoEngine.Open(connection));

        Assert.Contains("belongs to another program", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["users"], await (await connection.Database.ListCollectionNamesAsync()).ToListAsync());
    }

    [SkippableFact]
    public async Task A_start_that_was_cut_short_is_taken_up()
    {
        await MongoEngine.Open(connection);
        foreach (var name in new[] { "journal", "payments" }) await connection.Database.DropCollectionAsync(name);

        using var engine = await MongoEngine.Open(connection);

        engine.Commit([Samples.Append(Samples.Id(), Samples.Batch(1), Samples.Purchase())]);
        Assert.Contains(await (await connection.Database.GetCollection<BsonDocument>("payments").Indexes.ListAsync()).ToListAsync(), index => index["name"] == "shard_next_at");
    }
}
