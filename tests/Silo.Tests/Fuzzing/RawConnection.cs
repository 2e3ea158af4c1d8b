using System.Globalization;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;

namespace Ticketing.Silo.Tests.Fuzzing;

/// <summary>An answer as it came over a bare connection.</summary>
internal sealed record RawAnswer(int Status, List<(string Name, string Value)> Headers, byte[] Body)
{
    public string? Header(string name) => Headers.Find(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public string? ContentType => Header("Content-Type")?.Split(';')[0];

    public bool Closes => string.Equals(Header("Connection"), "close", StringComparison.OrdinalIgnoreCase);

    public string Text => Encoding.UTF8.GetString(Body);

    public override string ToString() => $"{Status} {ContentType} {(Body.Length > 500 ? $"{Text[..Math.Min(Text.Length, 500)]}…" : Text)}";
}

/// <summary>HTTP/1.1 from the caller's side on a bare socket, which sends whatever it is given and believes nothing.</summary>
internal sealed class RawConnection : IDisposable
{
    /// <summary>What is said of an answer that ends too early.</summary>
    public const string Half = "half an answer";

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;

    public static async Task<RawConnection> To(Uri address, CancellationToken patience)
    {
        var connection = new RawConnection();
        await connection.socket.ConnectAsync(address.Host, address.Port, patience);
        return connection;
    }

    /// <summary>Sends bytes. That the other side has hung up is for the reader to find out.</summary>
    public async Task Send(ReadOnlyMemory<byte> bytes, CancellationToken patience)
    {
        try
        {
            while (bytes.Length > 0) bytes = bytes[await socket.SendAsync(bytes, patience)..];
        }
        catch (SocketException)
        {
        }
    }

    public void SendNoMore()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
        }
    }

    /// <summary>Breaks the connection off.</summary>
    public void Break() => socket.LingerState = new LingerOption(true, 0);

    /// <summary>The next answer, interim ones left out; nothing when the connection ended instead.</summary>
    /// <param name="isHead">Whether it answers a HEAD, and so has no body.</param>
    /// <param name="patience">How long to wait.</param>
    /// <exception cref="InvalidDataException">What came is no HTTP.</exception>
    public async Task<RawAnswer?> Read(bool isHead, CancellationToken patience)
    {
        while (true)
        {
            if (await Line(patience) is not { } first) return null;
            if (first.Split(' ') is not ["HTTP/1.1", var code, ..] || !int.TryParse(code, CultureInfo.InvariantCulture, out var status)) throw new InvalidDataException($"no status line: {first}");
            var headers = new List<(string, string)>();
            while (await Line(patience) is { Length: > 0 } line)
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon < 1) throw new InvalidDataException($"no header: {line}");
                headers.Add((line[..colon], line[(colon + 1)..].Trim()));
            }

            if (status is >= 100 and < 200 and not 101) continue;
            var answer = new RawAnswer(status, headers, []);
            return isHead || status is 204 or 304 ? answer : answer with { Body = await Body(answer, patience) };
        }
    }

    /// <summary>Whether the next thing said is that the request may go on.</summary>
    public async Task<bool> GoesOn(CancellationToken patience) => await Line(patience) == "HTTP/1.1 100 Continue" && await Line(patience) == "";

    /// <summary>Reads until the other side ends the connection.</summary>
    public async Task End(CancellationToken patience)
    {
        do start = end;
        while (await Fill(patience));
    }

    public void Dispose() => socket.Dispose();

    private async Task<byte[]> Body(RawAnswer answer, CancellationToken patience)
    {
        using var body = new MemoryStream();
        if (answer.Header("Transfer-Encoding") == "chunked")
        {
            for (var size = await Size(patience); size > 0; size = await Size(patience))
            {
                await Take(body, size, patience);
                await Line(patience);
            }

            await Line(patience);
        }
        else
        {
            await Take(body, answer.Header("Content-Length") is { } length ? int.Parse(length, CultureInfo.InvariantCulture) : int.MaxValue, patience);
        }

        return answer.Header("Content-Encoding") == "gzip" ? Unzipped(body) : body.ToArray();
    }

    private async Task<int> Size(CancellationToken patience) =>
        int.Parse(await Line(patience) is { Length: > 0 } line ? line : throw new InvalidDataException(Half), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static byte[] Unzipped(MemoryStream body)
    {
        body.Position = 0;
        using var text = new MemoryStream();
        using (var zip = new GZipStream(body, CompressionMode.Decompress)) zip.CopyTo(text);
        return text.ToArray();
    }

    private async Task Take(MemoryStream body, int count, CancellationToken patience)
    {
        while (count > 0 && (start < end || await Fill(patience)))
        {
            var some = Math.Min(count, end - start);
            body.Write(buffer, start, some);
            (start, count) = (start + some, count - some);
        }

        if (count is > 0 and < int.MaxValue / 2) throw new InvalidDataException(Half);
    }

    /// <summary>A line without its end; nothing when the connection ended.</summary>
    private async Task<string?> Line(CancellationToken patience)
    {
        var line = new StringBuilder();
        while (start < end || await Fill(patience))
        {
            var one = (char)buffer[start++];
            if (one == '\n') return line.ToString().TrimEnd('\r');
            line.Append(one);
        }

        return null;
    }

    private async Task<bool> Fill(CancellationToken patience)
    {
        try
        {
            (start, end) = (0, await socket.ReceiveAsync(buffer.AsMemory(), patience));
        }
        catch (SocketException)
        {
            (start, end) = (0, 0);
        }

        return end > 0;
    }
}
