using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Time.Testing;

namespace Ticketing.Storage.Tests.Conformance;

/// <summary>The process's one writer, on an engine that fails in every way it may.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The test runner calls DisposeAsync.")]
public abstract class CommitLoopConformance : EngineConformance
{
    private static readonly StorageException Failure = new("the disk is on fire");

    private readonly Logs logs = new();
    private readonly FakeTimeProvider time = new();
    private readonly FaultyEngine faulty;
    private readonly CommitLoop loop;

    protected CommitLoopConformance(Database database)
        : base(database)
    {
        faulty = new FaultyEngine(Engine);
        loop = new CommitLoop(faulty, logs, time);
    }

    /// <summary>What an engine may throw: what it should, and what it never should.</summary>
    public static TheoryData<Exception> Failures => new(Failure, new InvalidOperationException("a bug"), new TimeoutException());

    public override async Task DisposeAsync()
    {
        faulty.LetGo();
        await loop.DisposeAsync();
        faulty.Dispose();
        await base.DisposeAsync();
    }

    [SkippableFact]
    public async Task What_is_asked_for_during_a_flush_shares_the_next_one()
    {
        var outcomes = await AsOneGroup([.. Enumerable.Range(0, 500).Select(_ => Samples.Append(Samples.Id(), Samples.Batch(1), Samples.Purchase()))]);
        Assert.All(outcomes, outcome => Assert.Equal(UnitOutcome.Committed, outcome));
        Assert.Equal([500], faulty.Groups.Select(group => group.Length));
        Assert.Equal((2L, 501L), (loop.Flushes, loop.Units));
        Assert.Empty(logs.All);
    }

