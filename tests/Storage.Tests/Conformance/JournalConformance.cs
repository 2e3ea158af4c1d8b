using Ticketing.Grains.Events;

namespace Ticketing.Storage.Tests.Conformance;

/// <summary>The journal: insert-only, and its unique key is the fence.</summary>
public abstract class JournalConformance(Database database) : EngineConformance(database)
{
    [SkippableFact]
    public async Task A_batch_is_read_back_byte_for_byte_after_reopening()
    {
        var key = Samples.Id();
        var batch = new JournalBatch(1, Guid.NewGuid(), [.. Enumerable.Range(0, 70_000).Select(i => unchecked((byte)i))], [0, 255, .. new byte[30]]);
        Assert.Equal([UnitOutcome.Committed], Commit(Samples.Append(key, batch)));
        Reopen();

        var read = Assert.Single(await Engine.ReadJournal(key, 0, 10));
        Assert.Equal((batch.Number, batch.Id), (read.Number, read.Id));
        Assert.Equal(batch.Payload, read.Payload);
        Assert.Equal(batch.Chain, read.Chain);
    }

    [SkippableFact]
    public async Task An_unknown_event_has_an_empty_journal()
    {
        Commit(Samples.Append(Samples.Id(), Samples.Batch(1)));
        Assert.Empty(await Engine.ReadJournal(Samples.Id(), 0, 10));
    }

    [SkippableFact]
    public async Task Batches_come_in_the_order_of_their_numbers_and_in_pages()
    {
        var key = Samples.Id();
        // 300 and more show an order of texts or of single bytes for what it is.
        foreach (var number in Enumerable.Range(1, 300).Reverse()) Commit(Samples.Append(key, Samples.Batch(number)));

        Assert.Equal(Enumerable.Range(1, 300).Select(i => (long)i), (await Engine.ReadJournal(key, 0, 1000)).Select(batch => batch.Number));
        Assert.Equal([1L, 2], (await Engine.ReadJournal(key, 0, 2)).Select(batch => batch.Number));
        Assert.Equal([3L, 4], (await Engine.ReadJournal(key, 2, 2)).Select(batch => batch.Number));
        Assert.Equal([300L], (await Engine.ReadJournal(key, 299, 2)).Select(batch => batch.Number));
        Assert.Empty(await Engine.ReadJournal(key, 300, 2));
    }

    [SkippableFact]
    public async Task Events_that_have_a_journal_are_listed_once_each_in_the_order_of_their_ids_and_in_pages()
    {
        Assert.Empty(await Engine.ListJournals(null, 10));
        var keys = Enumerable.Range(0, 12).Select(_ => Samples.Id()).Append(default).Append(new(ulong.MaxValue, uint.MaxValue)).Order().ToArray();
        foreach (var key in keys.Reverse()) Commit(Samples.Append(key, Samples.Batch(1)), Samples.Append(key, Samples.Batch(2)), Samples.Append(key, Samples.Batch(long.MaxValue)));
        // A record is no journal.
        Commit(new WriteUnit(Samples.Put(Samples.Ticket(), 1)));

        Assert.Equal(keys, await Engine.ListJournals(null, 100));
        Assert.Equal(keys[..5], await Engine.ListJournals(null, 5));
        Assert.Equal(keys[5..10], await Engine.ListJournals(keys[4], 5));
        Assert.Equal(keys[13..], await Engine.ListJournals(keys[12], 5));
        Assert.Empty(await Engine.ListJournals(keys[13], 5));
        // Between two of them there is none.
        Assert.Equal(keys[1..2], await Engine.ListJournals(new(0, 1), 1));
    }

    [SkippableFact]
    public async Task Events_have_journals_of_their_own_also_inside_one_group()
    {
        var (one, other) = (Samples.Id(), Samples.Id());
        var (mine, theirs) = (Samples.Batch(1, "mine"), Samples.Batch(1, "theirs"));
        Assert.Equal([UnitOutcome.Committed, UnitOutcome.Committed], Commit(Samples.Append(one, mine), Samples.Append(other, theirs)));

        Assert.Equal(mine.Id, Assert.Single(await Engine.ReadJournal(one, 0, 10)).Id);
        Assert.Equal(theirs.Id, Assert.Single(await Engine.ReadJournal(other, 0, 10)).Id);
    }

    [SkippableFact]
    public async Task Several_batches_of_one_event_fit_into_one_group()
    {
        var key = Samples.Id();
        Assert.All(
            Commit(Samples.Append(key, Samples.Batch(1)), Samples.Append(key, Samples.Batch(2)), Samples.Append(key, Samples.Batch(3))),
            outcome => Assert.Equal(UnitOutcome.Committed, outcome));
        Assert.Equal([1L, 2, 3], (await Engine.ReadJournal(key, 0, 10)).Select(batch => batch.Number));
    }

