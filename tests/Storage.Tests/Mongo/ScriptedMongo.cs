using System.Collections.Concurrent;
using System.Net.Sockets;
using MongoDB.Bson;

namespace Ticketing.Storage.Tests.Mongo;

/// <summary>A server that is what a test wants: it speaks enough of MongoDB's protocol to be asked what it is, and gives the answers that were laid down.</summary>
internal sealed class ScriptedMongo : IAsyncDisposable
{
    private readonly Door door;

    /// <summary>Starts it as the primary of a replica set with one member.</summary>
    /// <param name="change">What it says otherwise of itself.</param>
    public ScriptedMongo(Action<BsonDocument>? change = null)
    {
        door = new(Talk);
        Address = door.Address.ToString();
        Hello = new()
        {
            { "isWritablePrimary", true }, { "ismaster", true }, { "helloOk", true }, { "secondary", false }, { "setName", "rs0" }, { "setVersion", 1 },
            { "hosts", new BsonArray { Address } }, { "me", Address }, { "primary", Address }, { "maxBsonObjectSize", 16 * 1024 * 1024 },
            { "maxMessageSizeBytes", 48_000_000 }, { "maxWriteBatchSize", 100_000 }, { "logicalSessionTimeoutMinutes", 30 },
            { "minWireVersion", 0 }, { "maxWireVersion", 21 }, { "readOnly", false }, { "ok", 1 },
        };
        change?.Invoke(Hello);
    }

    /// <summary>Host and port.</summary>
    public string Address { get; }

    /// <summary>The answers by command; what is not here is answered that it is done.</summary>
    public ConcurrentDictionary<string, BsonDocument> Answers { get; } = new();

    /// <summary>The commands that are not answered at all.</summary>
    public ConcurrentBag<string> Silent { get; } = [];

    /// <summary>The names of the commands that came, but for the greetings.</summary>
    public ConcurrentQueue<string> Commands { get; } = new();

    private BsonDocument Hello { get; }

    /// <summary>A refusal of a command.</summary>
    public static BsonDocument Error(int code, string name, string message) => new() { { "ok", 0 }, { "code", code }, { "codeName", name }, { "errmsg", message } };

    public ValueTask DisposeAsync() => door.DisposeAsync();

    private async Task Talk(TcpClient client, CancellationToken end)
    {
        using (client)
        {
            try
            {
                while (await MongoWire.Read(client.GetStream(), end) is { } request)
                {
                    if (Say(MongoWire.Command(request).GetElement(0).Name) is { } answer) await client.GetStream().WriteAsync(MongoWire.Answer(request, answer), end);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
            {
                // One of both has gone.
            }
        }
    }

    private BsonDocument? Say(string command)
    {
        if (command.ToUpperInvariant() is "HELLO" or "ISMASTER") return Hello;
        Commands.Enqueue(command);
        if (Silent.Contains(command)) return null;
        return Answers.GetValueOrDefault(command) ?? new BsonDocument { { "ok", 1 }, { "cursor", new BsonDocument { { "id", 0L }, { "ns", "any.thing" }, { "firstBatch", new BsonArray() } } } };
    }
}