    [SkippableFact]
    public async Task Many_callers_that_each_wait_for_their_answer_need_fewer_flushes_than_commits()
    {
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ =>
        {
            var key = Samples.Id();
            for (var number = 1; number <= 20; number++)
                Assert.Equal(UnitOutcome.Committed, await loop.Commit(Samples.Append(key, Samples.Batch(number))));
        }));
        Assert.Equal(64 * 20, loop.Units);
        Assert.InRange(loop.Flushes, 20, 64 * 20 / 2);
    }

    [SkippableFact]
    public async Task A_crowd_is_committed_in_groups_of_limited_size_and_in_the_order_of_asking()
    {
        var units = Enumerable.Range(1, (2 * CommitLoop.MostInGroup) + 1).Select(i => Samples.State("key", WriteRule.IfExpected, i - 1, i, $"{i}")).ToArray();
        var outcomes = await AsOneGroup([.. units.Select(write => new WriteUnit(write))]);
        Assert.All(outcomes, outcome => Assert.Equal(UnitOutcome.Committed, outcome));
        Assert.Equal([CommitLoop.MostInGroup, CommitLoop.MostInGroup, 1], faulty.Groups.Select(group => group.Length));
        Assert.Equal(units, faulty.Groups.SelectMany(group => group).Select(unit => ((WriteUnit)unit).Write));
    }

    [SkippableTheory]
    [MemberData(nameof(Failures))]
    public async Task A_group_that_fails_once_is_repeated_and_committed(Exception failure)
    {
        faulty.Before = Once(failure);
        Assert.All(await AsOneGroup(Everything(out var check)), outcome => Assert.Equal(UnitOutcome.Committed, outcome));
        await check();
        Assert.Single(logs.Errors);
        await WritesAgain();
    }

    [SkippableTheory]
    [MemberData(nameof(Failures))]
    public async Task A_group_whose_answer_is_lost_is_committed_once(Exception failure)
    {
        faulty.After = Once(failure);
        Assert.All(await AsOneGroup(Everything(out var check)), outcome => Assert.Equal(UnitOutcome.Committed, outcome));
        await check();
    }

    [SkippableFact]
    public async Task A_unit_whose_answers_are_all_lost_is_unknown_and_found_committed_when_it_is_asked_for_again()
    {
        faulty.After = _ => Failure;
        var (key, batch) = (Samples.Id(), Samples.Batch(1));
        var payment = Samples.Payment();
        Assert.Equal(UnitOutcome.Unknown, await loop.Commit(Samples.Append(key, batch, Samples.Born(payment))));
        Assert.Equal(UnitOutcome.Unknown, await loop.Commit(Samples.Append(key, batch, Samples.Born(payment))));
        faulty.After = _ => null;
        Assert.Equal(UnitOutcome.Committed, await loop.Commit(Samples.Append(key, batch, Samples.Born(payment))));
        Assert.Single(await Engine.ReadJournal(key, 0, 10));
    }

    [SkippableFact]
    public async Task Of_two_batches_with_one_number_the_first_wins_also_when_the_answer_is_lost()
    {
        faulty.After = Once(Failure);
        var key = Samples.Id();
        var (first, second) = (Samples.Batch(1), Samples.Batch(1));
        Assert.Equal(
            [UnitOutcome.Committed, UnitOutcome.Conflict], await AsOneGroup(Samples.Append(key, first), Samples.Append(key, second)));
        Assert.Equal(first.Id, Assert.Single(await Engine.ReadJournal(key, 0, 10)).Id);
    }

    [SkippableFact]
    public async Task A_group_whose_answer_is_lost_keeps_its_conflicts()
    {
        Commit(Samples.State("taken", WriteRule.Always, 0, 7, "theirs"));
        faulty.After = Once(Failure);
        Assert.Equal(
            [UnitOutcome.Conflict, UnitOutcome.Committed, UnitOutcome.Conflict, UnitOutcome.Conflict],
            await AsOneGroup(
                new WriteUnit(Samples.State("taken", WriteRule.IfExpected, 0, 8, "mine")),
                new WriteUnit(Samples.State("free", WriteRule.IfExpected, 0, 8, "mine")),
                new WriteUnit(Samples.State("taken", WriteRule.IfExpected, 6, 9, "mine")),
                new WriteUnit(Samples.Removal("taken", expected: 6))));
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(25)]
    [InlineData(49)]
    public async Task A_poisonous_unit_takes_no_other_with_it(int place)
    {
        var units = Enumerable.Range(0, 50).Select(_ => Samples.Append(Samples.Id(), Samples.Batch(1))).ToArray();
        faulty.Before = some => some.Contains(units[place]) ? Failure : null;
        var outcomes = await AsOneGroup([.. units]);
        for (var i = 0; i < units.Length; i++)
        {
            Assert.Equal(i == place ? UnitOutcome.Unknown : UnitOutcome.Committed, outcomes[i]);
            Assert.Equal(i == place ? 0 : 1, (await Engine.ReadJournal(units[i].Key, 0, 10)).Count);
        }
    }

    [SkippableFact]
    public async Task A_unit_that_the_engine_itself_cannot_take_fails_alone()
    {
        var units = Enumerable.Range(0, 5).Select(_ => Samples.Append(Samples.Id(), Samples.Batch(1))).ToArray();
        units[2] = Samples.Append(Samples.Id(), new(1, Guid.NewGuid(), null!, [1]));
        Assert.Equal(
            [UnitOutcome.Committed, UnitOutcome.Committed, UnitOutcome.Unknown, UnitOutcome.Committed, UnitOutcome.Committed], await AsOneGroup([.. units]));
    }

    [SkippableTheory]
    [MemberData(nameof(Failures))]
    public async Task While_nothing_can_be_written_everybody_soon_learns_that_nothing_is_known_and_afterwards_it_goes_on(Exception failure)
    {
        faulty.Before = _ => failure;
        var units = Enumerable.Range(0, CommitLoop.MostInGroup).Select(_ => Samples.Append(Samples.Id(), Samples.Batch(1))).ToArray();
        Assert.All(await AsOneGroup([.. units]), outcome => Assert.Equal(UnitOutcome.Unknown, outcome));
        // Each attempt may last as long as the disk takes to fail.
        Assert.InRange(faulty.Groups.Count, 2, 15);
        Assert.Single(logs.Errors.Distinct());

        faulty.Before = _ => null;
        Assert.All(
            await Task.WhenAll(units.Select(unit => loop.Commit(Samples.Append(unit.Key, unit.Batch)))), outcome => Assert.Equal(UnitOutcome.Committed, outcome));
        await WritesAgain();
    }

    [SkippableFact]
    public async Task While_storage_is_away_everybody_who_waits_learns_it_from_one_attempt_and_afterwards_it_goes_on()
    {
        faulty.Before = _ => new StorageException("gone") { IsAway = true };
        var units = Enumerable.Range(0, 3 * CommitLoop.MostInGroup).Select(_ => Samples.Append(Samples.Id(), Samples.Batch(1))).ToArray();
        Assert.All(await AsOneGroup([.. units]), outcome => Assert.Equal(UnitOutcome.Unknown, outcome));
        // Each attempt lasts as long as a server takes not to answer.
        Assert.Single(faulty.Groups);

        faulty.Before = _ => null;
        Assert.All(
            await Task.WhenAll(units.Select(unit => loop.Commit(Samples.Append(unit.Key, unit.Batch)))), outcome => Assert.Equal(UnitOutcome.Committed, outcome));
    }

    [SkippableFact]
    public async Task What_is_not_to_be_written_when_its_turn_comes_is_answered_unknown_and_takes_no_other_with_it()
    {
        var (refused, broken) = (new Hesitant(() => false), new Hesitant(() => throw new InvalidOperationException("a bug")));
        var outcomes = await AsOneGroup(Samples.Append(Samples.Id(), Samples.Batch(1)), refused, broken, Samples.Append(Samples.Id(), Samples.Batch(1)));
        Assert.Equal([UnitOutcome.Committed, UnitOutcome.Unknown, UnitOutcome.Unknown, UnitOutcome.Committed], outcomes);
        Assert.Equal((null, "a bug"), (refused.Failure?.Message, broken.Failure?.Message));

        Assert.Equal(UnitOutcome.Unknown, await loop.Commit(new Hesitant(() => false)));
        Assert.Equal(UnitOutcome.Committed, await CommitOne());
        Assert.Empty(await Engine.ReadJournal(refused.Key, 0, 10));
        Assert.Empty(await Engine.ReadJournal(broken.Key, 0, 10));
    }

    [SkippableFact]
    public async Task An_operator_is_told_the_reason_once_a_minute_and_not_for_every_unit()
    {
        faulty.Before = _ => Failure;
        for (var i = 0; i < 3; i++) await CommitOne();
        Assert.Contains(Failure.Message, Assert.Single(logs.Errors), StringComparison.Ordinal);

        time.Advance(CommitLoop.Reminding);
        for (var i = 0; i < 3; i++) await CommitOne();
        Assert.Equal(2, logs.Errors.Count());
    }

    /// <summary>A disk that is nearly full takes what is small.</summary>
    [SkippableFact]
    public async Task Trouble_that_comes_and_goes_is_told_once_and_is_over_when_it_stays_away()
    {
        for (var i = 0; i < 5; i++)
        {
            faulty.Before = _ => Failure;
            await CommitOne();
            faulty.Before = _ => null;
            await CommitOne();
            time.Advance(CommitLoop.Calm / 2);
        }

        Assert.Single(logs.All);
        await WritesAgain();
    }

    [SkippableFact]
    public async Task Ending_finishes_what_was_asked_for_and_answers_later_requests_unknown()
    {
        await faulty.Hold(loop);
        var asked = Enumerable.Range(0, 100).Select(_ => loop.Commit(Samples.Append(Samples.Id(), Samples.Batch(1)))).ToArray();
        var ended = loop.DisposeAsync();
        var late = loop.Commit(Samples.Append(Samples.Id(), Samples.Batch(1)));
        Assert.True(late.IsCompletedSuccessfully);
        Assert.Equal(UnitOutcome.Unknown, await late);
        Assert.False(ended.IsCompleted);

        faulty.LetGo();
        await ended;
        Assert.All(asked, one => Assert.True(one.IsCompletedSuccessfully));
        Assert.All(await Task.WhenAll(asked), outcome => Assert.Equal(UnitOutcome.Committed, outcome));
        await loop.DisposeAsync();
    }

    [SkippableFact]
    public async Task Ending_while_nothing_can_be_written_ends_too()
    {
        faulty.Before = _ => Failure;
        await faulty.Hold(loop);
        var asked = Enumerable.Range(0, 100).Select(_ => loop.Commit(Samples.Append(Samples.Id(), Samples.Batch(1)))).ToArray();
        var ended = loop.DisposeAsync();
        faulty.LetGo();
        await ended;
        Assert.All(asked, one => Assert.True(one.IsCompletedSuccessfully));
        Assert.All(await Task.WhenAll(asked), outcome => Assert.Equal(UnitOutcome.Unknown, outcome));
    }

    [SkippableFact]
    public async Task A_full_queue_answers_unknown_at_once_and_takes_requests_again_when_it_has_room()
    {
        await faulty.Hold(loop);
        var write = Samples.State("key", WriteRule.Always, 0, 1, "");
        var asked = new Task<UnitOutcome>[CommitLoop.MostWaiting];
        // Of many keys: a store may have to write what is asked of one key one after the other.
        for (var i = 0; i < asked.Length; i++) asked[i] = loop.Commit(new WriteUnit(Samples.State($"key {i}", WriteRule.Always, 0, 1, "")));
        Assert.DoesNotContain(asked, one => one.IsCompleted);

        var refused = loop.Commit(new WriteUnit(write));
        Assert.True(refused.IsCompletedSuccessfully);
        Assert.Equal(UnitOutcome.Unknown, await refused);

        faulty.LetGo();
        Assert.All(await Task.WhenAll(asked), outcome => Assert.Equal(UnitOutcome.Committed, outcome));
        Assert.Equal(UnitOutcome.Committed, await loop.Commit(new WriteUnit(write)));
    }

    private Task<UnitOutcome> CommitOne() => loop.Commit(Samples.Append(Samples.Id(), Samples.Batch(1)));

    /// <summary>The end of trouble is told, once, when it has stayed away for a while.</summary>
    private async Task WritesAgain()
    {
        const string Again = "Storage takes writes again";
        Assert.DoesNotContain(Again, logs.All);
        time.Advance(CommitLoop.Calm);
        for (var i = 0; i < 3; i++) await CommitOne();
        Assert.Single(logs.All, line => line == Again);
    }

    /// <summary>One unit of every kind, and what must be there when all were committed once.</summary>
    private Unit[] Everything(out Func<Task> check)
    {
        var key = Samples.Id();
        var (ticket, payment) = (Samples.Ticket(), Samples.Payment());
        Commit(Samples.State("old", WriteRule.Always, 0, 1, "old"));
        Commit(Samples.State("gone", WriteRule.Always, 0, 1, "gone"));
        check = async () =>
        {
            Assert.Single(await Engine.ReadJournal(key, 0, 10));
            Assert.Equal(7, (await Engine.ReadSnapshot(key))!.Number);
            Assert.Equal(ticket, (await Engine.Find(Tables.Tickets, ticket.Id.Value))?.Ticket);
            Assert.Equal(payment, await Engine.Find(Tables.Payments, payment.Payment!.Id.Value));
            Assert.Equal((5L, 4L), ((await Find("new"))!.Version, (await Find("old"))!.Version));
            Assert.Null(await Find("gone"));
        };
        return
        [
            Samples.Append(key, Samples.Batch(1), Samples.Put(ticket, 1), Samples.Born(payment)),
            new WriteUnit(Samples.State("new", WriteRule.IfExpected, 0, 5, "new")),
            new WriteUnit(Samples.State("old", WriteRule.IfExpected, 1, 4, "newer")),
            new WriteUnit(Samples.Removal("gone", expected: 1)),
            new SnapshotUnit(key, new(7, [1, 2, 3], [4])),
        ];

        ValueTask<Row?> Find(string state) => Engine.Find(Tables.States, Cell.Of(state));
    }

    private async Task<UnitOutcome[]> AsOneGroup(params Unit[] units)
    {
        await faulty.Hold(loop);
        var asked = units.Select(loop.Commit).ToArray();
        faulty.LetGo();
        return await Task.WhenAll(asked);
    }

    private static Func<IReadOnlyList<Unit>, Exception?> Once(Exception failure)
    {
        var thrown = false;
        return _ =>
        {
            if (thrown) return null;
            thrown = true;
            return failure;
        };
    }

    /// <summary>A unit that is asked whether it is still to be written.</summary>
    private sealed class Hesitant(Func<bool> isToBeWritten) : AppendUnit(Samples.Id(), Samples.Batch(1), [])
    {
        public Exception? Failure { get; private set; }

        internal override bool TryTake() => isToBeWritten();

        internal override void Answer(UnitOutcome outcome, Exception? failure = null)
        {
            base.Answer(outcome, failure);
            Failure = failure;
        }
    }
}
