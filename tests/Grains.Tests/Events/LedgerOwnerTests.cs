using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Events;
using static Ticketing.Grains.Tests.Events.LedgerBench;

namespace Ticketing.Grains.Tests.Events;

/// <summary>An activation that answers without writing anything, where another may have taken its journal over.</summary>
public sealed class LedgerOwnerTests
{
    [Fact]
    public Task An_activation_that_was_succeeded_refuses_nothing_from_memory() => OneThread(async () =>
    {
        var journal = new ScriptedJournal { IsShared = true };
        var key = NewKey();
        var older = await NewEvent(journal, key, 1);
        Assert.True(await older.Buy(1));
        var younger = await Ledger.Open(key, journal, Now);

        // The older one would say that the event is sold out; the younger one may have had the seat given back and sold again.
        Assert.Equal(Refusal.SoldOut, older.Decide(1).Refusal);
        Assert.False(await older.Commit(Now));
        Assert.True(older.Stopped && older.Fenced);
        Assert.True(await younger.Commit(Now));
    });

    [Fact]
    public Task An_activation_that_still_owns_its_journal_answers_also_while_its_own_batch_is_on_its_way() => OneThread(async () =>
    {
        var journal = new ScriptedJournal { IsShared = true };
        var ledger = await NewEvent(journal, NewKey(), 5);
        var sold = Task.FromResult(false);
        // Between the question and the look another purchase is decided, written, and not acknowledged yet.
        journal.BeforeRead = () =>
        {
            journal.BeforeRead = null;
            journal.Hold();
            sold = ledger.Buy(1);
            return Task.CompletedTask;
        };
        var answer = ledger.Commit(Now);
        await journal.Held();
        journal.LetGo();

        Assert.True(await answer);
        Assert.True(await sold);
        Assert.False(ledger.Stopped);
    });

    [Fact]
    public Task Many_refusals_share_a_look_and_none_shares_one_that_began_before_it() => OneThread(async () =>
    {
        var journal = new ScriptedJournal { IsShared = true };
        var ledger = await NewEvent(journal, NewKey(), 5);
        var looks = 0;
        var slow = new TaskCompletionSource();
        journal.BeforeRead = () =>
        {
            looks++;
            return slow.Task;
        };
        var first = ledger.Commit(Now);
        var others = Enumerable.Range(0, 100).Select(_ => ledger.Commit(Now)).ToArray();
        slow.SetResult();

        Assert.True(await first);
        Assert.All(await Task.WhenAll(others), Assert.True);
        Assert.Equal(2, looks);
    });

    [Fact]
    public Task A_look_that_fails_costs_one_answer_and_not_the_journal() => OneThread(async () =>
    {
        var journal = new ScriptedJournal { IsShared = true };
        var ledger = await NewEvent(journal, NewKey(), 5);
        journal.BeforeRead = () => throw new TimeoutException("the journal does not answer");
        Assert.False(await ledger.Commit(Now));
        journal.BeforeRead = null;

        Assert.False(ledger.Stopped);
        Assert.True(await ledger.Commit(Now));
    });

    [Fact]
    public Task Where_nobody_else_can_write_nobody_is_asked() => OneThread(async () =>
    {
        var journal = new ScriptedJournal();
        var ledger = await NewEvent(journal, NewKey(), 5);
        journal.BeforeRead = () => throw new TimeoutException("nobody should ask");

        Assert.True(await ledger.Commit(Now));
    });
}
