using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Ticketing.OnSale.Load;

/// <summary>A kept-alive connection over which one request at a time is asked. It understands what is asked of it here and no more of HTTP.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] received = new byte[64 * 1024];

    /// <summary>Where a request is written before it is asked.</summary>
    public byte[] Request { get; } = new byte[8 * 1024];

    /// <summary>The body of the last answer; overwritten by the next.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    public ValueTask Open(Uri address) => socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port), CancellationToken.None);

    /// <summary>Asks, and waits for the whole answer.</summary>
    /// <param name="length">How many bytes of <see cref="Request"/>.</param>
    /// <returns>The status.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> Ask(int length)
    {
        for (var sent = 0; sent < length;) sent += await socket.SendAsync(Request.AsMemory(sent, length - sent), SocketFlags.None);
        for (var filled = 0; ;)
        {
            var read = await socket.ReceiveAsync(received.AsMemory(filled), SocketFlags.None);
            if (read == 0) throw new IOException("the server closed the connection");
            filled += read;
            if (IsWhole(filled)) return StatusOf(received);
        }
    }

    public void Dispose() => socket.Dispose();

    private bool IsWhole(int filled)
    {
        var all = received.AsSpan(0, filled);
        var headers = all.IndexOf("\r\n\r\n"u8);
        if (headers < 0) return false;
        var length = 0;
        var at = all[..headers].IndexOf("Content-Length: "u8);
        if (at < 0) throw new IOException("an answer that does not say how long it is");
        for (at += 16; all[at] is >= (byte)'0' and <= (byte)'9'; at++) length = (length * 10) + all[at] - '0';
        if (headers + 4 + length > filled) return false;
        Body = received.AsMemory(headers + 4, length);
        return true;
    }

    // "HTTP/1.1 200"
    private static int StatusOf(byte[] answer) => ((answer[9] - '0') * 100) + ((answer[10] - '0') * 10) + answer[11] - '0';
}
