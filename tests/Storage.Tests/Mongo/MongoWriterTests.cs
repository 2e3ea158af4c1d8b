using MongoDB.Bson;
using MongoDB.Driver;
using Ticketing.Storage.Mongo;
using Ticketing.Storage.Tests.Conformance;

namespace Ticketing.Storage.Tests.Mongo;

/// <summary>What is MongoDB's own: a batch and its records are several writes, and another silo may write between them.</summary>
public sealed class MongoWriterTests : EngineConformance
{
    private readonly MongoDatabase database;

    public MongoWriterTests()
        : this(new MongoDatabase())
    {
    }

    private MongoWriterTests(MongoDatabase database)
        : base(database) => this.database = database;

    [SkippableFact]
    public async Task A_batch_whose_records_were_cut_off_gets_them_when_it_is_repeated()
    {
        var (ticket, payment) = (Samples.Ticket(), Samples.Payment());
        var append = Samples.Append(Samples.Id(), Samples.Batch(1), Samples.Put(ticket, 1), Samples.Born(payment));
        Collection(MongoSchema.Journal).InsertOne(Documents.Of(append.Key, append.Batch));

        Assert.Equal([UnitOutcome.Committed], Commit(append));
        Assert.Equal(ticket, (await Engine.Find(Tables.Tickets, ticket.Id.Value))?.Ticket);
        Assert.Equal(payment, await Engine.Find(Tables.Payments, payment.Payment!.Id.Value));
    }

    [SkippableFact]
    public async Task A_snapshot_that_was_cut_off_does_not_count_and_is_removed_by_the_next()
    {
        var key = Samples.Id();
        var (old, next) = (new Grains.Events.Snapshot(3, new byte[2 * SnapshotUnit.ChunkSize], [1]), new Grains.Events.Snapshot(9, [9], [9]));
        Commit(new SnapshotUnit(key, old));
        foreach (var chunk in new[] { 0, 2 })
        {
            Collection(MongoSchema.Snapshots).InsertOne(new BsonDocument
            {
                { "_id", Documents.Place(key, 7, chunk) }, { "chunks", 3 }, { "chain", new byte[] { 7 } }, { "payload", new byte[] { 7 } },
            });
        }

        Assert.Equal(3, (await Engine.ReadSnapshot(key))!.Number);
        Commit(new SnapshotUnit(key, next));
        Assert.Equal(9, (await Engine.ReadSnapshot(key))!.Number);
        Assert.Equal(1, await Collection(MongoSchema.Snapshots).CountDocumentsAsync(new BsonDocument()));
    }

    [SkippableFact]
    public async Task Two_silos_that_write_records_of_one_key_at_once_leave_the_newest()
    {
        using var other = database.Open();
        for (var round = 0; round < 20; round++)
        {
            var id = Samples.Id();
            await Task.WhenAll(
                Task.Run(() => Put(Engine, 1)), Task.Run(() => Put(other, 2)), Task.Run(() => Put(Engine, 3)), Task.Run(() => Put(other, 4)));
            Assert.Equal(4, (await Engine.Find(Tables.Tickets, Cell.Of(id)))!.Version);

            void Put(IEngine engine, long version) => engine.Commit([Samples.Append(Samples.Id(), Samples.Batch(1), Samples.Put(Samples.Ticket(id), version))]);
        }
    }

    [SkippableFact]
    public async Task Of_two_silos_that_replace_one_state_at_once_one_wins()
    {
        using var other = database.Open();
        Commit(Samples.State("state", WriteRule.Always, 0, 1, "first"));
        for (var round = 1; round <= 20; round++)
        {
            var units = Enumerable.Range(0, 4).Select(i => new WriteUnit(Samples.State("state", WriteRule.IfExpected, round, 1000 + i, $"{i}"))).ToArray();
            await Task.WhenAll(units.Select((unit, i) => Task.Run(() => (i % 2 == 0 ? Engine : other).Commit([unit]))));
            var winner = Assert.Single(units, unit => unit.Outcome == UnitOutcome.Committed);
            Assert.Equal(3, units.Count(unit => unit.Outcome == UnitOutcome.Conflict));
            Assert.Equal(winner.Write.Version, (await Engine.Find(Tables.States, Cell.Of("state")))!.Version);
            Commit(Samples.State("state", WriteRule.Always, 0, round + 1, "next"));
        }
    }

    [SkippableFact]
    public void Every_index_is_made_and_those_of_the_jobs_hold_only_what_is_due()
    {
        foreach (var table in Tables.All)
        {
            var indexes = Collection(table.Name).Indexes.List().ToList();
            foreach (var columns in table.Indexes)
            {
                var index = Assert.Single(indexes, index => index["name"] == string.Join('_', columns));
                Assert.Equal([.. columns, "_id"], index["key"].AsBsonDocument.Names);
                Assert.Equal(columns.Contains("next_at"), index.Contains("partialFilterExpression"));
            }
        }
    }

    [SkippableFact]
    public void What_jobs_and_owners_ask_for_is_answered_from_an_index()
    {
        for (var i = 0; i < 200; i++)
            Commit(Samples.Append(Samples.Id(), Samples.Batch(1), Samples.Put(Samples.Ticket(), 1), Samples.Born(Samples.Payment(nextAt: i % 10 == 0 ? Samples.Noon : null))));
        Query due = new(Tables.Payments, [new("shard", Test.Equal, Cell.Of(3)), new("next_at", Test.AtMost, Cell.Of(Samples.Noon))], Cell.None, 10);
        Query owned = new(Tables.Tickets, [new("user_id", Test.Equal, Cell.Of(Samples.Id())), new("deleted", Test.Absent, Cell.None)], Cell.None, 10);
        Assert.Contains("shard_next_at", Plan(due), StringComparison.Ordinal);
        Assert.Contains("user_id", Plan(owned), StringComparison.Ordinal);

        string Plan(Query query)
        {
            var find = new BsonDocument { { "find", query.Table.Name }, { "filter", MongoEngine.Filter(query) }, { "sort", new BsonDocument("_id", 1) }, { "limit", query.Limit }, { "hint", MongoEngine.Index(query) } };
            return database.Connection.Database.RunCommand<BsonDocument>(new BsonDocument { { "explain", find } })["queryPlanner"]["winningPlan"].ToJson();
        }
    }

    private IMongoCollection<BsonDocument> Collection(string name) => database.Connection.Database.GetCollection<BsonDocument>(name);
}
