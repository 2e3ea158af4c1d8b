using MongoDB.Bson;
using MongoDB.Driver;
using Ticketing.Clustering.Mongo;

namespace Ticketing.Storage.Mongo;

/// <summary>
/// The collections and indexes of a database, made at start. Silos of one cluster share a database, so a schema is never changed under a running one: a program
/// works on its own schema and refuses any other.
/// </summary>
internal static class MongoSchema
{
    public const string Journal = "journal";
    public const string Snapshots = "snapshots";

    /// <summary>The number of the schema, the same as that of the embedded engine's tables.</summary>
    internal const int Version = 2;

    private const string Collection = "schema";

    /// <summary>The member of the schema's document that says which copy this database is being made by.</summary>
    private const string Copy = "copy";
    private const string Ours = "ticketing";
    private const int NamespaceExists = 48;
    private static readonly string[] NotOfTheSchema = [Collection, MongoConnection.MembershipCollection];

    /// <summary>Looks whether the database is ours, and makes what is missing. Several silos may do so at once.</summary>
    /// <exception cref="StorageException">It is another program's, or of another schema, or a copy that is not complete.</exception>
    public static async Task Ensure(MongoConnection connection)
    {
        // In this order: whoever makes a collection has left word in the schema before.
        var others = await Others(connection);
        var known = await Known(connection);
        if (known is null && others.Length > 0) throw new StorageException($"the database {connection.Name} belongs to another program: it has {string.Join(", ", others.Take(3))}");
        Check(connection, known ?? await Begin(connection));
        await Create(connection.Database);
    }

    /// <summary>Looks whether the database is ours and whole, and changes nothing.</summary>
    /// <exception cref="StorageException">It is not.</exception>
    public static async Task Look(MongoConnection connection) =>
        Check(connection, await Known(connection) ?? throw new StorageException($"there is no database of this program at {connection.Name}"));

    /// <summary>Takes an empty database for a copy, makes what a database has, and leaves word that nobody may serve on it.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="copy">Tells this copy from any other.</param>
    /// <exception cref="StorageException">It is not empty.</exception>
    public static async Task BeginCopy(MongoConnection connection, string copy)
    {
        var others = await Others(connection);
        if (await Known(connection) is { } known) throw Taken(connection, known);
        if (others.Length > 0) throw new StorageException($"the database {connection.Name} is not empty: it has {string.Join(", ", others.Take(3))}; copy into an empty one");
        try
        {
            await Schema(connection).InsertOneAsync(new BsonDocument { { Documents.Key, Ours }, { Documents.Version, Version }, { Copy, copy } });
        }
        catch (MongoWriteException e) when (e.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            throw Taken(connection, await Known(connection) ?? []);
        }

        await Create(connection.Database);
    }

    /// <summary>Takes the word away that a copy left: from now on the database is one like any other.</summary>
    /// <exception cref="StorageException">The word is not there any more.</exception>
    public static async Task EndCopy(MongoConnection connection, string copy)
    {
        var ended = await Schema(connection).UpdateOneAsync(new BsonDocument { { Documents.Key, Ours }, { Copy, copy } }, new BsonDocument("$unset", new BsonDocument(Copy, "")));
        if (ended.MatchedCount != 1) throw new StorageException($"the database {connection.Name} was dropped or taken by somebody else while it was copied to");
    }

    private static StorageException Taken(MongoConnection connection, BsonDocument known) => known.Contains(Copy)
        ? BeingCopied(connection)
        : new StorageException($"the database {connection.Name} holds a ticketing database already: copy into an empty one");

    private static StorageException BeingCopied(MongoConnection connection) =>
        new($"the database {connection.Name} is being copied to, or a copy was cut short: wait for it, or drop the database and copy again");

    private static void Check(MongoConnection connection, BsonDocument known)
    {
        if (known[Documents.Version].ToInt64() is var version && version != Version)
            throw new StorageException($"the database {connection.Name} has schema {version}; this program works on schema {Version}: use the program of that schema, or another database");
        if (known.Contains(Copy)) throw BeingCopied(connection);
    }

    private static async Task<string[]> Others(MongoConnection connection) =>
        [.. (await (await connection.Database.ListCollectionNamesAsync()).ToListAsync()).Where(name => !name.StartsWith("system.", StringComparison.Ordinal) && !NotOfTheSchema.Contains(name))];

    private static IMongoCollection<BsonDocument> Schema(MongoConnection connection) => connection.Database.GetCollection<BsonDocument>(Collection);

    private static async Task<BsonDocument?> Known(MongoConnection connection) =>
        await (await Schema(connection).FindAsync(new BsonDocument(Documents.Key, Ours))).FirstOrDefaultAsync();

    private static async Task Create(IMongoDatabase database)
    {
        await Create(database, Journal);
        await Create(database, Snapshots);
        foreach (var table in Tables.All) await Create(database, table);
    }

    /// <summary>What an index is called.</summary>
    public static string NameOf(string[] columns) => string.Join('_', columns);

    private static async Task<BsonDocument> Begin(MongoConnection connection)
    {
        var document = new BsonDocument { { Documents.Key, Ours }, { Documents.Version, Version } };
        try
        {
            await Schema(connection).InsertOneAsync(document);
            return document;
        }
        catch (MongoWriteException e) when (e.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            return await Known(connection) ?? document;
        }
    }

    private static async Task Create(IMongoDatabase database, RecordTable table)
    {
        await Create(database, table.Name);
        if (table.Indexes.Count == 0) return;
        await database.GetCollection<BsonDocument>(table.Name).Indexes.CreateManyAsync(table.Indexes.Select(Index));
    }

    // Made by word and not by the first write, so that a commit never waits for it.
    private static async Task Create(IMongoDatabase database, string name)
    {
        try
        {
            await database.CreateCollectionAsync(name);
        }
        catch (MongoCommandException e) when (e.Code == NamespaceExists)
        {
            // Made by an earlier start, or by another silo just now.
        }
    }

    private static CreateIndexModel<BsonDocument> Index(string[] columns)
    {
        var keys = new BsonDocument(columns.Append(Documents.Key).Select(column => new BsonElement(column, 1)));
        var options = new CreateIndexOptions<BsonDocument> { Name = NameOf(columns) };
        // What the jobs are done with has no next_at and leaves their index.
        if (columns.Contains("next_at")) options.PartialFilterExpression = new BsonDocument("next_at", new BsonDocument("$exists", true));
        return new(keys, options);
    }
}
