using Npgsql;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Payments;

namespace Ticketing.OnSale.Rivals;

/// <summary>
/// The textbook design: a row for each event, ticket and payment; a purchase is one transaction with one conditional update of the event's row. It is one statement, prepared,
/// and so one round trip; whoever else wants the event waits for its row until that is flushed.
/// </summary>
internal sealed class PostgresRival(string database, IPaymentProvider cards, TimeProvider time) : IRival
{
    // As few indexes as the product's reads need: tickets by user and by event (which is the index that keeps a seat from being sold twice), payments by when they are due.
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS events (
            id bytea PRIMARY KEY, date timestamptz NOT NULL, capacity int NOT NULL, remaining int NOT NULL CHECK (remaining >= 0), price int NOT NULL
        ) WITH (fillfactor = 10);
        CREATE TABLE IF NOT EXISTS tickets (
            id bytea PRIMARY KEY, event_id bytea NOT NULL, seat int NOT NULL, user_id bytea NOT NULL, purchased_at timestamptz NOT NULL, status text NOT NULL, price int NOT NULL,
            currency text NOT NULL, payment_id bytea NOT NULL, operation bytea NOT NULL UNIQUE, fingerprint bigint NOT NULL, UNIQUE (event_id, seat)
        );
        CREATE INDEX IF NOT EXISTS tickets_of_user ON tickets (user_id);
        CREATE TABLE IF NOT EXISTS payments (
            id bytea PRIMARY KEY, ticket_id bytea NOT NULL, event_id bytea NOT NULL, user_id bytea NOT NULL, amount int NOT NULL, currency text NOT NULL, status text NOT NULL,
            created_at timestamptz NOT NULL, card_token text NOT NULL, next_at timestamptz, attempts int NOT NULL, shard int NOT NULL
        );
        CREATE INDEX IF NOT EXISTS payments_due ON payments (shard, next_at);
        """;

    private const string Purchase = """
        WITH sold AS (
            UPDATE events SET remaining = remaining - 1 WHERE id = $1 AND remaining > 0 AND capacity >= $3 AND date > $5 RETURNING price
        ), ticket AS (
            INSERT INTO tickets (id, event_id, seat, user_id, purchased_at, status, price, currency, payment_id, operation, fingerprint)
            SELECT $2, $1, $3, $4, $5, 'Pending', price, $6, $7, $8, $9 FROM sold
        ), payment AS (
            INSERT INTO payments (id, ticket_id, event_id, user_id, amount, currency, status, created_at, card_token, next_at, attempts, shard)
            SELECT $7, $2, $1, $4, price, $6, 'Pending', $5, $10, $5, 0, $11 FROM sold
        )
        SELECT price FROM sold
        """;

    private NpgsqlDataSource source = null!;

    /// <summary>Works with so many connections from now on.</summary>
    public async Task Connect(int connections)
    {
        if (source is not null) await source.DisposeAsync();
        var settings = new NpgsqlConnectionStringBuilder(database)
        {
            MinPoolSize = connections,
            MaxPoolSize = connections,
            // Callers queue for a connection; those at the end of the queue wait for all before them.
            Timeout = 60,
            MaxAutoPrepare = 10,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
        };
        source = NpgsqlDataSource.Create(settings);
        await using var schema = source.CreateCommand(Schema);
        await schema.ExecuteNonQueryAsync();
    }

    public async Task Create(EventKey key, uint seats)
    {
        await using var command = source.CreateCommand("INSERT INTO events (id, date, capacity, remaining, price) VALUES ($1, $2, $3, $3, $4)");
        Add(command, key.Value.Bytes());
        Add(command, time.Now() + Selling.Ahead);
        Add(command, (int)seats);
        Add(command, (int)Selling.Price);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<Answer<TicketRecord>> Buy(EventKey key, Purchase purchase)
    {
        var now = time.Now();
        var ticket = Selling.Ticket(key, purchase, now);
        await using var command = source.CreateCommand(Purchase);
        Add(command, key.Value.Bytes());
        Add(command, ticket.Id.Value.Bytes());
        Add(command, checked((int)purchase.Seat));
        Add(command, purchase.Owner.Value.Bytes());
        Add(command, now);
        Add(command, purchase.Currency.ToString());
        Add(command, ticket.PaymentId.Value.Bytes());
        Add(command, purchase.Operation.Id.Bytes());
        Add(command, unchecked((long)purchase.Operation.Fingerprint));
        Add(command, await cards.Tokenise(purchase.Card, CancellationToken.None));
        Add(command, PaymentState.ShardOf(ticket.PaymentId));
        try
        {
            if (await command.ExecuteScalarAsync() is int price) return ticket with { Price = (uint)price };
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return await Earlier(purchase.Operation) ?? Refusal.SeatTaken;
        }

        return await Earlier(purchase.Operation) ?? await Why(key, purchase.Seat, now);
    }

    public async Task<Stock> Count(EventKey key)
    {
        await using var command = source.CreateCommand("""
            SELECT (SELECT capacity - remaining FROM events WHERE id = $1)::bigint, count(*), count(DISTINCT seat), (SELECT count(*) FROM payments WHERE event_id = $1) FROM tickets WHERE event_id = $1
            """);
        Add(command, key.Value.Bytes());
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    public ValueTask DisposeAsync() => source?.DisposeAsync() ?? default;

    private static void Add<T>(NpgsqlCommand command, T value) => command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });

    /// <summary>The answer that the operation was given before, or nothing when it is new.</summary>
    private async Task<Answer<TicketRecord>?> Earlier(Operation operation)
    {
        await using var command = source.CreateCommand("SELECT id, event_id, seat, user_id, purchased_at, status, price, currency, payment_id, fingerprint FROM tickets WHERE operation = $1");
        Add(command, operation.Id.Bytes());
        await using var reader = await command.ExecuteReaderAsync();
        if (!await reader.ReadAsync()) return null;
        if (reader.GetInt64(9) != unchecked((long)operation.Fingerprint)) return Refusal.OperationIdReused;
        return new TicketRecord(
            new(Id(0)), reader.GetFieldValue<DateTimeOffset>(4), (uint)reader.GetInt32(2), Enum.Parse<TicketStatus>(reader.GetString(5)), (uint)reader.GetInt32(6), new EventKey(Id(1)), new UserId(Id(3)),
            new PaymentId(Id(8)), Enum.Parse<Currency>(reader.GetString(7)));

        RecordId Id(int column) => RecordId.Read(reader.GetFieldValue<byte[]>(column));
    }

    private async Task<Refusal> Why(EventKey key, uint seat, DateTimeOffset now)
    {
        await using var command = source.CreateCommand("SELECT date, capacity FROM events WHERE id = $1");
        Add(command, key.Value.Bytes());
        await using var reader = await command.ExecuteReaderAsync();
        if (!await reader.ReadAsync()) return Refusal.NoSuchEvent;
        return reader.GetFieldValue<DateTimeOffset>(0) <= now ? Refusal.SaleOver : reader.GetInt32(1) < seat ? Refusal.SeatBeyondCapacity : Refusal.SoldOut;
    }
}
