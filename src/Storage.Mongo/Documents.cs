using MongoDB.Bson;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Events;

namespace Ticketing.Storage.Mongo;

/// <summary>Rows, batches and snapshots as documents. Members have the names of their columns; a member that holds nothing is left out.</summary>
internal static class Documents
{
    public const string Key = "_id";
    public const string Version = "version";
    public const string Event = "event";
    public const string Number = "number";
    public const string Batch = "batch";
    public const string Chain = "chain";
    public const string Payload = "payload";
    public const string Chunk = "chunk";
    public const string Chunks = "chunks";

    public static BsonDocument Of(RecordWrite write)
    {
        var document = new BsonDocument { { Key, Of(write.Key) }, { Version, write.Version } };
        for (var i = 0; i < write.Members!.Length; i++)
        {
            if (write.Members[i].HasValue) document.Add(write.Table.Columns[i].Name, Of(write.Members[i]));
        }

        return document;
    }

    public static Row Row(RecordTable table, BsonDocument document)
    {
        var members = new Cell[table.Columns.Count];
        for (var i = 0; i < members.Length; i++)
        {
            if (document.TryGetValue(table.Columns[i].Name, out var value)) members[i] = Cell(table.Columns[i].Type, value);
        }

        return new(Cell(table.KeyType, document[Key]), document[Version].AsInt64, members);
    }

    public static BsonDocument Of(RecordId key, JournalBatch batch) => new()
    {
        { Key, Place(key, batch.Number) },
        { Batch, new BsonBinaryData(batch.Id, GuidRepresentation.Standard) },
        { Chain, batch.Chain },
        { Payload, batch.Payload },
    };

    public static JournalBatch BatchOf(BsonDocument document) => new(
        document[Key][Number].AsInt64, BatchId(document), document[Payload].AsByteArray, document[Chain].AsByteArray);

    public static Guid BatchId(BsonDocument document) => document[Batch].AsBsonBinaryData.ToGuid(GuidRepresentation.Standard);

    /// <summary>Where a batch is: the unique key of the journal, and so its fence. Documents sort member by member, so one event's batches lie together.</summary>
    public static BsonDocument Place(RecordId key, long number) => new() { { Event, Of(key) }, { Number, number } };

    /// <summary>Where a piece of a snapshot is.</summary>
    public static BsonDocument Place(RecordId key, long number, int chunk) => new() { { Event, Of(key) }, { Number, number }, { Chunk, chunk } };

    public static BsonValue Of(Cell cell) => !cell.HasValue ? BsonNull.Value : cell.Type switch
    {
        ColumnType.Id => Of(cell.Id),
        ColumnType.Number => new BsonInt64(cell.Number),
        ColumnType.Text => new BsonString(cell.Text),
        ColumnType.Bytes => new BsonBinaryData(cell.Bytes),
        _ => throw new InvalidOperationException($"no value for {cell.Type}"),
    };

    public static BsonObjectId Of(RecordId id)
    {
        var bytes = new byte[RecordId.Size];
        id.Write(bytes);
        return new(new ObjectId(bytes));
    }

    public static Cell Cell(ColumnType type, BsonValue value) => type switch
    {
        _ when value.IsBsonNull => Storage.Cell.None,
        ColumnType.Id => Storage.Cell.Of(Id(value)),
        ColumnType.Number => Storage.Cell.Of(value.AsInt64),
        ColumnType.Text => Storage.Cell.Of(value.AsString),
        ColumnType.Bytes => Storage.Cell.Of(value.AsByteArray),
        _ => throw new InvalidOperationException($"no value for {type}"),
    };

    public static RecordId Id(BsonValue value) => RecordId.Read(value.AsObjectId.ToByteArray());
}
