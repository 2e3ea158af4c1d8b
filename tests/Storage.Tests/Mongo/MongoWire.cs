using System.Buffers.Binary;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace Ticketing.Storage.Tests.Mongo;

/// <summary>
/// MongoDB's messages (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/): what drivers say today, and the older form that some begin with.
/// All begin with their length, their number, the number that they answer and their kind.
/// </summary>
internal static class MongoWire
{
    private const int Header = 16;
    private const int Reply = 1;
    private const int Query = 2004;
    private const int Message = 2013;

    /// <summary>The next message; nothing when the other side has gone.</summary>
    public static async Task<byte[]?> Read(Stream stream, CancellationToken cancellation)
    {
        var length = new byte[sizeof(int)];
        if (await stream.ReadAtLeastAsync(length, length.Length, throwOnEndOfStream: false, cancellation) < length.Length) return null;
        var message = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        length.CopyTo(message, 0);
        var rest = message.AsMemory(length.Length);
        return await stream.ReadAtLeastAsync(rest, rest.Length, throwOnEndOfStream: false, cancellation) < rest.Length ? null : message;
    }

    /// <summary>A message's number.</summary>
    public static int Number(byte[] message) => Int(message, 4);

    /// <summary>The number of the message that this one answers.</summary>
    public static int Answered(byte[] message) => Int(message, 8);

    /// <summary>A request's command. Documents that are sent beside it are left out.</summary>
    public static BsonDocument Command(byte[] message)
    {
        var start = Int(message, 12) switch
        {
            // Flags, the kind of the first section.
            Message => Header + sizeof(int) + 1,
            // Flags, the collection's name with a zero, how many to leave out, how many to return.
            Query => Array.IndexOf(message, (byte)0, Header + sizeof(int)) + 1 + (2 * sizeof(int)),
            var kind => throw new InvalidOperationException($"a message of kind {kind}"),
        };
        return BsonSerializer.Deserialize<BsonDocument>(message[start..(start + Int(message, start))]);
    }

    /// <summary>The answer to a request, in the request's form.</summary>
    public static byte[] Answer(byte[] request, BsonDocument answer)
    {
        var modern = Int(request, 12) == Message;
        var body = answer.ToBson();
        // Flags and kind of section; or flags, no cursor (8 bytes), from the first on, one document.
        byte[] before = modern ? new byte[sizeof(int) + 1] : [.. new byte[16], .. BitConverter.GetBytes(1)];
        var header = new[] { Header + before.Length + body.Length, Number(request), Number(request), modern ? Message : Reply };
        return [.. header.SelectMany(BitConverter.GetBytes), .. before, .. body];
    }

    private static int Int(byte[] message, int at) => BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(at));
}
