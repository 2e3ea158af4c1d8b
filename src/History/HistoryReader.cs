using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Ticketing.History;

/// <summary>Reads an export. A line that is edited, missing or cut is a violation that names it, and the reading goes on after it.</summary>
/// <param name="table">Gets what is found of the file itself.</param>
public sealed class HistoryReader(CheckTable table)
{
    /// <summary>Far more than any line has.</summary>
    private const int LongestLine = 1 << 16;

    private readonly Check file = table.Row("lines", "each line of the file is what was written, and follows from all before it");
    private readonly LineChain chain = new();
    private long number;
    private bool ended;
    private string? eventId;

    /// <summary>The lines of a history that can be read, in order.</summary>
    /// <param name="stream">The file, UTF-8.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InvalidDataException">It is no history at all, or one of another version. The message is one line.</exception>
    public async IAsyncEnumerable<HistoryLine> Read(Stream stream, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var text = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, 1 << 16, leaveOpen: true);
        while (await text.ReadLineAsync(cancellation) is { } line)
        {
            number++;
            file.Look();
            if (Next(line) is { } read) yield return read;
        }

        if (number == 0) throw new InvalidDataException("it is empty");
        if (!ended) Violate($"the file ends after line {number} without its last line: it was cut");
    }

    private HistoryLine? Next(string line)
    {
        if (ended) Violate($"line {number} comes after the last one");
        var isFirst = number == 1;
        var place = line.Length > LongestLine ? -1 : line.LastIndexOf(LineChain.Before, StringComparison.Ordinal);
        if (place < 0 || !line.EndsWith(LineChain.After, StringComparison.Ordinal))
        {
            if (isFirst) throw new InvalidDataException("it is no history of an event");
            Violate($"line {number} is not a whole line of a history");
            return null;
        }

        var said = line[(place + LineChain.Before.Length)..^LineChain.After.Length];
        var isWhole = chain.Add(Encoding.UTF8.GetBytes(line[..place])) == said;
        if (!isWhole) Violate($"line {number} was edited, or lines before it are missing");
        chain.Believe(said);
        try
        {
            using var document = JsonDocument.Parse(line);
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            if (isFirst) throw new InvalidDataException($"it is no history of an event: {e.Message}", e);
            if (isWhole) Violate($"line {number} cannot be read: {e.Message.ReplaceLineEndings(" ")}");
            return null;
        }
    }

    private HistoryLine? Read(JsonElement line)
    {
        if (number > 1 && line.TryGetProperty(LineChain.End, out var end) && end.ValueKind == JsonValueKind.Number)
        {
            ended = true;
            if (end.GetInt64() != number - 1) Violate($"the file has {number - 1} lines before its last one, which says {end.GetInt64()}");
            return null;
        }

        var read = HistoryFormat.Read(line);
        if (number == 1 != read is Head) throw new FormatException(number == 1 ? "it does not say of what" : "it begins anew");
        if (read is Head head) eventId = Ids.Record(head.Event);
        return read;
    }

    private void Violate(string what) => file.Violate(new(eventId, 0, 0, null, what));
}
