using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Ticketing.History;

/// <summary>
/// Writes an export: each line is a JSON object whose last member, <c>chain</c>, ties it to all lines before it; the last line says how many there are. Used by one thread.
/// </summary>
public sealed class HistoryWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> bytes = new(1 << 16);
    private readonly ArrayBufferWriter<byte> line = new(512);
    private readonly LineChain chain = new();
    private readonly Utf8JsonWriter json;
    private long lines;

    /// <summary>Begins with nothing.</summary>
    public HistoryWriter() => json = new(line, new JsonWriterOptions { SkipValidation = true });

    /// <summary>How many bytes wait to be taken.</summary>
    public int Length => bytes.WrittenCount;

    /// <summary>Writes a line.</summary>
    public void Write(HistoryLine what)
    {
        HistoryFormat.Write(json, what);
        Close();
    }

    /// <summary>Writes the last line.</summary>
    public void End()
    {
        json.WriteStartObject();
        json.WriteNumber(LineChain.End, lines);
        json.WriteEndObject();
        Close();
    }

    /// <summary>Hands out what was written since the last call.</summary>
    public byte[] Take()
    {
        var taken = bytes.WrittenSpan.ToArray();
        bytes.ResetWrittenCount();
        return taken;
    }

    /// <summary>Gives up what it was written with.</summary>
    public void Dispose() => json.Dispose();

    private void Close()
    {
        json.Flush();
        var body = line.WrittenSpan[..^1];
        bytes.Write(body);
        bytes.Write(Encoding.ASCII.GetBytes($"{LineChain.Before}{chain.Add(body)}{LineChain.After}\n"));
        lines++;
        line.ResetWrittenCount();
        json.Reset();
    }
}

/// <summary>The chain of an export: sixteen bytes, the first of SHA-256 of the chain before and the line up to its chain.</summary>
internal sealed class LineChain
{
    public const string End = "end";
    public const string Before = ",\"chain\":\"";
    public const string After = "\"}";

    /// <summary>The length of the chain in hexadecimal characters.</summary>
    public const int Length = 32;

    private byte[] last = [];

    /// <summary>The chain after a line.</summary>
    public string Add(ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(last);
        hash.AppendData(body);
        last = hash.GetHashAndReset()[..(Length / 2)];
        return Convert.ToHexStringLower(last);
    }

    /// <summary>Goes on from what a line says, whether that is right or not.</summary>
    public void Believe(string said)
    {
        if (said.Length == Length && said.All(char.IsAsciiHexDigit)) last = Convert.FromHexString(said);
    }
}
