using MongoDB.Bson;
using MongoDB.Driver;
using Ticketing.Clustering.Mongo;

namespace Ticketing.Storage.Mongo;

/// <summary>
/// Writes groups of units: all batches in one insert, then the records, one bulk for each collection. Only commands that report conflicts one by one, or totals that
/// prove there was none, are used (design.md 4); where totals leave it open, the versions that are there tell.
/// </summary>
internal sealed class MongoWriter(MongoConnection connection)
{
    private static readonly BulkWriteOptions Unordered = new() { IsOrdered = false };

    private readonly IMongoDatabase database = connection.Writer;
    private readonly IMongoCollection<BsonDocument> journal = connection.Writer.GetCollection<BsonDocument>(MongoSchema.Journal);
    private readonly IMongoCollection<BsonDocument> snapshots = connection.Writer.GetCollection<BsonDocument>(MongoSchema.Snapshots);

    public void Commit(IReadOnlyList<Unit> units)
    {
        foreach (var layer in Layers(units.OfType<AppendUnit>(), append => (append.Key, append.Batch.Number))) Append(layer);
        foreach (var layer in Layers(units.SelectMany(Pieces), piece => (piece.Write.Table, Documents.Of(piece.Write.Key))))
        {
            foreach (var table in layer.GroupBy(piece => piece.Write.Table)) Write(table.Key, [.. table]);
        }

        foreach (var snapshot in units.OfType<SnapshotUnit>()) Save(snapshot);
    }

    /// <summary>What one unordered command may hold: nothing of one key twice. What comes later of a key comes in a later layer.</summary>
    private static List<List<T>> Layers<T, TKey>(IEnumerable<T> all, Func<T, TKey> key)
        where TKey : notnull
    {
        var layers = new List<List<T>>();
        var seen = new Dictionary<TKey, int>();
        foreach (var one in all)
        {
            var layer = seen[key(one)] = seen.TryGetValue(key(one), out var before) ? before + 1 : 0;
            if (layer == layers.Count) layers.Add([]);
            layers[layer].Add(one);
        }

        return layers;
    }

    /// <summary>The records that follow a batch that is durable, and the records that stand for themselves.</summary>
    private static IEnumerable<Piece> Pieces(Unit unit) => unit switch
    {
        AppendUnit { Outcome: UnitOutcome.Committed } append => append.Writes.Select(write => new Piece(write, null)),
        WriteUnit write => [new Piece(write.Write, write)],
        _ => [],
    };

    private void Append(List<AppendUnit> appends)
    {
        var models = appends.ConvertAll(append => new InsertOneModel<BsonDocument>(Documents.Of(append.Key, append.Batch)));
        foreach (var append in appends) append.Outcome = UnitOutcome.Committed;
        var taken = Bulk(journal, models).ConvertAll(index => appends[index]);
        if (taken.Count == 0) return;
        var owners = Read(journal, taken.Select(append => Documents.Place(append.Key, append.Batch.Number)), Documents.Batch);
        foreach (var append in taken)
        {
            // The number is taken, but by whom a majority does not know yet: repeating the insert will tell.
            if (!owners.TryGetValue(Documents.Place(append.Key, append.Batch.Number), out var owner)) throw Unsettled();
            append.Outcome = Documents.BatchId(owner) == append.Batch.Id ? UnitOutcome.Committed : UnitOutcome.Conflict;
        }
    }

    private void Write(RecordTable table, Piece[] pieces)
    {
        var collection = database.GetCollection<BsonDocument>(table.Name);
        foreach (var piece in pieces)
        {
            if (piece.Write.Members is null) Remove(collection, piece);
        }

        Replace(table, collection, [.. pieces.Where(piece => piece.Write is { Members: not null, Rule: WriteRule.IfExpected, Expected: not 0 })]);
        Insert(table, collection, [.. pieces.Where(piece => piece.Write is { Members: not null } write && (write.Rule != WriteRule.IfExpected || write.Expected == 0))]);
    }

    private static void Remove(IMongoCollection<BsonDocument> collection, Piece piece)
    {
        var removed = collection.DeleteOne(Expected(piece.Write)).DeletedCount == 1;
        // What is gone when a removal is repeated was removed by the first try.
        var before = !removed && piece.Unit is { Repeated: true } && collection.FindSync(Keyed(piece.Write)).FirstOrDefault() is null;
        piece.Settle(removed || before);
    }

    private void Replace(RecordTable table, IMongoCollection<BsonDocument> collection, Piece[] pieces)
    {
        if (pieces.Length == 0) return;
        var models = pieces.Select(piece => new ReplaceOneModel<BsonDocument>(Expected(piece.Write), Documents.Of(piece.Write))).ToList();
        // A bulk tells how many records were the expected ones, not which.
        if (collection.BulkWrite(models, Unordered).MatchedCount == pieces.Length) foreach (var piece in pieces) piece.Settle(true);
        else Settle(table, pieces);
    }

