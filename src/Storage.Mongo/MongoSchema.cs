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
    private const string Ours = "ticketing";
    private const int NamespaceExists = 48;
    private static readonly string[] NotOfTheSchema = [Collection, MongoConnection.MembershipCollection];

    /// <summary>Looks whether the database is ours, and makes what is missing. Several silos may do so at once.</summary>
    /// <exception cref="StorageException">It is another program's, or of another schema.</exception>
    public static async Task Ensure(MongoConnection connection)
    {
        // In this order: whoever makes a collection has left word in the schema before.
        var others = (await (await connection.Database.ListCollectionNamesAsync()).ToListAsync()).Where(name => !name.StartsWith("system.", StringComparison.Ordinal) && !NotOfTheSchema.Contains(name)).ToArray();
        var schema = connection.Database.GetCollection<BsonDocument>(Collection);
        var known = await (await schema.FindAsync(new BsonDocument(Documents.Key, Ours))).FirstOrDefaultAsync();
        if (known is null && others.Length > 0) throw new StorageException($"the database {connection.Name} belongs to another program: it has {string.Join(", ", others.Take(3))}");
        known ??= await Begin(schema);
        if (known[Documents.Version].ToInt64() is var version && version != Version)
            throw new StorageException($"the database {connection.Name} has schema {version}; this program works on schema {Version}: use the program of that schema, or another database");
        await Create(connection.Database, Journal);
        await Create(connection.Database, Snapshots);
        foreach (var table in Tables.All) await Create(connection.Database, table);
    }

    /// <summary>What an index is called.</summary>
    public static string NameOf(string[] columns) => string.Join('_', columns);

    private static async Task<BsonDocument> Begin(IMongoCollection<BsonDocument> schema)
    {
        var document = new BsonDocument { { Documents.Key, Ours }, { Documents.Version, Version } };
        try
        {
            await schema.InsertOneAsync(document);
            return document;
        }
        catch (MongoWriteException e) when (e.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            return await (await schema.FindAsync(new BsonDocument(Documents.Key, Ours))).FirstOrDefaultAsync() ?? document;
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
