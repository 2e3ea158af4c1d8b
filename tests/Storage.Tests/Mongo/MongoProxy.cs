using System.Collections.Concurrent;
using System.Net.Sockets;
using MongoDB.Driver;

namespace Ticketing.Storage.Tests.Mongo;

/// <summary>Stands between a client and the server, loses answers on request, and goes away and comes back.</summary>
internal sealed class MongoProxy : IAsyncDisposable
{
    private readonly MongoServerAddress server;
    private readonly string database;
    private Door door;
    private string? lossy;
    private int losses;

    /// <summary>Starts it.</summary>
    /// <param name="url">The database behind it.</param>
    public MongoProxy(string url)
    {
        (server, database) = (new MongoUrl(url).Servers.First(), new MongoUrl(url).DatabaseName);
        door = new(Talk);
    }

    /// <summary>The database, as reached through here.</summary>
    public string Url => $"mongodb://{door.Address}/{database}?directConnection=true";

    /// <summary>How many answers are still to be lost.</summary>
    public int LossesLeft => Volatile.Read(ref losses);

    /// <summary>Lets the server carry out the next commands of a name, and cuts the connection instead of passing their answers on.</summary>
    public void Lose(string command, int answers)
    {
        lossy = command;
        Volatile.Write(ref losses, answers);
    }

    /// <summary>Cuts all connections and takes no more.</summary>
    public Task Stop() => door.DisposeAsync().AsTask();

    /// <summary>Takes connections again.</summary>
    public void Start() => door = new(Talk, door.Address.Port);

    public ValueTask DisposeAsync() => door.DisposeAsync();

    private async Task Talk(TcpClient client, CancellationToken end)
    {
        using var upstream = new TcpClient();
        using (client)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(end);
            var commands = new ConcurrentDictionary<int, string>();
            try
            {
                await upstream.ConnectAsync(server.Host, server.Port, over.Token);
                var ways = new[]
                {
                    Pass(client, upstream, request => commands[MongoWire.Number(request)] = MongoWire.Command(request).GetElement(0).Name, over.Token),
                    Pass(upstream, client, Answered, over.Token),
                };
                await await Task.WhenAny(ways);
                await over.CancelAsync();
                await Task.WhenAll(ways);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // One of the sides has gone, or is to believe so.
                await over.CancelAsync();
            }

            void Answered(byte[] answer)
            {
                if (commands.TryRemove(MongoWire.Answered(answer), out var command) && command == lossy && Interlocked.Decrement(ref losses) >= 0)
                    throw new IOException("the answer is lost");
            }
        }
    }

    private static async Task Pass(TcpClient from, TcpClient to, Action<byte[]> seen, CancellationToken cancellation)
    {
        while (await MongoWire.Read(from.GetStream(), cancellation) is { } message)
        {
            seen(message);
            await to.GetStream().WriteAsync(message, cancellation);
        }
    }
}