    private void Insert(RecordTable table, IMongoCollection<BsonDocument> collection, Piece[] pieces)
    {
        if (pieces.Length == 0) return;
        foreach (var piece in pieces) piece.Settle(true);
        var there = Bulk(collection, [.. pieces.Select(Model)]).ConvertAll(index => pieces[index]);
        // An upsert that met a record made at the same moment has compared with nothing: now there is something to compare with.
        var again = there.Where(piece => piece.Write.Rule is WriteRule.IfNewer or WriteRule.Always).ToList();
        if (again.Count > 0) collection.BulkWrite(again.Select(piece => new ReplaceOneModel<BsonDocument>(Older(piece.Write), Documents.Of(piece.Write))), Unordered);
        Settle(table, [.. there.Where(piece => piece.Write.Rule == WriteRule.IfExpected)]);
    }

    /// <summary>Tells the writes that happened from those that did not by the versions that are there, which are never the same twice.</summary>
    private void Settle(RecordTable table, Piece[] pieces)
    {
        if (pieces.Length == 0) return;
        var present = Read(database.GetCollection<BsonDocument>(table.Name), pieces.Select(piece => Documents.Of(piece.Write.Key)), Documents.Version);
        foreach (var piece in pieces)
        {
            var version = present.TryGetValue(Documents.Of(piece.Write.Key), out var found) ? found[Documents.Version].AsInt64 : 0;
            // What was said to be otherwise is as expected: a majority does not know of the change yet.
            if (version == piece.Write.Expected) throw Unsettled();
            piece.Settle(version == piece.Write.Version);
        }
    }

    private void Save(SnapshotUnit unit)
    {
        var (number, payload, chain) = (unit.Snapshot.Number, unit.Snapshot.Payload, unit.Snapshot.Chain);
        var chunks = Math.Max(1, (payload.Length + SnapshotUnit.ChunkSize - 1) / SnapshotUnit.ChunkSize);
        for (var i = 0; i < chunks; i++)
        {
            var place = Documents.Place(unit.Key, number, i);
            var start = i * SnapshotUnit.ChunkSize;
            var piece = payload[start..Math.Min(payload.Length, start + SnapshotUnit.ChunkSize)];
            var document = new BsonDocument { { Documents.Key, place }, { Documents.Chunks, chunks }, { Documents.Chain, chain }, { Documents.Payload, piece } };
            snapshots.ReplaceOne(new BsonDocument(Documents.Key, place), document, new ReplaceOptions { IsUpsert = true });
        }

        // Only now, when this one is complete. An older one that is written late is left for the next to remove.
        var older = new BsonDocument { { "$gt", Documents.Place(unit.Key, long.MinValue, 0) }, { "$lt", Documents.Place(unit.Key, number, 0) } };
        snapshots.DeleteMany(new BsonDocument(Documents.Key, older));
        unit.Outcome = UnitOutcome.Committed;
    }

    private static WriteModel<BsonDocument> Model(Piece piece) => piece.Write.Rule switch
    {
        WriteRule.IfAbsent or WriteRule.IfExpected => new InsertOneModel<BsonDocument>(Documents.Of(piece.Write)),
        WriteRule.IfNewer or WriteRule.Always => new ReplaceOneModel<BsonDocument>(Older(piece.Write), Documents.Of(piece.Write)) { IsUpsert = true },
        _ => throw new InvalidOperationException($"no command for {piece.Write.Rule}"),
    };

    private static BsonDocument Keyed(RecordWrite write) => new(Documents.Key, Documents.Of(write.Key));

    private static BsonDocument Expected(RecordWrite write) => Keyed(write).Add(Documents.Version, write.Expected);

    private static BsonDocument Older(RecordWrite write) =>
        write.Rule == WriteRule.Always ? Keyed(write) : Keyed(write).Add(Documents.Version, new BsonDocument("$lt", write.Version));

    /// <summary>Runs what can only fail because a key is taken.</summary>
    /// <returns>The places of those whose key is.</returns>
    private static List<int> Bulk(IMongoCollection<BsonDocument> collection, IEnumerable<WriteModel<BsonDocument>> models)
    {
        try
        {
            collection.BulkWrite(models, Unordered);
            return [];
        }
        catch (MongoBulkWriteException<BsonDocument> e)
            when (e.WriteConcernError is null && e.UnprocessedRequests.Count == 0 && e.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey))
        {
            return [.. e.WriteErrors.Select(error => error.Index)];
        }
    }

    private static Dictionary<BsonValue, BsonDocument> Read(IMongoCollection<BsonDocument> collection, IEnumerable<BsonValue> keys, string member)
    {
        var filter = new BsonDocument(Documents.Key, new BsonDocument("$in", new BsonArray(keys)));
        return collection.FindSync(filter, new FindOptions<BsonDocument> { Projection = new BsonDocument(member, 1) }).ToList().ToDictionary(document => document[Documents.Key]);
    }

    private StorageException Unsettled() => new($"the MongoDB at {connection.Name} has not settled a write yet");

    /// <summary>One record to write, and whose outcome it decides: nobody's when it follows a batch.</summary>
    private readonly record struct Piece(RecordWrite Write, WriteUnit? Unit)
    {
        public void Settle(bool written)
        {
            if (Unit is not null) Unit.Outcome = written ? UnitOutcome.Committed : UnitOutcome.Conflict;
        }
    }
}
