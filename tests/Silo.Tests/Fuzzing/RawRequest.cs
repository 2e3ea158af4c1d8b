using System.Globalization;
using System.Text;

namespace Ticketing.Silo.Tests.Fuzzing;

/// <summary>How a request's bytes reach the server.</summary>
internal enum Delivery
{
    /// <summary>At once.</summary>
    Whole,

    /// <summary>Piece by piece, with a little time between.</summary>
    Pieces,

    /// <summary>Behind other requests, before those are answered.</summary>
    Pipelined,

    /// <summary>Only a part; then the caller sends no more and waits.</summary>
    Cut,

    /// <summary>Only a part; then the caller is gone.</summary>
    Gone,

    /// <summary>Only a part; then the connection breaks.</summary>
    Reset,
}

/// <summary>A request as text that may be wrong in every part, until it is bytes.</summary>
internal sealed class RawRequest
{
    /// <summary>The mapped route that it began as, its method first.</summary>
    public required string Route { get; init; }

    public required string Method { get; set; }

    public required string Path { get; set; }

    public string Query { get; set; } = "";

    public string Version { get; set; } = "HTTP/1.1";

    public List<(string Name, string Value)> Headers { get; } = [];

    public byte[]? Body { get; set; }

    /// <summary>The body's length as it is announced; absent to announce none.</summary>
    public string? Length { get; set; }

    /// <summary>Whether the body is sent as chunks of this text's framing, where it is not what it should be.</summary>
    public byte[]? Framed { get; set; }

    public Delivery Delivery { get; set; }

    /// <summary>How many of its pieces are sent, and where they end.</summary>
    public double Part { get; set; } = 1;

    /// <summary>Whether HTTP itself is broken or strained: the server may turn it away by itself, without an envelope, or just hang up.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Whether the server may wait for more than is sent.</summary>
    public bool IsUnfinished { get; set; }

    /// <summary>Whether the path is one that documents foretell the answers of.</summary>
    public bool IsPathKnown { get; set; } = true;

    /// <summary>Whether its answer has no body, whatever it announces.</summary>
    public bool IsHead => Method.EndsWith("HEAD", StringComparison.Ordinal);

    public void Set(string name, string value)
    {
        Headers.RemoveAll(header => header.Name == name);
        Headers.Add((name, value));
    }

    public byte[] Bytes(string host)
    {
        var head = new StringBuilder($"{Method} {Path}{Query} {Version}\r\n");
        if (!Headers.Exists(header => header.Name.Equals("Host", StringComparison.OrdinalIgnoreCase))) head.Append(CultureInfo.InvariantCulture, $"Host: {host}\r\n");
        foreach (var (name, value) in Headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (Length is not null) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Length}\r\n");
        return [.. Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()), .. Framed ?? Body ?? []];
    }

    /// <summary>Bytes as a command that sends them again.</summary>
    public static string Command(byte[] bytes, Uri address)
    {
        var text = new StringBuilder("printf '");
        foreach (var one in bytes.AsSpan(0, Math.Min(bytes.Length, 4000)))
            text.Append(one is >= (byte)' ' and < 0x7F and not ((byte)'%' or (byte)'\\' or (byte)'\'') ? $"{(char)one}" : $"\\{Convert.ToString(one, 8).PadLeft(3, '0')}");
        return text.Append(CultureInfo.InvariantCulture, $"' | nc {address.Host} {address.Port}{(bytes.Length > 4000 ? $"   # and {bytes.Length - 4000} bytes more" : "")}").ToString();
    }
}
