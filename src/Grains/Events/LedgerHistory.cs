using System.Runtime.InteropServices;
using Ticketing.Grains.Abstractions.Events;

namespace Ticketing.Grains.Events;

/// <summary>A journal read as a history, batch by batch. It judges nothing: whoever takes the lines does.</summary>
/// <param name="key">The event.</param>
public sealed class LedgerHistory(EventKey key)
{
    private long position;

    /// <summary>The line that begins the history.</summary>
    public History.Head Head => HistoryOf.Head(key);

    /// <summary>The lines of the batch that comes next. Of one that cannot be read there is its first line alone, which says so.</summary>
    public IReadOnlyList<History.HistoryLine> Next(JournalBatch batch)
    {
        var lines = new List<History.HistoryLine> { HistoryOf.Batch(batch) };
        var before = position;
        try
        {
            foreach (var entry in EntryFormat.Read(batch.Payload)) lines.Add(HistoryOf.Fact(key, entry, entry is Opened ? position : ++position));
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentOutOfRangeException or OverflowException)
        {
            position = before;
            CollectionsMarshal.SetCount(lines, 1);
            lines[0] = HistoryOf.Batch(batch) with { Fault = $"cannot be read: {e.Message.ReplaceLineEndings(" ")}" };
        }

        return lines;
    }
}
