using Microsoft.Data.Sqlite;
using MongoDB.Bson;
using Ticketing.Storage.Mongo;
using Ticketing.Storage.Moving;
using Ticketing.Storage.Sqlite;

namespace Ticketing.Storage.Tests.Moving;

/// <summary>What is not the same on both sides, or does not hold, is found and named, and nobody serves on it.</summary>
public sealed class DamageTests : IAsyncLifetime
{
    private readonly House house = House.Build();

    public async Task InitializeAsync()
    {
        await house.Furnish(batches: 12);
        house.Engine.Commit([new WriteUnit(Samples.State("a state", WriteRule.Always, 0, 5, "as it was"))]);
    }

    public async Task DisposeAsync() => await house.DisposeAsync();

    public static TheoryData<string, bool> Damages => new()
    {
        { "changed", false }, { "changed", true }, { "of another version", false }, { "of another version", true }, { "gone", false }, { "gone", true }, { "added", false }, { "added", true },
    };

    [SkippableTheory]
    [MemberData(nameof(Damages))]
    public async Task A_record_that_is_changed_between_copy_and_comparison_is_named(string damage, bool isMongo)
    {
        var (directory, mongo) = (house.Fresh(), isMongo ? house.FreshMongo() : null);
        Destination to = mongo is null ? new SqliteDestination(directory) : await MongoDestination.Open(mongo, TimeProvider.System);

        var findings = await House.Carry(house.Open(), to, () =>
        {
            var unit = new WriteUnit(damage switch
            {
                "changed" => Samples.State("a state", WriteRule.Always, 0, 5, "as it is"),
                "of another version" => Samples.State("a state", WriteRule.Always, 0, 6, "as it was"),
                "gone" => Samples.Removal("a state", 5),
                _ => Samples.State("~ more", WriteRule.Always, 0, 5, "more"),
            });
            to.Engine.Commit([unit]);
            Assert.Equal(UnitOutcome.Committed, unit.Outcome);
            return Task.CompletedTask;
        });

        var different = Assert.Single(findings.Tables, table => !table.IsSame);
        Assert.Equal("states", different.Table);
        Assert.NotEqual(different.Checksum, different.ChecksumCopied);
        Assert.StartsWith("the two sides differ in states: ", findings.Problem, StringComparison.Ordinal);
        Assert.Contains(damage == "added" ? "~ more" : "record a state", findings.Problem, StringComparison.Ordinal);
        await NobodyServes(directory, mongo);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_batch_that_is_changed_between_copy_and_comparison_is_named(bool isMongo)
    {
        var (directory, mongo) = (house.Fresh(), isMongo ? house.FreshMongo() : null);
        Destination to = mongo is null ? new SqliteDestination(directory) : await MongoDestination.Open(mongo, TimeProvider.System);
        var key = house.Ledger.Sale.Record().Id;

        var findings = await House.Carry(house.Open(), to, async () =>
        {
            if (mongo is null) Run(Path.Combine(directory, "copying", "ticketing.db"), "UPDATE journal SET payload = payload || x'00' WHERE number = 3");
            else await mongo.Database.GetCollection<BsonDocument>("journal").UpdateOneAsync(new BsonDocument("_id", Documents.Place(key.Value, 3)), new BsonDocument("$set", new BsonDocument("payload", new byte[] { 1 })));
        });

        Assert.StartsWith($"the two sides differ in journal: batch 3 of event {key} is not the same", findings.Problem, StringComparison.Ordinal);
        Assert.Contains("batch 3 of the journal is not what was written", findings.Fault, StringComparison.Ordinal);
        await NobodyServes(directory, mongo);
    }

    public static TheoryData<string, string> Contradictions => new()
    {
        { "UPDATE journal SET payload = x'01' WHERE number = 5", "batch 5 of the journal is not what was written" },
        { "DELETE FROM journal WHERE number = 5", "batch 5 of the journal is missing" },
        { "UPDATE tickets SET seat_number = 199 WHERE seat_number = 7", "is not what its ledger adds up to" },
        { "UPDATE tickets SET status = 'Nonsense' WHERE seat_number = 7", "cannot be read" },
        { "DELETE FROM tickets WHERE seat_number = 7", "has no record" },
        { "UPDATE tickets SET event_id = x'000000000000000000000001' WHERE seat_number = 7", "has no record" },
        { "INSERT INTO tickets (id, version, purchase_date, seat_number, status, price, event_id, user_id, payment_id, currency) SELECT x'000000000000000000000001', version, purchase_date, 198, status, price, event_id, user_id, payment_id, currency FROM tickets LIMIT 1", "ticket 000000000000000000000001 is not in the ledger" },
        { "INSERT INTO tickets (id, version, purchase_date, seat_number, status, price, event_id, user_id, payment_id, currency) SELECT x'000000000000000000000001', version, purchase_date, 198, status, price, x'000000000000000000000009', user_id, payment_id, currency FROM tickets LIMIT 1", "record 000000000000000000000001 of tickets is of event 000000000000000000000009, which has no journal" },
        { "UPDATE events SET remaining_seats = 3", "is not what its ledger adds up to" },
        { "DELETE FROM events", "is not what its ledger adds up to" },
        { "INSERT INTO events SELECT x'000000000000000000000001', version, title, description, location, date, capacity, price, remaining_seats, created_at, creator_id, deleted, row_checksum FROM events LIMIT 1", "record 000000000000000000000001 of events is of event 000000000000000000000001, which has no journal" },
        { "INSERT INTO snapshots SELECT event, 4, 0, 1, x'0102', x'03', 0 FROM journal WHERE number = 4", "the snapshot after batch 4 is of another journal" },
    };

    [Theory]
    [MemberData(nameof(Contradictions))]
    public async Task A_source_that_contradicts_itself_is_copied_truly_and_refused(string damage, string said)
    {
        Run(Path.Combine(house.Directory, "ticketing.db"), damage);
        var directory = house.Fresh();

        var findings = await House.Carry(house.Open(), new SqliteDestination(directory));

        Assert.All(findings.Tables, table => Assert.True(table.IsSame, table.Table));
        Assert.StartsWith("the copy is the same as its source, but both are damaged: ", findings.Problem, StringComparison.Ordinal);
        Assert.Contains(said, findings.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', findings.Problem!);
        await NobodyServes(directory, null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Records_that_a_killed_silo_did_not_write_after_its_last_batch_are_no_damage(bool fenced)
    {
        var key = house.Ledger.Sale.Record().Id;
        var before = await Rows();
        var last = house.Installation.Buy(house.Ledger, 100);
        Assert.True(await house.Ledger.Commit(Samples.Noon));
        // As on MongoDB: the batch is there, and what follows it is not.
        Run(Path.Combine(house.Directory, "ticketing.db"), $"DELETE FROM tickets WHERE seat_number = 100; DELETE FROM payments WHERE ticket_id = x'{last.Id}'");
        house.Engine.Commit([new WriteUnit(new(Tables.Events, WriteRule.Always, 0, before.Key, before.Version, before.Members))]);
        if (fenced)
        {
            // Another activation got no further than its word that it opened, which is a batch whose records are missing as well.
            var batches = await house.Engine.ReadJournal(key.Value, 0, int.MaxValue);
            var payload = Grains.Events.EntryFormat.Write([new Grains.Events.Opened(Samples.Noon)]);
            var next = new Grains.Events.JournalBatch(batches.Count + 1, Guid.NewGuid(), payload, Grains.Events.Ledger.Chain(batches[^1].Chain, batches.Count + 1, payload));
            house.Engine.Commit([new AppendUnit(key.Value, next, [])]);
        }

        Assert.Null((await House.Carry(house.Open(), new SqliteDestination(house.Fresh()))).Problem);

        async Task<Row> Rows() => (await house.Engine.Find(Tables.Events, Cell.Of(key.Value)))!;
    }

    private static async Task NobodyServes(string directory, Ticketing.Clustering.Mongo.MongoConnection? mongo)
    {
        if (mongo is null)
        {
            Assert.Equal([Path.Combine(directory, "lock")], Directory.GetFileSystemEntries(directory));
            return;
        }

        var refusal = await Assert.ThrowsAsync<StorageException>(() => MongoEngine.Open(mongo));
        Assert.EndsWith("is being copied to, or a copy was cut short: wait for it, or drop the database and copy again", refusal.Message, StringComparison.Ordinal);
    }

    private static void Run(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.NotEqual(0, command.ExecuteNonQuery());
        // What no checksum of a row finds: whoever changed it has sealed it again.
        foreach (var (table, columns) in Schema.Checked) Schema.Seal(connection, table, columns);
    }
}