    [SkippableFact]
    public async Task The_same_batch_again_is_committed_and_is_there_once()
    {
        var key = Samples.Id();
        var batch = Samples.Batch(1);
        Commit(Samples.Append(key, batch));
        Assert.Equal([UnitOutcome.Committed], Commit(Samples.Append(key, batch)));
        Reopen();
        Assert.Equal([UnitOutcome.Committed], Commit(Samples.Append(key, batch)));
        Assert.Single(await Engine.ReadJournal(key, 0, 10));
    }

    [SkippableFact]
    public async Task The_same_batch_again_leaves_what_happened_to_its_records_since()
    {
        var payment = Samples.Payment(nextAt: Samples.Noon);
        var append = Samples.Append(Samples.Id(), Samples.Batch(1), Samples.Born(payment, version: 7));
        Commit(append);
        var settled = payment with { NextAt = null, Attempts = 1 };
        var key = Tables.Payments.Key(payment);
        Assert.Equal(UnitOutcome.Committed, Commit(new RecordWrite(Tables.Payments, WriteRule.IfExpected, 7, key, 8, Tables.Payments.Write(settled))));

        Commit(append);
        var row = await Engine.Find(Tables.Payments, key);
        Assert.Equal((8L, settled), (row!.Version, Tables.Payments.Read(row)));
    }

    [SkippableFact]
    public async Task A_taken_number_is_a_conflict_that_writes_neither_batch_nor_records()
    {
        var key = Samples.Id();
        var first = Samples.Batch(1, "first");
        Commit(Samples.Append(key, first));
        var (ticket, payment) = (Samples.Ticket(), Samples.Payment());

        Assert.Equal([UnitOutcome.Conflict], Commit(Samples.Append(key, Samples.Batch(1, "late"), Samples.Put(ticket, 2), Samples.Born(payment))));

        var kept = Assert.Single(await Engine.ReadJournal(key, 0, 10));
        Assert.Equal(first.Id, kept.Id);
        Assert.Equal(first.Payload, kept.Payload);
        Assert.Null(await Engine.Find(Tables.Tickets, ticket.Id.Value));
        Assert.Null(await Engine.Find(Tables.Payments, payment.Payment!.Id.Value));
    }

    [SkippableFact]
    public async Task A_number_that_two_units_of_one_group_want_goes_to_the_first()
    {
        var key = Samples.Id();
        var (first, second) = (Samples.Batch(1, "first"), Samples.Batch(1, "second"));
        var (mine, theirs) = (Samples.Ticket(), Samples.Ticket());
        Assert.Equal(
            [UnitOutcome.Committed, UnitOutcome.Conflict],
            Commit(Samples.Append(key, first, Samples.Put(mine, 1)), Samples.Append(key, second, Samples.Put(theirs, 1))));

        Assert.Equal(first.Id, Assert.Single(await Engine.ReadJournal(key, 0, 10)).Id);
        Assert.NotNull(await Engine.Find(Tables.Tickets, mine.Id.Value));
        Assert.Null(await Engine.Find(Tables.Tickets, theirs.Id.Value));
    }

    [SkippableFact]
    public async Task Conflicts_in_a_large_group_reach_their_own_units_alone()
    {
        var keys = Enumerable.Range(0, 300).Select(_ => Samples.Id()).ToArray();
        foreach (var key in keys.Where((_, i) => i % 3 == 0)) Commit(Samples.Append(key, Samples.Batch(1, "before")));
        var tickets = keys.Select((_, i) => Samples.Ticket(seat: (uint)i + 1)).ToArray();

        var outcomes = Commit([.. keys.Select((key, i) => Samples.Append(key, Samples.Batch(1, "after"), Samples.Put(tickets[i], 1)))]);

        for (var i = 0; i < keys.Length; i++)
        {
            Assert.Equal(i % 3 == 0 ? UnitOutcome.Conflict : UnitOutcome.Committed, outcomes[i]);
            Assert.Single(await Engine.ReadJournal(keys[i], 0, 10));
            Assert.Equal(i % 3 != 0, await Engine.Find(Tables.Tickets, tickets[i].Id.Value) is not null);
        }
    }

    [SkippableFact]
    public async Task A_batch_and_its_records_are_seen_together_from_another_thread_as_soon_as_it_is_committed()
    {
        var key = Samples.Id();
        var ticket = Samples.Ticket(seat: uint.MaxValue);
        Commit(Samples.Append(key, Samples.Batch(1), Samples.Put(ticket, 1)));

        var seen = await Task.Run(async () => (Batches: await Engine.ReadJournal(key, 0, 10), Ticket: await Engine.Find(Tables.Tickets, ticket.Id.Value)));
        Assert.Single(seen.Batches);
        Assert.Equal(ticket, seen.Ticket?.Ticket);
    }

    [SkippableFact]
    public void A_batch_without_its_bytes_is_an_error_and_no_conflict()
    {
        var broken = new JournalBatch(1, Guid.NewGuid(), null!, [1]);
        Assert.ThrowsAny<Exception>(() => Commit(Samples.Append(Samples.Id(), broken)));
    }
}
