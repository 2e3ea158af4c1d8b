using System.Runtime.CompilerServices;
using MongoDB.Bson;
using MongoDB.Driver;
using Ticketing.Clustering.Mongo;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Events;

namespace Ticketing.Storage.Mongo;

/// <summary>
/// The engine of a cluster: a MongoDB database that any number of silos share. A batch of a journal is one document, and inserting it is the commit; its records
/// follow before the answer, each by itself.
/// </summary>
public sealed class MongoEngine : IEngine
{
    private readonly MongoConnection connection;
    private readonly SiloGuard? guard;
    private readonly MongoWriter writer;
    private readonly IMongoCollection<BsonDocument> journal;
    private readonly IMongoCollection<BsonDocument> snapshots;

    private MongoEngine(MongoConnection connection, SiloGuard? guard)
    {
        (this.connection, this.guard) = (connection, guard);
        journal = Collection(MongoSchema.Journal);
        snapshots = Collection(MongoSchema.Snapshots);
        writer = new(connection);
    }

    /// <summary>Looks whether the database is ours and of this program's schema, and makes what it lacks.</summary>
    /// <param name="connection">The database; stays the caller's.</param>
    /// <param name="guard">Whether the silo that the engine belongs to may write; absent when it belongs to none.</param>
    /// <exception cref="StorageException">The database cannot be used. The message is one line.</exception>
    public static async Task<MongoEngine> Open(MongoConnection connection, SiloGuard? guard = null)
    {
        await Explained(connection, () => MongoSchema.Ensure(connection));
        return new(connection, guard);
    }

