using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using Ticketing.Clustering.Mongo;
using Ticketing.Grains.Abstractions;
using Ticketing.Storage.Mongo;
using Ticketing.Storage.Tests.Mongo;

namespace Ticketing.Storage.Tests.Clustering;

/// <summary>A silo that was declared dead writes nothing more, whatever it thinks itself.</summary>
public sealed class SiloGuardTests
{
    private static readonly TimeSpan Confidence = TimeSpan.FromSeconds(5);
    private static readonly SiloAddress Silo = SiloAddress.FromParsableString("10.0.0.1:11111@7");

    [SkippableFact]
    public async Task A_silo_writes_until_it_looks_and_finds_itself_declared_dead_and_never_again()
    {
        using var database = TestMongo.NewDatabase();
        using var connection = MongoConnection.To(database.Url);
        var time = new FakeTimeProvider();
        var guard = new SiloGuard(connection, "ours", Confidence, time);
        using var engine = await MongoEngine.Open(connection, guard);
        // While it starts it is in no table yet.
        Assert.True(Writes(engine));
        await Table(connection, "Active");
        guard.Watch(Silo);
        Assert.True(Writes(engine));

        await Table(connection, "Dead");
        time.Advance(Confidence - TimeSpan.FromMilliseconds(1));
        Assert.True(Writes(engine));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(Writes(engine));
        // Dead is final.
        await Table(connection, "Active");
        time.Advance(Confidence);
        Assert.False(Writes(engine));
    }

    [SkippableTheory]
    [InlineData("Active", true)]
    [InlineData("ShuttingDown", true)]
    [InlineData("Dead", false)]
    [InlineData(null, false)]
    public async Task Only_a_member_that_is_not_dead_may_write(string? status, bool may)
    {
        using var database = TestMongo.NewDatabase();
        using var connection = MongoConnection.To(database.Url);
        var time = new FakeTimeProvider();
        var guard = new SiloGuard(connection, "ours", Confidence, time);
        await Table(connection, status);
        guard.Watch(Silo);
        time.Advance(Confidence);

        Assert.Equal(may, guard.MayWrite());
    }

    private static bool Writes(MongoEngine engine)
    {
        try
        {
            engine.Commit([new WriteUnit(new(Tables.States, WriteRule.IfAbsent, 0, Cell.Of(RecordId.New(DateTimeOffset.UnixEpoch).ToString()), 1, [Cell.Of(new byte[] { 1 })]))]);
            return true;
        }
        catch (StorageException e) when (e.IsAway && e.Message.Contains("declared dead", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static async Task Table(MongoConnection connection, string? status)
    {
        var silos = status is null ? [] : new BsonDocument(MembershipDocument.Path(Silo)["silos.".Length..], new BsonDocument("status", status));
        await connection.Database.GetCollection<BsonDocument>(MongoConnection.MembershipCollection).ReplaceOneAsync(
            new BsonDocument("_id", "ours"), new BsonDocument { { "version", 1L }, { "silos", silos } }, new MongoDB.Driver.ReplaceOptions { IsUpsert = true });
    }
}
