using Ticketing.Grains.Events;
using Xunit.Abstractions;
using static Ticketing.Grains.Tests.Events.LedgerBench;

namespace Ticketing.Grains.Tests.Events;

/// <summary>Snapshots, and journals that are damaged.</summary>
public sealed class LedgerReplayTests(ITestOutputHelper output)
{
    [Fact]
    public Task Snapshots_cost_about_as_much_as_the_journal_and_keep_its_tail_short() => OneThread(async () =>
    {
        var (journal, key) = (new ScriptedJournal(), NewKey());
        var ledger = await NewEvent(journal, key, 20_000);
        for (var seat = 1u; seat <= 20_000; seat++)
        {
            Assert.True(await ledger.Buy(seat));
            if (seat % 5_000 != 0) continue;
            output.WriteLine($"{seat} seats: journal {journal.JournalBytes}, {journal.Snapshots.Count} snapshots of {journal.SnapshotBytes} bytes");
            Assert.InRange(journal.SnapshotBytes, journal.JournalBytes / 4, journal.JournalBytes * 2);
        }

        var newest = journal.Snapshots[^1];
        var tail = journal.Batches.Where(batch => batch.Number > newest.Number).Sum(batch => batch.Payload.Length);
        Assert.InRange(tail, 0, newest.Payload.Length + 200);
        Assert.Equal(ledger.Sale.ToSnapshot(), (await Ledger.Open(key, journal, Now)).Sale.ToSnapshot());
        journal.Snapshots.Clear();
        Assert.Equal(ledger.Sale.ToSnapshot(), (await Ledger.Open(key, journal, Now)).Sale.ToSnapshot());
    });

    [Fact]
    public Task A_snapshot_holds_nothing_that_the_journal_does_not_hold() => OneThread(async () =>
    {
        var (journal, key) = (new ScriptedJournal(), NewKey());
        var ledger = await NewEvent(journal, key, 2_000);
        journal.Hold();
        var (first, second) = (ledger.Fill(1, 500), ledger.Fill(501, 800));

        // Committed, and decided but not committed, when the batch is written whose snapshot was taken.
        var third = ledger.Buy(801);
        ledger.Decide(802);
        journal.LetGo();
        await Task.WhenAll(first, second, third);
        Assert.True(await ledger.Commit(Now));
        var snapshot = Assert.Single(journal.Snapshots);
        Assert.True(snapshot.Number < journal.Batches[^1].Number);
        Assert.Equal(Fold(journal, (int)snapshot.Number).ToSnapshot(), snapshot.Payload);
        Assert.Equal(journal.Batches[(int)snapshot.Number - 1].Chain, snapshot.Chain);

        Assert.Equal(1_198u, (await Ledger.Open(key, journal, Now)).Sale.Remaining);
    });

    [Fact]
    public Task A_journal_that_was_changed_is_refused() => Damaged(journal =>
    {
        var payload = journal.Batches[2].Payload.ToArray();
        payload[^1] ^= 1;
        journal.Batches[2] = journal.Batches[2] with { Payload = payload };
    });

    [Fact]
    public Task A_journal_with_a_batch_missing_is_refused() => Damaged(journal => journal.Batches.RemoveAt(2));

    [Fact]
    public Task A_journal_with_its_first_batch_missing_is_refused() => Damaged(journal => journal.Batches.RemoveAt(0));

    [Fact]
    public Task A_journal_with_batches_exchanged_is_refused() => Damaged(journal =>
        (journal.Batches[2], journal.Batches[3]) = (journal.Batches[3] with { Number = 3 }, journal.Batches[2] with { Number = 4 }));

    [Fact]
    public Task A_batch_of_another_journal_is_refused_though_its_own_hash_is_right() => Damaged(journal =>
    {
        var payload = journal.Batches[3].Payload;
        journal.Batches[2] = journal.Batches[2] with { Payload = payload, Chain = Ledger.Chain(journal.Batches[1].Chain, 3, payload) };
    });

    [Fact]
    public Task A_tail_that_does_not_follow_its_snapshot_is_refused() => Damaged(journal =>
    {
        journal.Snapshots.Add(new(2, Fold(journal, 2).ToSnapshot(), journal.Batches[1].Chain));
        journal.Batches.RemoveAt(2);
    });

    [Fact]
    public Task A_snapshot_with_a_flipped_bit_is_left_aside_and_the_journal_read_instead() => OneThread(async () =>
    {
        var (journal, key) = (new ScriptedJournal(), NewKey());
        await NewEvent(journal, key, 40);
        var expected = (await Ledger.Open(key, journal, Now)).Sale.ToSnapshot();
        var last = journal.Batches[^1];
        for (var position = 0; position < expected.Length; position += 7)
        {
            var damaged = expected.ToArray();
            damaged[position] ^= 4;
            journal.Snapshots.Clear();
            journal.Snapshots.Add(new(last.Number, damaged, last.Chain));
            var ledger = await Ledger.Open(key, journal, Now);
            Assert.NotNull(ledger.DamagedSnapshot);
            Assert.Equal(expected, ledger.Sale.ToSnapshot());
            last = journal.Batches[^1];
        }
    });

    [Fact]
    public Task An_event_whose_snapshot_is_damaged_gets_a_new_one_when_it_wakes_and_not_when_it_sells_next() => OneThread(async () =>
    {
        var (journal, key) = (new ScriptedJournal(), NewKey());
        await (await NewEvent(journal, key, 2_000)).Fill(1, 2_000);
        var good = journal.Snapshots[^1];
        journal.Snapshots.Clear();
        journal.Snapshots.Add(good with { Payload = [.. good.Payload[..^1], (byte)(good.Payload[^1] ^ 1)] });

        Assert.NotNull((await Ledger.Open(key, journal, Now)).DamagedSnapshot);
        var snapshot = journal.Snapshots[^1];
        Assert.Equal((2, journal.Batches[^1].Number, journal.Batches[^1].Chain), (journal.Snapshots.Count, snapshot.Number, snapshot.Chain));
        Assert.Null((await Ledger.Open(key, journal, Now)).DamagedSnapshot);
    });

    private static Task Damaged(Action<ScriptedJournal> damage) => OneThread(async () =>
    {
        var (journal, key) = (new ScriptedJournal(), NewKey());
        var ledger = await NewEvent(journal, key, 25);
        for (var seat = 1u; seat <= 5; seat++) Assert.True(await ledger.Buy(seat));
        damage(journal);
        var before = journal.Batches.Count;

        await Assert.ThrowsAsync<InvalidDataException>(() => Ledger.Open(key, journal, Now));
        Assert.Equal(before, journal.Batches.Count);
    });

    private static Sale Fold(ScriptedJournal journal, int batches)
    {
        var sale = new Sale(NewKey());
        foreach (var batch in journal.Batches.Take(batches))
            foreach (var entry in EntryFormat.Read(batch.Payload)) sale.Apply(entry);
        return sale;
    }
}
