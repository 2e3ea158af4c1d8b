using Microsoft.Data.Sqlite;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Events;
using Ticketing.Storage.Sqlite;
using Ticketing.Storage.Tickets;

namespace Ticketing.Storage.Tests.Sqlite;

/// <summary>Files of earlier versions get what they lack, and keep what they have.</summary>
public sealed class SqliteSchemaTests : IDisposable
{
    /// <summary>What the first version made, word for word.</summary>
    private const string Version1 = """
        PRAGMA journal_mode = WAL;
        CREATE TABLE journal (event BLOB NOT NULL, number INTEGER NOT NULL, batch BLOB NOT NULL, chain BLOB NOT NULL, payload BLOB NOT NULL,
            PRIMARY KEY (event, number)) WITHOUT ROWID;
        CREATE TABLE snapshots (event BLOB NOT NULL, number INTEGER NOT NULL, chunk INTEGER NOT NULL, chunks INTEGER NOT NULL, chain BLOB NOT NULL,
            payload BLOB NOT NULL, PRIMARY KEY (event, number, chunk));
        CREATE TABLE events (id BLOB NOT NULL PRIMARY KEY, version INTEGER NOT NULL, title TEXT, description TEXT, location TEXT, date INTEGER,
            capacity INTEGER, price INTEGER, remaining_seats INTEGER, created_at INTEGER, creator_id BLOB, deleted INTEGER) WITHOUT ROWID;
        CREATE TABLE tickets (id BLOB NOT NULL PRIMARY KEY, version INTEGER NOT NULL, purchase_date INTEGER, seat_number INTEGER, status TEXT,
            price INTEGER, event_id BLOB, user_id BLOB, payment_id BLOB, currency TEXT) WITHOUT ROWID;
        CREATE INDEX tickets_user_id ON tickets (user_id);
        CREATE INDEX tickets_event_id ON tickets (event_id);
        CREATE TABLE payments (id BLOB NOT NULL PRIMARY KEY, version INTEGER NOT NULL, amount INTEGER, currency TEXT, status TEXT, reason TEXT,
            created_at INTEGER, user_id BLOB, event_id BLOB, ticket_id BLOB, card_token TEXT, next_at INTEGER, attempts INTEGER, shard INTEGER,
            deleted INTEGER) WITHOUT ROWID;
        CREATE INDEX payments_shard_next_at ON payments (shard, next_at) WHERE next_at IS NOT NULL;
        CREATE TABLE notifications (id BLOB NOT NULL PRIMARY KEY, version INTEGER NOT NULL, message TEXT, notif_type TEXT, status TEXT,
            created_at INTEGER, user_id BLOB, next_at INTEGER, attempts INTEGER, shard INTEGER, deleted INTEGER) WITHOUT ROWID;
        CREATE INDEX notifications_shard_next_at ON notifications (shard, next_at) WHERE next_at IS NOT NULL;
        CREATE TABLE users (id BLOB NOT NULL PRIMARY KEY, version INTEGER NOT NULL, first_name TEXT, last_name TEXT, email TEXT) WITHOUT ROWID;
        CREATE INDEX users_email ON users (email);
        CREATE TABLE credentials (id BLOB NOT NULL PRIMARY KEY, version INTEGER NOT NULL, credential_id BLOB, role TEXT, password TEXT) WITHOUT ROWID;
        CREATE TABLE states (id TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, payload BLOB) WITHOUT ROWID;
        CREATE TABLE reminders (id TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, hash INTEGER, grain TEXT, name TEXT, start_at INTEGER,
            period INTEGER) WITHOUT ROWID;
        CREATE INDEX reminders_hash ON reminders (hash);
        PRAGMA application_id = 0x544B5447;
        PRAGMA user_version = 1;
        """;