    /// <summary>An engine over a database that was looked at, or made, already.</summary>
    internal static MongoEngine Over(MongoConnection connection) => new(connection, null);

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public void Commit(IReadOnlyList<Unit> units)
    {
        try
        {
            if (guard?.MayWrite() == false) throw new StorageException("this silo was declared dead by the others and may write nothing more") { IsAway = true };
            writer.Commit(units);
        }
        catch (Exception e) when (IsTheServers(e))
        {
            throw Explain(connection, e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JournalBatch>> ReadJournal(RecordId key, long after, int limit) => await Explained(connection, async () =>
    {
        var documents = await Read(journal, Range(Documents.Place(key, after), Documents.Place(key, long.MaxValue)), limit);
        return documents.ConvertAll(Documents.BatchOf);
    });

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RecordId>> ListJournals(RecordId? after, int limit) => await Explained(connection, async () =>
    {
        var ids = new List<RecordId>();
        var options = new FindOptions<BsonDocument> { Sort = new BsonDocument(Documents.Key, 1), Limit = 1, Projection = new BsonDocument(Documents.Key, 1) };
        while (ids.Count < limit)
        {
            // From one journal over all of its batches to the next: each step is one look into the index.
            var last = ids.Count == 0 ? after : ids[^1];
            var filter = last is { } id ? new BsonDocument(Documents.Key, new BsonDocument("$gt", Documents.Place(id, long.MaxValue))) : [];
            if (await (await journal.FindAsync(filter, options)).FirstOrDefaultAsync() is not { } next) break;
            ids.Add(Documents.Id(next[Documents.Key][Documents.Event]));
        }

        return ids;
    });

    /// <inheritdoc/>
    public async ValueTask<Snapshot?> ReadSnapshot(RecordId key) => await Explained(connection, async () =>
    {
        var range = Range(Documents.Place(key, long.MinValue, 0), Documents.Place(key, long.MaxValue, int.MaxValue));
        var places = await (await snapshots.FindAsync(range, new FindOptions<BsonDocument> { Projection = new BsonDocument(Documents.Chunks, 1) })).ToListAsync();
        // The pieces are written one by one: a snapshot whose silo died in between is not complete, and the one before it counts.
        var complete = places.GroupBy(place => place[Documents.Key][Documents.Number].AsInt64).OrderByDescending(group => group.Key)
            .Where(group => group.Count() == group.First()[Documents.Chunks].AsInt32);
        foreach (var group in complete)
        {
            var chunks = await Read(snapshots, Range(Documents.Place(key, group.Key, -1), Documents.Place(key, group.Key, int.MaxValue)), int.MaxValue);
            // Removed meanwhile, because there is a newer one: it is not this activation that writes the journal any more.
            if (chunks.Count != group.Count()) continue;
            var payload = new MemoryStream();
            foreach (var chunk in chunks) payload.Write(chunk[Documents.Payload].AsByteArray);
            return new Snapshot(group.Key, payload.ToArray(), chunks[0][Documents.Chain].AsByteArray);
        }

        return null;
    });

    /// <inheritdoc/>
    public async ValueTask<Row?> Find(RecordTable table, Cell key) => await Explained(connection, async () =>
        await (await Collection(table.Name).FindAsync(new BsonDocument(Documents.Key, Documents.Of(key)))).FirstOrDefaultAsync() is { } found ? Documents.Row(table, found) : null);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Row>> List(Query query) => await Explained(connection, async () =>
    {
        var documents = await Read(Collection(query.Table.Name), Filter(query), query.Limit, Index(query));
        return documents.ConvertAll(document => Documents.Row(query.Table, document));
    });

    /// <summary>
    /// All records of a table as they stood at one moment: a transaction that only reads (https://www.mongodb.com/docs/manual/reference/read-concern-snapshot/).
    /// The server ends one after <c>transactionLifetimeLimitSeconds</c>, 60 by default; a longer scan fails.
    /// </summary>
    /// <param name="table">The table.</param>
    public IAsyncEnumerable<Row> Scan(RecordTable table) => Rows(table);

    /// <summary>Closes nothing: the connection is the caller's.</summary>
    public void Dispose()
    {
    }

    /// <summary>The filter of a query.</summary>
    internal static BsonDocument Filter(Query query)
    {
        var conditions = new BsonArray();
        foreach (var condition in query.Where)
        {
            conditions.Add(new BsonDocument(query.Table[condition.Column].Name, condition.Test switch
            {
                Test.Equal => new BsonDocument("$eq", Documents.Of(condition.Value)),
                Test.AtMost => new BsonDocument("$lte", Documents.Of(condition.Value)),
                Test.MoreThan => new BsonDocument("$gt", Documents.Of(condition.Value)),
                Test.Absent => new BsonDocument("$eq", BsonNull.Value),
                _ => throw new InvalidOperationException($"no comparison for {condition.Test}"),
            }));
        }

        if (query.After.HasValue) conditions.Add(new BsonDocument(Documents.Key, new BsonDocument("$gt", Documents.Of(query.After))));
        return conditions.Count == 0 ? [] : new BsonDocument("$and", conditions);
    }

    private static BsonDocument Range(BsonDocument above, BsonDocument upTo) =>
        new(Documents.Key, new BsonDocument { { "$gt", above }, { "$lte", upTo } });

    /// <summary>The index that a query is answered from. Left to itself, a server may read a whole collection in the order of its keys, which is the order asked for.</summary>
    internal static string? Index(Query query)
    {
        var index = query.Table.Indexes.FirstOrDefault(columns => columns.All(column => query.Where.Any(condition => condition.Column == column && condition.Test != Test.Absent)));
        return index is null ? null : MongoSchema.NameOf(index);
    }

    private static async Task<List<BsonDocument>> Read(IMongoCollection<BsonDocument> collection, BsonDocument filter, int limit, string? index = null)
    {
        var options = new FindOptions<BsonDocument> { Sort = new BsonDocument(Documents.Key, 1), Limit = limit, Hint = index };
        using var cursor = await collection.FindAsync(filter, options);
        return await cursor.ToListAsync();
    }

    private async IAsyncEnumerable<Row> Rows(RecordTable table, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var session = await Explained(connection, () => connection.Database.Client.StartSessionAsync(cancellationToken: cancellation));
        session.StartTransaction(new TransactionOptions(ReadConcern.Snapshot, writeConcern: WriteConcern.WMajority));
        using var cursor = await Explained(connection, () => Collection(table.Name).FindAsync(
            session, new BsonDocument(), new FindOptions<BsonDocument> { Sort = new BsonDocument(Documents.Key, 1) }, cancellation));
        while (await Explained(connection, () => cursor.MoveNextAsync(cancellation)))
        {
            foreach (var document in cursor.Current) yield return Documents.Row(table, document);
        }

        // Without it the server does not promise that what was read cannot be rolled back.
        await Explained(connection, () => session.CommitTransactionAsync(cancellation));
    }

    private IMongoCollection<BsonDocument> Collection(string name) => connection.Database.GetCollection<BsonDocument>(name);

    internal static Task Explained(MongoConnection connection, Func<Task> ask) => Explained(connection, async () =>
    {
        await ask();
        return true;
    });

    private static async Task<T> Explained<T>(MongoConnection connection, Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (IsTheServers(e))
        {
            throw Explain(connection, e);
        }
    }

    private static bool IsTheServers(Exception e) => e is MongoException or TimeoutException;

    private static StorageException Explain(MongoConnection connection, Exception e) => new(connection.Explain(e), e) { IsAway = MongoConnection.IsAway(e) };
}
