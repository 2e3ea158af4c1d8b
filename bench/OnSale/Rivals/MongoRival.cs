using MongoDB.Bson;
using MongoDB.Driver;
using Ticketing.Clustering.Mongo;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Payments;

namespace Ticketing.OnSale.Rivals;

/// <summary>
/// The textbook design for documents: one conditional update takes a seat off the event, then ticket and payment are inserted; a seat that could not be had is given back. Each write is acknowledged by
/// the journals of a majority, as the product's are. A process that dies in between leaves a seat that nobody has: a remedy for that would cost it more than is measured.
/// </summary>
internal sealed class MongoRival : IRival
{
    private static readonly TimeSpan Queue = TimeSpan.FromSeconds(60);

    private readonly MongoConnection connection;
    private readonly IMongoCollection<BsonDocument> events;
    private readonly IMongoCollection<BsonDocument> tickets;
    private readonly IMongoCollection<BsonDocument> payments;
    private readonly IPaymentProvider cards;
    private readonly TimeProvider time;

    public MongoRival(string url, IPaymentProvider cards, TimeProvider time)
    {
        (this.cards, this.time) = (cards, time);
        // Callers queue for a connection; those at the end of the queue wait for all before them.
        connection = MongoConnection.To(url, settings => settings.WaitQueueTimeout = settings.SocketTimeout = Queue);
        var database = connection.Database;
        (events, tickets, payments) = (Collection("rival_events"), Collection("rival_tickets"), Collection("rival_payments"));

        IMongoCollection<BsonDocument> Collection(string name) => database.GetCollection<BsonDocument>(name);
    }

    public async Task Create(EventKey key, uint seats)
    {
        var keys = Builders<BsonDocument>.IndexKeys;
        await tickets.Indexes.CreateManyAsync(
        [
            new(keys.Ascending("event_id").Ascending("seat"), new() { Unique = true }),
            new(keys.Ascending("operation"), new() { Unique = true }),
            new(keys.Ascending("user_id")),
        ]);
        await payments.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(keys.Ascending("shard").Ascending("next_at")));
        await events.InsertOneAsync(new()
        {
            ["_id"] = Id(key.Value),
            ["date"] = (time.Now() + Selling.Ahead).UtcDateTime,
            ["capacity"] = (long)seats,
            ["remaining"] = (long)seats,
            ["price"] = (long)Selling.Price,
        });
    }

    public async Task<Answer<TicketRecord>> Buy(EventKey key, Purchase purchase)
    {
        var now = time.Now();
        var card = await cards.Tokenise(purchase.Card, CancellationToken.None);
        var where = Builders<BsonDocument>.Filter;
        var id = where.Eq("_id", Id(key.Value));
        var taken = await events.FindOneAndUpdateAsync(
            where.And(id, where.Gt("remaining", 0L), where.Gte("capacity", (long)purchase.Seat), where.Gt("date", now.UtcDateTime)), Builders<BsonDocument>.Update.Inc("remaining", -1L));
        if (taken is null) return await Earlier(purchase.Operation) ?? await Why(id, purchase.Seat, now);
        var ticket = Selling.Ticket(key, purchase, now) with { Price = (uint)taken["price"].AsInt64 };
        try
        {
            await tickets.InsertOneAsync(Document(ticket, purchase.Operation));
        }
        catch (MongoWriteException e) when (e.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            await events.UpdateOneAsync(id, Builders<BsonDocument>.Update.Inc("remaining", 1L));
            return await Earlier(purchase.Operation) ?? Refusal.SeatTaken;
        }

        await payments.InsertOneAsync(Payment(ticket, card));
        return ticket;
    }

    public async Task<Stock> Count(EventKey key)
    {
        var (id, of) = (Id(key.Value), Builders<BsonDocument>.Filter.Eq("event_id", Id(key.Value)));
        var one = await events.Find(Builders<BsonDocument>.Filter.Eq("_id", id)).SingleAsync();
        var seats = await tickets.Find(of).Project(Builders<BsonDocument>.Projection.Include("seat").Exclude("_id")).ToListAsync();
        return new(one["capacity"].AsInt64 - one["remaining"].AsInt64, seats.Count, seats.Select(seat => seat["seat"].AsInt64).Distinct().LongCount(), await payments.CountDocumentsAsync(of));
    }

    public ValueTask DisposeAsync()
    {
        connection.Dispose();
        return default;
    }

    private static BsonDocument Document(TicketRecord ticket, Operation operation) => new()
    {
        ["_id"] = Id(ticket.Id.Value),
        ["event_id"] = Id(ticket.EventId.Value),
        ["seat"] = (long)ticket.SeatNumber,
        ["user_id"] = Id(ticket.UserId.Value),
        ["purchased_at"] = ticket.PurchaseDate.UtcDateTime,
        ["status"] = ticket.Status.ToString(),
        ["price"] = (long)ticket.Price,
        ["currency"] = ticket.Currency.ToString(),
        ["payment_id"] = Id(ticket.PaymentId.Value),
        ["operation"] = new BsonBinaryData(operation.Id.Bytes()),
        ["fingerprint"] = unchecked((long)operation.Fingerprint),
    };

    private static BsonDocument Payment(TicketRecord ticket, string card) => new()
    {
        ["_id"] = Id(ticket.PaymentId.Value),
        ["ticket_id"] = Id(ticket.Id.Value),
        ["event_id"] = Id(ticket.EventId.Value),
        ["user_id"] = Id(ticket.UserId.Value),
        ["amount"] = (long)ticket.Price,
        ["currency"] = ticket.Currency.ToString(),
        ["status"] = "Pending",
        ["created_at"] = ticket.PurchaseDate.UtcDateTime,
        ["card_token"] = card,
        ["next_at"] = ticket.PurchaseDate.UtcDateTime,
        ["attempts"] = 0,
        ["shard"] = PaymentState.ShardOf(ticket.PaymentId),
    };

    /// <summary>The answer that the operation was given before, or nothing when it is new.</summary>
    private async Task<Answer<TicketRecord>?> Earlier(Operation operation)
    {
        var found = await tickets.Find(Builders<BsonDocument>.Filter.Eq("operation", new BsonBinaryData(operation.Id.Bytes()))).FirstOrDefaultAsync();
        if (found is null) return null;
        if (found["fingerprint"].AsInt64 != unchecked((long)operation.Fingerprint)) return Refusal.OperationIdReused;
        return new TicketRecord(
            new(Id("_id")), new DateTimeOffset(found["purchased_at"].ToUniversalTime()), (uint)found["seat"].AsInt64, Enum.Parse<TicketStatus>(found["status"].AsString), (uint)found["price"].AsInt64,
            new EventKey(Id("event_id")), new UserId(Id("user_id")), new PaymentId(Id("payment_id")), Enum.Parse<Currency>(found["currency"].AsString));

        RecordId Id(string name) => RecordId.Read(found[name].AsObjectId.ToByteArray());
    }

    private async Task<Refusal> Why(FilterDefinition<BsonDocument> id, uint seat, DateTimeOffset now) => await events.Find(id).FirstOrDefaultAsync() is not { } one ? Refusal.NoSuchEvent
        : one["date"].ToUniversalTime() <= now.UtcDateTime ? Refusal.SaleOver
        : one["capacity"].AsInt64 < seat ? Refusal.SeatBeyondCapacity
        : Refusal.SoldOut;

    private static BsonObjectId Id(RecordId id) => new(new ObjectId(id.Bytes()));
}
