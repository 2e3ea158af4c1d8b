using Ticketing.Grains.Abstractions.Events;

namespace Ticketing.Grains.Events;

/// <summary>Writes a journal as a file that anybody may have: pseudonymous, and tied together by a chain of its own in place of the journal's.</summary>
/// <param name="key">The event.</param>
internal sealed class HistoryExport(EventKey key) : IDisposable
{
    private readonly History.HistoryWriter writer = new();
    private readonly LedgerHistory history = new(key);
    private Pseudonyms? pseudonyms;
    private byte[] chain = [];

    /// <summary>How many bytes wait to be taken.</summary>
    public int Length => writer.Length;

    /// <summary>Writes the batch that comes next.</summary>
    public void Add(JournalBatch batch)
    {
        if (pseudonyms is null)
        {
            pseudonyms = new(batch.Id.ToByteArray(bigEndian: true));
            writer.Write(history.Head);
        }

        // The chain itself would let whoever guesses a person's id see that the guess is right; whether it holds is said instead.
        var isWhole = Ledger.Chain(chain, batch.Number, batch.Payload).AsSpan().SequenceEqual(batch.Chain);
        chain = batch.Chain;
        foreach (var line in history.Next(batch))
        {
            var hidden = pseudonyms.Of(line);
            writer.Write(hidden is History.Batch first && !isWhole ? first with { Fault = "is not what was written, or does not follow from the one before it" } : hidden);
        }
    }

    /// <summary>Writes the last line.</summary>
    public void End() => writer.End();

    /// <summary>Hands out what was written since the last call.</summary>
    public byte[] Take() => writer.Take();

    public void Dispose() => writer.Dispose();
}
