using System.Runtime.CompilerServices;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Events;

/// <summary>Reads the journal beside the event, which goes on selling.</summary>
[GrainType("event-history")]
internal sealed class EventHistoryGrain(IJournal journal, IGrainContext context) : IEventHistoryGrain, IGrainBase
{
    /// <summary>A batch may have half a megabyte.</summary>
    private const int BatchesAtOnce = 32;

    private const int PageSize = 256 * 1024;

    private readonly Departure departure = new();

    public IGrainContext GrainContext => context;

    private EventKey Key => EventKey.Parse(this.GetPrimaryKeyString());

    public async IAsyncEnumerable<HistoryPage> Pages(Caller caller, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var creator = await Creator();
        if (creator is not { } maker || !caller.MayChange(maker))
        {
            if (creator is null) departure.Begin(this);
            yield return new([], creator is null ? Refusal.NoSuchEvent : Refusal.NotYours);
            yield break;
        }

        using var export = new HistoryExport(Key);
        await foreach (var batch in Batches())
        {
            cancellation.ThrowIfCancellationRequested();
            export.Add(batch);
            if (export.Length >= PageSize) yield return new(export.Take());
        }

        export.End();
        yield return new(export.Take());
    }

    /// <summary>Who made the event, from its first entries: a deleted event is in no list any more.</summary>
    private async Task<UserId?> Creator()
    {
        var history = new LedgerHistory(Key);
        await foreach (var batch in Batches())
        {
            if (history.Next(batch).OfType<History.Details>().FirstOrDefault() is { } made) return new UserId(HistoryOf.Id(made.Creator));
        }

        return null;
    }

    private async IAsyncEnumerable<JournalBatch> Batches()
    {
        for (var after = 0L; ;)
        {
            var page = await journal.Read(Key, after, BatchesAtOnce);
            foreach (var batch in page) yield return batch;
            if (page.Count < BatchesAtOnce) yield break;
            after = page[^1].Number;
        }
    }
}
