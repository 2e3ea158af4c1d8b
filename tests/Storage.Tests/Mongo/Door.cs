using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Ticketing.Storage.Tests.Mongo;

/// <summary>A port of this machine behind which a test talks. When it closes, all talks end.</summary>
internal sealed class Door : IAsyncDisposable
{
    private readonly Func<TcpClient, CancellationToken, Task> talk;
    private readonly TcpListener listener;
    private readonly CancellationTokenSource end = new();
    private readonly ConcurrentBag<Task> talks = [];
    private readonly Task accepting;

    /// <summary>Opens it.</summary>
    /// <param name="talk">What is done with a connection; obeys the end.</param>
    /// <param name="port">The port; absent for a free one.</param>
    public Door(Func<TcpClient, CancellationToken, Task> talk, int port = 0)
    {
        this.talk = talk;
        listener = new(IPAddress.Loopback, port);
        listener.Start();
        Address = (IPEndPoint)listener.LocalEndpoint;
        accepting = Accept();
    }

    public IPEndPoint Address { get; }

    /// <summary>Cuts all connections and takes no more. Once is enough, twice is harmless.</summary>
    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Dispose();
        await accepting;
        await Task.WhenAll(talks);
    }

    private async Task Accept()
    {
        try
        {
            while (true) talks.Add(talk(await listener.AcceptTcpClientAsync(end.Token), end.Token));
        }
        catch (Exception e) when (end.IsCancellationRequested && e is (OperationCanceledException or SocketException or InvalidOperationException))
        {
            // Closed, perhaps just before it was to take another connection.
        }
    }
}