    private readonly SqliteDatabase database = new();

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task A_file_of_version_1_is_brought_up_to_date_and_its_rows_are_read_and_changed_as_ever()
    {
        var (old, owner) = (Samples.Id(), new UserId(Samples.Id()));
        var expected = new TicketRecord(
            new(old), Samples.Noon, 7, TicketStatus.Active, 25, new EventKey(Samples.Id()), owner, new PaymentId(Samples.Id()), Currency.Usd);
        Make(Version1);
        Insert(expected, version: 3);

        using (var engine = database.Open())
        {
            var records = new TicketRecords(engine);
            Assert.Equal(expected, await records.Find(new(old)));
            Assert.Equal([expected], (await records.List(owner, PageRequest.First)).Items);
            var sold = Samples.Ticket(owner: owner);
            engine.Commit([Samples.Append(expected.EventId.Value, Samples.Batch(1), Samples.Put(sold, 4), Deleted(expected, 5))]);
            Assert.Equal([sold], (await records.List(owner, PageRequest.First)).Items);
        }

        using var again = database.Open();
        Assert.Null(await new TicketRecords(again).Find(new(old)));
        Assert.Equal(expected.EventId, await new TicketRecords(again).EventOf(new(old)));
        Assert.Equal(4L, Scalar("PRAGMA user_version"));
    }

    [Fact]
    public void A_file_brought_up_to_date_has_the_tables_columns_and_indexes_of_a_new_one()
    {
        Make(Version1);
        database.Open().Dispose();
        var upgraded = Shape();
        File.Delete(database.File);
        database.Open().Dispose();
        Assert.Equal(Shape(), upgraded);
        Assert.Contains("tickets deleted INTEGER", upgraded);
    }

    [Fact]
    public async Task A_column_and_an_index_that_any_table_lacks_are_added_and_its_rows_hold_nothing_there()
    {
        var id = Samples.Id();
        using (var engine = database.Open()) engine.Commit([Samples.Append(id, Samples.Batch(1), Samples.Born(Samples.Payment(id, Samples.Noon)))]);
        Make("DROP INDEX payments_shard_next_at; ALTER TABLE payments DROP COLUMN next_at; ALTER TABLE payments DROP COLUMN card_token; ALTER TABLE payments DROP COLUMN row_checksum; PRAGMA user_version = 1;");

        using var opened = database.Open();
        var row = await opened.Find(Tables.Payments, Cell.Of(id));
        foreach (var column in Tables.Payments.Columns.Select((column, i) => (column.Name, row!.Members[i].HasValue)))
            Assert.Equal(column.Name is not ("next_at" or "card_token"), column.HasValue);
        Assert.Equal(1L, Scalar("SELECT count(*) FROM sqlite_schema WHERE name = 'payments_shard_next_at'"));
    }

    private static RecordWrite Deleted(TicketRecord ticket, long version) =>
        new(Tables.Tickets, WriteRule.IfNewer, 0, Cell.Of(ticket.Id.Value), version, Tables.Tickets.Write(new TicketChanged(ticket, version, IsDeleted: true)));

    /// <summary>Every column and index, in words.</summary>
    private List<string> Shape() =>
    [
        .. Rows("SELECT t.name || ' ' || c.name || ' ' || c.type FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY 1"),
        .. Rows("SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1").Select(sql => sql.Replace("IF NOT EXISTS ", "", StringComparison.Ordinal)),
    ];

    private void Make(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void Insert(TicketRecord ticket, long version)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO tickets VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9)";
        object[] values =
        [
            Statements.ValueOf(ticket.Id.Value), version, ticket.PurchaseDate.ToUnixTimeMilliseconds(), ticket.SeatNumber, ticket.Status.ToString(), ticket.Price,
            Statements.ValueOf(ticket.EventId.Value), Statements.ValueOf(ticket.UserId.Value), Statements.ValueOf(ticket.PaymentId.Value), ticket.Currency.ToString(),
        ];
        for (var i = 0; i < values.Length; i++) command.Parameters.AddWithValue($"${i}", values[i]);
        command.ExecuteNonQuery();
    }

    private object Scalar(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()!;
    }

    private List<string> Rows(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read()) rows.Add(reader.GetString(0));
        return rows;
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={database.File};Pooling=False");
        connection.Open();
        return connection;
    }
}
