using System.Security.Cryptography;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;
using Ticketing.Storage.Events;
using Ticketing.Storage.Mongo;
using Ticketing.Storage.Moving;
using Ticketing.Storage.Sqlite;
using Ticketing.Storage.Tests.Backups;

namespace Ticketing.Storage.Tests.Moving;

/// <summary>A database that moves between real engines stays the same, and life goes on in it.</summary>
public sealed class MoveTests : IAsyncLifetime
{
    private readonly House house = House.Build();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await house.DisposeAsync();

    [SkippableFact]
    public async Task A_database_goes_to_MongoDB_and_back_and_to_another_of_each_and_every_record_stays_as_it_was()
    {
        var (one, other) = (house.FreshMongo(), house.FreshMongo());
        var (back, further) = (house.Fresh(), house.Fresh());
        await house.Furnish();
        var snapshot = await house.AddLargeSnapshot();

        Findings[] hops =
        [
            await House.Carry(house.Open(), await MongoDestination.Open(one, TimeProvider.System)),
            await House.Carry(await MongoOrigin.Open(one, TimeProvider.System), await MongoDestination.Open(other, TimeProvider.System)),
            await House.Carry(await MongoOrigin.Open(other, TimeProvider.System), new SqliteDestination(back)),
            await House.Carry(new SqliteOrigin(Path.Combine(back, "ticketing.db")), new SqliteDestination(further)),
        ];

        Assert.All(hops, hop => Assert.Null(hop.Problem));
        Assert.All(hops, hop => Assert.Equal((2, 40), (hop.Ledgers, hop.Tickets)));
        Assert.All(hops, hop => Assert.Equal(hops[0].Tables.Select(table => (table.Table, table.Rows, table.Checksum)), hop.Tables.Select(table => (table.Table, table.RowsCopied, table.ChecksumCopied))));
        Assert.All(hops[0].Tables, table => Assert.True(table.Rows > 0, $"{table.Table} is empty"));
        Assert.Equal(["journal", "snapshots", .. Tables.All.Select(table => table.Name)], hops[0].Tables.Select(table => table.Table));
        Assert.Equal(hops[0].Tables.Count, hops[0].Tables.Select(table => table.Checksum).Distinct().Count());
        using var last = new SqliteEngine(further);
        Assert.Equal(snapshot.Payload, (await last.ReadSnapshot(Key))!.Payload);
        Assert.Equal(house.Zoë, await last.Find(Tables.Users, house.Zoë.Profile!.Id.Value));
        Assert.Empty(Directory.GetDirectories(further));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task On_the_copy_seats_are_sold_commands_are_repeated_and_versions_count_as_before(bool isMongo)
    {
        var (directory, mongo) = (house.Fresh(), isMongo ? house.FreshMongo() : null);
        await house.Furnish();
        house.Engine.Commit([new WriteUnit(Samples.State("state", WriteRule.Always, 0, 17, "before"))]);
        var (command, before) = (house.Installation.Operation(), house.Ledger.Sale.Record());
        var bought = Buy(house.Ledger, command);
        Assert.True(await house.Ledger.Commit(Samples.Noon));

        Assert.Null((await House.Carry(house.Open(), mongo is null ? new SqliteDestination(directory) : await MongoDestination.Open(mongo, TimeProvider.System))).Problem);

        using IEngine engine = mongo is null ? new SqliteEngine(directory) : await MongoEngine.Open(mongo);
        await using var loop = new CommitLoop(engine, new Logs());
        var ledger = await Ledger.Open(before.Id, new SameThreadJournal(new Journal(engine, loop)), Samples.Noon);
        Assert.False(ledger.Stopped);
        Assert.Null(ledger.DamagedSnapshot);
        Assert.Equal(bought, Buy(ledger, command));
        Assert.NotEqual(bought, Buy(ledger, house.Installation.Operation(), seat: 151));
        Assert.True(await ledger.Commit(Samples.Noon));
        Assert.Equal(UnitOutcome.Conflict, await loop.Commit(new WriteUnit(Samples.State("state", WriteRule.IfExpected, 16, 18, "stale"))));
        Assert.Equal(UnitOutcome.Committed, await loop.Commit(new WriteUnit(Samples.State("state", WriteRule.IfExpected, 17, 18, "after"))));

        TicketId Buy(Ledger at, Operation operation, uint seat = 150)
        {
            var purchase = new Purchase(operation, new(new(1, 2)), seat, Currency.Eur, Installation.Card);
            var answer = at.Sale.Buy(purchase, new(Samples.Id()), new(Samples.Id()), "simulated-1", Samples.Noon.AddDays(1), Samples.Noon);
            Assert.True(answer.IsDone, $"{answer}");
            return answer.Value.Id;
        }
    }

    [Fact]
    public async Task The_source_keeps_every_byte_also_when_its_last_process_was_killed()
    {
        await house.Furnish();
        var killed = Directory.CreateDirectory(house.Fresh()).FullName;
        // The log is not in the file yet: so it is after a kill.
        foreach (var file in Directory.GetFiles(house.Directory, "ticketing.db*").Where(name => !name.EndsWith("-shm", StringComparison.Ordinal))) File.Copy(file, Path.Combine(killed, Path.GetFileName(file)));
        Assert.NotEqual(0, new FileInfo(Path.Combine(killed, "ticketing.db-wal")).Length);
        var before = Bytes(killed);

        var findings = await House.Carry(new SqliteOrigin(Path.Combine(killed, "ticketing.db")), new SqliteDestination(house.Fresh()));

        Assert.Null(findings.Problem);
        Assert.Equal(40, findings.Tickets);
        Assert.Equal(before, Bytes(killed));

        static Dictionary<string, string> Bytes(string directory) => Directory.GetFiles(directory, "ticketing.db*").Where(name => !name.EndsWith("-shm", StringComparison.Ordinal)).ToDictionary(name => name, name => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(name))));
    }

    [Fact]
    public async Task A_file_of_any_name_is_a_source_and_nothing_is_left_beside_it()
    {
        await house.Furnish();
        Assert.Null((await House.Carry(house.Open(), new SqliteDestination(house.Fresh()))).Problem);
        var directory = Directory.CreateDirectory(house.Fresh() + " with #signs? 100%").FullName;
        var file = Path.Combine(directory, "copy of ä.sqlite");
        File.Copy(Path.Combine(house.Installation.Fresh("house-0"), "ticketing.db"), file);

        Assert.Null((await House.Carry(new SqliteOrigin(file), new SqliteDestination(house.Fresh()))).Problem);

        Assert.Equal([file, Path.Combine(directory, "lock")], Directory.GetFiles(directory).Order());
    }

    private RecordId Key => house.Ledger.Sale.Record().Id.Value;
}
