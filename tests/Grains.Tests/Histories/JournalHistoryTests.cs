using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Events;
using Ticketing.Grains.Tests.Events;
using Ticketing.History;

namespace Ticketing.Grains.Tests.Histories;

/// <summary>What the sale decides and the ledger writes, against the checker, which shares no code with them.</summary>
public sealed class JournalHistoryTests
{
    [Fact]
    public Task Activations_that_follow_one_another_say_who_wrote_each_batch() => LedgerBench.OneThread(async () =>
    {
        var (journal, key) = (new ScriptedJournal(), LedgerBench.NewKey());
        var first = await LedgerBench.NewEvent(journal, key, 100);
        for (var seat = 1u; seat <= 3; seat++) await first.Buy(seat);
        var second = await Ledger.Open(key, journal, LedgerBench.Now);
        for (var seat = 11u; seat <= 12; seat++) await second.Buy(seat);
        var table = Check(key, journal.Batches);

        Assert.True(table.Holds);
        Assert.Empty(table.Checks.Single(check => check.Name == "writers").Notes);
        Assert.Equal(2, journal.Batches.Select(batch => HistoryOf.Batch(batch).Writer).Distinct().Count());
        Assert.Equal(journal.Batches.Count, journal.Batches.Select(batch => batch.Id).Distinct().Count());

        // As it would be if an older one could write after a newer one had opened.
        var stale = journal.Batches[^1] with { Id = journal.Batches[0].Id };
        Assert.Contains("after writer", Check(key, [.. journal.Batches[..^1], stale]).Checks.Single(check => check.Name == "writers").First.Single().What, StringComparison.Ordinal);
        var edited = journal.Batches[3] with { Payload = [.. journal.Batches[3].Payload[..^1], 7] };
        Assert.Contains("batch 4 ", Check(key, [.. journal.Batches[..3], edited, .. journal.Batches[4..]]).Checks.Single(check => check.Name == "chain").First.Single().What, StringComparison.Ordinal);
        Assert.Equal("batch 4 is missing", Check(key, [.. journal.Batches[..3], .. journal.Batches[4..]]).Checks.Single(check => check.Name == "batches").First.Single().What);
    });

    private static CheckTable Check(EventKey key, IEnumerable<JournalBatch> batches)
    {
        var (checker, history) = (new HistoryChecker(new()), new LedgerHistory(key));
        checker.Add(history.Head);
        foreach (var line in batches.SelectMany(history.Next)) checker.Add(line);
        return checker.Finish();
    }
}
