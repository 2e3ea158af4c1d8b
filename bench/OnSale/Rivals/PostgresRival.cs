using Npgsql;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Payments;

namespace Ticketing.OnSale.Rivals;

/// <summary>
/// The textbook design: a row for each event, ticket and payment; a purchase is one transaction with one conditional update of the event's row. Its statements are prepared and
/// sent in one piece; whoever else wants the event waits for its row until that is flushed.
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

    private const string Ticket = """
        INSERT INTO tickets (id, event_id, seat, user_id, purchased_at, status, price, currency, payment_id, operation, fingerprint)
        SELECT $4, $1, $2, $5, $3, 'Pending', price, $6, $7, $8, $9 FROM events WHERE id = $1 AND capacity >= $2 AND date > $3
        """;

    private const string Payment = """
        INSERT INTO payments (id, ticket_id, event_id, user_id, amount, currency, status, created_at, card_token, next_at, attempts, shard)
        SELECT $7, $4, $1, $5, price, $6, 'Pending', $3, $8, $3, 0, $9 FROM events WHERE id = $1 AND capacity >= $2 AND date > $3
        """;

    // The condition is the column's own, remaining >= 0: an update that finds no seat left fails, and takes ticket and payment back with it. As "WHERE remaining > 0" it would have
    // to come first, and those behind it would wait for two inserts more; measured, that sells less.
    private const string Seat = "UPDATE events SET remaining = remaining - 1 WHERE id = $1 AND capacity >= $2 AND date > $3 RETURNING price";

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
        await using var command = Command("INSERT INTO events (id, date, capacity, remaining, price) VALUES ($1, $2, $3, $3, $4)", key.Value.Bytes(), time.Now() + Selling.Ahead, (int)seats, (int)Selling.Price);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<Answer<TicketRecord>> Buy(EventKey key, Purchase purchase)
    {
        var now = time.Now();
        var ticket = Selling.Ticket(key, purchase, now);
        var card = await cards.Tokenise(purchase.Card, CancellationToken.None);
        object[] where = [key.Value.Bytes(), checked((int)purchase.Seat), now];
        object[] what = [.. where, ticket.Id.Value.Bytes(), purchase.Owner.Value.Bytes(), purchase.Currency.ToString(), ticket.PaymentId.Value.Bytes()];
        // Without a BEGIN, what is sent in one piece is one transaction.
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Filled(new(Ticket), [.. what, purchase.Operation.Id.Bytes(), unchecked((long)purchase.Operation.Fingerprint)]));
        batch.BatchCommands.Add(Filled(new(Payment), [.. what, card, PaymentState.ShardOf(ticket.PaymentId)]));
        batch.BatchCommands.Add(Filled(new(Seat), where));
        try
        {
            if (await batch.ExecuteScalarAsync() is int price) return ticket with { Price = (uint)price };
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return await Earlier(purchase.Operation) ?? Refusal.SeatTaken;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CheckViolation)
        {
            return Refusal.SoldOut;
        }

        return await Why(key, purchase.Seat, now);
    }

    public async Task<Stock> Count(EventKey key)
    {
        await using var command = Command(
            """
            SELECT (SELECT capacity - remaining FROM events WHERE id = $1)::bigint, count(*), count(DISTINCT seat), (SELECT count(*) FROM payments WHERE event_id = $1) FROM tickets WHERE event_id = $1
            """,
            key.Value.Bytes());
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    public ValueTask DisposeAsync() => source?.DisposeAsync() ?? default;

    private static NpgsqlBatchCommand Filled(NpgsqlBatchCommand command, object[] values)
    {
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }

    private NpgsqlCommand Command(string text, params object[] values)
    {
        var command = source.CreateCommand(text);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }

    /// <summary>The answer that the operation was given before, or nothing when it is new.</summary>
    private async Task<Answer<TicketRecord>?> Earlier(Operation operation)
    {
        await using var command = Command("SELECT id, event_id, seat, user_id, purchased_at, status, price, currency, payment_id, fingerprint FROM tickets WHERE operation = $1", operation.Id.Bytes());
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
        await using var command = Command("SELECT date, capacity FROM events WHERE id = $1", key.Value.Bytes());
        await using var reader = await command.ExecuteReaderAsync();
        if (!await reader.ReadAsync()) return Refusal.NoSuchEvent;
        return reader.GetFieldValue<DateTimeOffset>(0) <= now ? Refusal.SaleOver : reader.GetInt32(1) < seat ? Refusal.SeatBeyondCapacity : Refusal.SoldOut;
    }
}
