using Ticketing.Clustering.Mongo;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Backups;
using Ticketing.Grains.Events;
using Ticketing.Grains.Users;
using Ticketing.Storage.Moving;
using Ticketing.Storage.Tests.Backups;
using Ticketing.Storage.Tests.Conformance;
using Ticketing.Storage.Tests.Mongo;

namespace Ticketing.Storage.Tests.Moving;

/// <summary>An installation with something of everything in it, and other databases to move it to. All of them go with it.</summary>
internal sealed class House : IAsyncDisposable
{
    private readonly List<IDisposable> owned = [];
    private int directories;

    private House()
    {
    }

    public static House Build() => new();

    public Installation Installation { get; } = Installation.Open();

    /// <summary>A ledger with tickets of every standing, long enough for several pages.</summary>
    public Ledger Ledger { get; private set; } = null!;

    /// <summary>A user with a name and an address that are easily damaged on the way.</summary>
    public UserState Zoë { get; private set; } = null!;

    public IEngine Engine => Installation.Engine;

    /// <summary>Where the installation's database is.</summary>
    public string Directory => Installation.Fresh("data");

    /// <summary>A directory that is not there yet.</summary>
    public string Fresh() => Installation.Fresh($"house-{directories++}");

    /// <summary>A MongoDB database that is not there yet.</summary>
    public MongoConnection FreshMongo()
    {
        Skip.If(TestMongo.Reason is not null, TestMongo.Reason);
        var database = TestMongo.NewDatabase();
        var connection = MongoConnection.To(database.Url);
        owned.AddRange([connection, database]);
        return connection;
    }

    /// <summary>Puts something into every table.</summary>
    /// <param name="batches">How many batches the ledger gets beside its first ones.</param>
    /// <param name="reminders">How many reminders there are beside those of awkward names.</param>
    public async Task<House> Furnish(int batches = 40, int reminders = 2100)
    {
        Ledger = await Installation.NewEvent("Zauberflöte 🎭\0 – «première»", capacity: 200, description: "第一幕、第二幕\r\n'; DROP TABLE events --");
        await Installation.NewEvent("Another evening");
        for (var seat = 1u; seat <= batches; seat++)
        {
            var ticket = Installation.Buy(Ledger, seat);
            if (seat % 2 == 0) Installation.Settle(Ledger, ticket, succeeded: seat % 4 == 0);
            if (seat % 10 == 0) Assert.True(Ledger.Sale.Delete(new DeleteTicket(Installation.Operation(), ticket.Id, Installation.Admin), Samples.Noon).IsDone);
            Assert.True(await Ledger.Commit(Samples.Noon));
        }

        Zoë = Installation.NewUser("zoë+🎟️@exämple.org", "Zoë Ångström\0");
        Installation.Put(Tables.EndedTokens, new EndedToken(Samples.Id(), 32_503_680_000, Samples.Noon));
        Installation.Put(Tables.Notifications, Samples.Notification(), Samples.Notification(nextAt: Samples.Noon));
        Installation.Put(Tables.Backups, new BackupState { Backup = new(new(Samples.Id()), BackupService.Events, BackupStatus.Completed, Samples.Noon, Samples.Noon, 1, 2, "abc") });
        var texts = ((IEnumerable<object[]>)QueryConformance.AwkwardTexts).Select(row => (string)row[0]).ToArray();
        Engine.Commit([.. texts.Select(text => new WriteUnit(Samples.State($"claim/{text}", WriteRule.Always, 0, Versions.Next(), text)))]);
        Engine.Commit([.. texts.Select((text, i) => Reminder(text, i))]);
        // More than a page.
        Engine.Commit([.. Enumerable.Range(0, reminders).Select(i => Reminder($"reminder/{i}", i))]);
        return this;
    }

    /// <summary>Gives the ledger a snapshot of many megabytes.</summary>
    public async Task<Snapshot> AddLargeSnapshot(int bytes = 12 << 20)
    {
        var last = (await Engine.ReadJournal(Ledger.Sale.Record().Id.Value, 0, int.MaxValue))[^1];
        var payload = new byte[bytes];
        new Random(12).NextBytes(payload);
        var snapshot = new Snapshot(last.Number, payload, last.Chain);
        Engine.Commit([new SnapshotUnit(Ledger.Sale.Record().Id.Value, snapshot)]);
        return snapshot;
    }

    /// <summary>The installation's database as a source, though its engine is open in this process.</summary>
    public Origin Open() => Open(Engine);

    /// <summary>An engine as a source.</summary>
    public static Origin Open(IEngine engine) => new Live(engine);

    /// <summary>Copies and compares, and completes a copy that holds.</summary>
    public static async Task<Findings> Carry(Origin from, Destination to, Func<Task>? between = null)
    {
        await using (from)
        await using (to)
        {
            var move = new Move(from, to, TimeProvider.System, _ => { });
            await move.Copy(CancellationToken.None);
            if (between is not null) await between();
            var findings = await move.Compare(CancellationToken.None);
            if (findings.Problem is null) await move.Complete();
            return findings;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(owned)) one.Dispose();
        await Installation.DisposeAsync();
    }

    private static WriteUnit Reminder(string key, int hash) => new(new(
        Tables.Reminders, WriteRule.Always, 0, Cell.Of(key), Versions.Next(), [Cell.Of(hash), Cell.Of("grain"), Cell.Of(key), Cell.Of(1), hash % 2 == 0 ? Cell.None : Cell.Of(long.MinValue)]));

    private sealed class Live(IEngine engine) : Origin
    {
        public override string Name => "live";

        public override IEngine Engine => engine;

        public override Task CheckUnused() => Task.CompletedTask;

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
