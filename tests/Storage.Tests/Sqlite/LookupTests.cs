using Microsoft.Data.Sqlite;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Storage.Sqlite;
using Xunit.Abstractions;

namespace Ticketing.Storage.Tests.Sqlite;

/// <summary>Tickets are found by their buyers and by their events, wherever the pairs stand: among the arrivals, on their way into the tables, or in them.</summary>
public class LookupTests(ITestOutputHelper output) : IDisposable
{
    private const int PutInOrder = 40;

    private readonly SqliteDatabase database = new();
    private readonly Dictionary<RecordId, (TicketRecord Ticket, long Version)> sold = [];

    public void Dispose()
    {
        database.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Whatever_is_sold_changed_or_given_to_somebody_else_is_found_page_by_page_also_after_a_restart()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var luck = new Random(seed);
        var (users, events) = (Ids(7, luck), Ids(3, luck));
        for (var start = 0; start < 4; start++)
        {
            using var engine = Open();
            for (var commit = 0; commit < 150; commit++)
            {
                var some = Enumerable.Range(0, luck.Next(1, 6)).Select(_ => Next(luck, users, events)).ToArray();
                engine.Commit(some);
                Assert.All(some, unit => Assert.Equal(UnitOutcome.Committed, unit.Outcome));
                if (commit % 15 == 0) await FindAll(engine, users, events, luck.Next(1, 9));
            }
        }

        using var last = SqliteEngine.OpenToRead(database.File);
        await FindAll(last, users, events, 5);
        Assert.True(Count("tickets_by_user_id") > 0 && Count("arrivals") > 0, "the pairs stand in one place only");
    }

    [Fact]
    public async Task Who_asks_while_tickets_are_sold_never_sees_one_go()
    {
        using var engine = Open();
        var (user, concert) = (Samples.Id(), Samples.Id());
        var asked = 0;
        using var ended = new CancellationTokenSource();
        var reader = Task.Run(async () =>
        {
            for (var before = 0; !ended.IsCancellationRequested; asked++)
            {
                var now = (await engine.List(new(Tables.Tickets, [new("user_id", Test.Equal, Cell.Of(user))], Cell.None, 10_000))).Count;
                Assert.True(now >= before, $"{before} tickets were there, and then {now}");
                before = now;
            }
        });
        for (var i = 0; i < 2000 || Volatile.Read(ref asked) < 20; i++)
        {
            var ticket = Samples.Ticket(owner: new UserId(user)) with { EventId = new EventKey(concert) };
            engine.Commit([new WriteUnit(Samples.Put(ticket, 1))]);
            if (reader.IsFaulted) break;
        }

        await ended.CancelAsync();
        await reader;
    }

    [Fact]
    public async Task What_was_not_committed_is_not_found_and_what_was_is()
    {
        var user = Samples.Id();
        var committed = 0;
        using (var small = new SqliteEngine(database.Directory, mostPages: 90, putInOrder: PutInOrder))
        {
            Assert.Throws<StorageException>((Action)FillUp);
            Assert.Equal(committed, await Found(small));

            void FillUp()
            {
                while (true)
                {
                    small.Commit([.. Enumerable.Range(0, 5).Select(_ => new WriteUnit(Samples.Put(Samples.Ticket(owner: new UserId(user)), 1)))]);
                    committed += 5;
                }
            }
        }

        using var again = Open();
        again.Commit([new WriteUnit(Samples.Put(Samples.Ticket(owner: new UserId(user)), 1))]);
        Assert.Equal(committed + 1, await Found(again));
        Assert.True(committed > PutInOrder, "too few to have been put in order");

        async Task<int> Found(SqliteEngine engine) => (await engine.List(new(Tables.Tickets, [new("user_id", Test.Equal, Cell.Of(user))], Cell.None, 100_000))).Count;
    }

    [Theory]
    [InlineData("DELETE FROM tickets_by_user_id WHERE rowid_of = 1", "tickets is missing in tickets_by_user_id")]
    [InlineData("DELETE FROM tickets_by_event_id WHERE rowid_of = 1", "tickets is missing in tickets_by_event_id")]
    [InlineData("DELETE FROM arrivals", "tickets is missing in tickets_by_user_id")]
    [InlineData("UPDATE arrivals SET pairs = zeroblob(length(pairs))", "a row of arrivals is not what was written")]
    public void A_ticket_that_would_not_be_found_any_more_is_damage(string sql, string said)
    {
        using (var engine = Open())
        {
            for (var i = 0; i < 100; i++) engine.Commit([new WriteUnit(Samples.Put(Samples.Ticket(), 1))]);
        }

        var table = sql.Split(' ')[2];
        Execute(sql.Replace("WHERE rowid_of = 1", $"WHERE id = (SELECT max(id) FROM {table})", StringComparison.Ordinal));
        Assert.Contains(said, Assert.Throws<StorageException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_brought_up_to_date_keeps_the_pairs_that_have_just_arrived()
    {
        var ticket = Samples.Ticket();
        using (var engine = Open()) engine.Commit([new WriteUnit(Samples.Put(ticket, 1))]);
        Execute("PRAGMA user_version = 3");

        using var again = Open();
        Assert.Equal([ticket.Id.Value], await Find(again, "user_id", ticket.UserId.Value, 10));
        Assert.Equal([ticket.Id.Value], await Find(again, "event_id", ticket.EventId.Value, 10));
    }

    [Fact]
    public void Lookups_keep_the_numbers_that_pairs_are_stored_with() =>
        Assert.Equal(["tickets_by_user_id", "tickets_by_event_id"], Lookup.All.Select(one => one.Name));

    private static RecordId[] Ids(int count, Random luck) => [.. Enumerable.Range(0, count).Select(_ => Any(luck))];

    private static RecordId Any(Random luck)
    {
        var bytes = new byte[RecordId.Size];
        luck.NextBytes(bytes);
        return RecordId.Read(bytes);
    }

    private SqliteEngine Open() => new(database.Directory, putInOrder: PutInOrder);

    private WriteUnit Next(Random luck, RecordId[] users, RecordId[] events)
    {
        var isNew = sold.Count == 0 || luck.Next(3) > 0;
        var (ticket, version) = isNew ? (Samples.Ticket(Any(luck)) with { EventId = new EventKey(luck.GetItems(events, 1)[0]) }, 0) : luck.GetItems(sold.Values.ToArray(), 1)[0];
        if (isNew || luck.Next(4) == 0) ticket = ticket with { UserId = new UserId(luck.GetItems(users, 1)[0]) };
        else ticket = ticket with { Status = TicketStatus.Active };
        sold[ticket.Id.Value] = (ticket, version + 1);
        return new(Samples.Put(ticket, version + 1));
    }

    private async Task FindAll(SqliteEngine engine, RecordId[] users, RecordId[] events, int page)
    {
        foreach (var user in users) Assert.Equal(Expected(one => one.UserId.Value == user), await Find(engine, "user_id", user, page));
        foreach (var concert in events) Assert.Equal(Expected(one => one.EventId.Value == concert), await Find(engine, "event_id", concert, page));

        RecordId[] Expected(Func<TicketRecord, bool> which) => [.. sold.Values.Select(one => one.Ticket).Where(which).Select(one => one.Id.Value).Order()];
    }

    private static async Task<RecordId[]> Find(SqliteEngine engine, string column, RecordId owner, int page)
    {
        var found = new List<RecordId>();
        while (true)
        {
            var rows = await engine.List(new(Tables.Tickets, [new(column, Test.Equal, Cell.Of(owner)), new("deleted", Test.Absent, Cell.None)], found.Count == 0 ? Cell.None : Cell.Of(found[^1]), page));
            found.AddRange(rows.Select(row => row.Key.Id));
            if (rows.Count < page) return [.. found];
        }
    }

    private long Count(string table)
    {
        using var connection = new SqliteConnection($"Data Source={database.File};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        return (long)command.ExecuteScalar()!;
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database.File};Pooling=false");
        connection.Open();
        Schema.Execute(connection, sql);
    }
}
