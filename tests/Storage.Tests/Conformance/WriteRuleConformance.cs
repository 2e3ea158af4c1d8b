using System.Text;
using Ticketing.Grains.Abstractions.Tickets;

namespace Ticketing.Storage.Tests.Conformance;

/// <summary>When a record is written, when not, and what is said of it.</summary>
public abstract class WriteRuleConformance(Database database) : EngineConformance(database)
{
    private const string Key = "state/grain/1";

    [SkippableFact]
    public async Task Always_writes_over_anything()
    {
        Assert.Equal(UnitOutcome.Committed, Commit(Write(WriteRule.Always, version: 9, "first")));
        Assert.Equal(UnitOutcome.Committed, Commit(Write(WriteRule.Always, version: 3, "second")));
        await Holds(3, "second");
    }

    [SkippableFact]
    public async Task IfAbsent_leaves_what_is_there_and_says_committed()
    {
        Assert.Equal(UnitOutcome.Committed, Commit(Write(WriteRule.IfAbsent, version: 1, "first")));
        Assert.Equal(UnitOutcome.Committed, Commit(Write(WriteRule.IfAbsent, version: 2, "second")));
        await Holds(1, "first");
    }

    [SkippableTheory]
    [InlineData(4, 5, true)]
    [InlineData(5, 5, false)]
    [InlineData(6, 5, false)]
    [InlineData(255, 256, true)]
    [InlineData(9, 10, true)]
    public async Task IfNewer_replaces_a_lower_version_only_and_says_committed(long before, long after, bool replaced)
    {
        Assert.Equal(UnitOutcome.Committed, Commit(Write(WriteRule.IfNewer, before, "before")));
        Assert.Equal(UnitOutcome.Committed, Commit(Write(WriteRule.IfNewer, after, "after")));
        await Holds(replaced ? after : before, replaced ? "after" : "before");
    }

    [SkippableFact]
    public async Task IfNewer_sorts_out_the_writes_of_one_record_in_one_group()
    {
        var id = Samples.Id();
        var (pending, active, ended) = (
            Samples.Ticket(id), Samples.Ticket(id, status: TicketStatus.Active), Samples.Ticket(id, status: TicketStatus.Cancelled));
        var key = Samples.Id();
        Commit(
            Samples.Append(key, Samples.Batch(1), Samples.Put(pending, 1), Samples.Put(ended, 3)),
            Samples.Append(key, Samples.Batch(2), Samples.Put(active, 2)));
        Assert.Equal(TicketStatus.Cancelled, (await Engine.Find(Tables.Tickets, id))!.Ticket.Status);
    }

    [SkippableFact]
    public async Task An_expected_absence_is_an_insert()
    {
        Assert.Equal(UnitOutcome.Committed, Commit(Write(WriteRule.IfExpected, version: 7, "mine", expected: 0)));
        Assert.Equal(UnitOutcome.Conflict, Commit(Write(WriteRule.IfExpected, version: 8, "theirs", expected: 0)));
        await Holds(7, "mine");
    }

    [SkippableFact]
    public async Task An_expected_version_is_replaced_and_no_other()
    {
        Commit(Write(WriteRule.IfExpected, version: 7, "first"));
        Assert.Equal(UnitOutcome.Conflict, Commit(Write(WriteRule.IfExpected, version: 9, "stale", expected: 6)));
        Assert.Equal(UnitOutcome.Conflict, Commit(Write(WriteRule.IfExpected, version: 9, "foreign", expected: -1)));
        await Holds(7, "first");
        Assert.Equal(UnitOutcome.Committed, Commit(Write(WriteRule.IfExpected, version: 8, "second", expected: 7)));
        await Holds(8, "second");
    }

    [SkippableFact]
    public async Task An_expected_version_where_there_is_nothing_is_a_conflict_and_makes_nothing()
    {
        Assert.Equal(UnitOutcome.Conflict, Commit(Write(WriteRule.IfExpected, version: 8, "lost", expected: 7)));
        Assert.Null(await Engine.Find(Tables.States, Cell.Of(Key)));
    }

    [SkippableFact]
    public async Task A_removal_removes_the_expected_version_and_no_other()
    {
        Commit(Write(WriteRule.IfExpected, version: 7, "first"));
        Assert.Equal(UnitOutcome.Conflict, Commit(Samples.Removal(Key, expected: 6)));
        await Holds(7, "first");
        Assert.Equal(UnitOutcome.Committed, Commit(Samples.Removal(Key, expected: 7)));
        Assert.Null(await Engine.Find(Tables.States, Cell.Of(Key)));
        Assert.Equal(UnitOutcome.Conflict, Commit(Samples.Removal(Key, expected: 7)));
    }

    [SkippableFact]
    public async Task A_removal_touches_no_other_record()
    {
        Commit(Write(WriteRule.Always, version: 7, "stays"));
        Commit(Samples.State("state/grain/2", WriteRule.Always, 0, 7, "goes"));
        Commit(Samples.Removal("state/grain/2", expected: 7));
        await Holds(7, "stays");
    }

    [SkippableFact]
    public async Task An_insert_whose_answer_was_lost_is_found_committed_when_repeated()
    {
        var write = Write(WriteRule.IfExpected, version: 7, "mine");
        Commit(write);
        Assert.Equal(UnitOutcome.Committed, Repeat(write));
        await Holds(7, "mine");
    }

    [SkippableFact]
    public async Task An_update_whose_answer_was_lost_is_found_committed_when_repeated()
    {
        Commit(Write(WriteRule.IfExpected, version: 7, "before"));
        var write = Write(WriteRule.IfExpected, version: 8, "after", expected: 7);
        Commit(write);
        Assert.Equal(UnitOutcome.Committed, Repeat(write));
        await Holds(8, "after");
    }

    [SkippableFact]
    public async Task A_removal_whose_answer_was_lost_is_found_committed_when_repeated()
    {
        Commit(Write(WriteRule.IfExpected, version: 7, "before"));
        Commit(Samples.Removal(Key, expected: 7));
        Assert.Equal(UnitOutcome.Committed, Repeat(Samples.Removal(Key, expected: 7)));
        Assert.Null(await Engine.Find(Tables.States, Cell.Of(Key)));
    }

    [SkippableFact]
    public async Task What_never_reached_the_database_is_done_when_repeated()
    {
        Assert.Equal(UnitOutcome.Committed, Repeat(Write(WriteRule.IfExpected, version: 7, "first")));
        Assert.Equal(UnitOutcome.Committed, Repeat(Write(WriteRule.IfExpected, version: 8, "second", expected: 7)));
        await Holds(8, "second");
        Assert.Equal(UnitOutcome.Committed, Repeat(Samples.Removal(Key, expected: 8)));
        Assert.Null(await Engine.Find(Tables.States, Cell.Of(Key)));
    }

    [SkippableFact]
    public async Task A_repetition_after_somebody_else_wrote_is_a_conflict()
    {
        Commit(Write(WriteRule.IfExpected, version: 7, "theirs"));
        Assert.Equal(UnitOutcome.Conflict, Repeat(Write(WriteRule.IfExpected, version: 8, "mine")));
        Assert.Equal(UnitOutcome.Conflict, Repeat(Write(WriteRule.IfExpected, version: 8, "mine", expected: 6)));
        Assert.Equal(UnitOutcome.Conflict, Repeat(Samples.Removal(Key, expected: 6)));
        await Holds(7, "theirs");
    }

    [SkippableFact]
    public async Task A_conflict_reaches_its_own_unit_alone()
    {
        Commit(Samples.State("taken", WriteRule.Always, 0, 7, "theirs"));
        Assert.Equal(
            [UnitOutcome.Committed, UnitOutcome.Conflict, UnitOutcome.Conflict, UnitOutcome.Committed],
            Commit(
                new WriteUnit(Samples.State("a", WriteRule.IfExpected, 0, 1, "a")),
                new WriteUnit(Samples.State("taken", WriteRule.IfExpected, 0, 8, "mine")),
                new WriteUnit(Samples.Removal("taken", expected: 6)),
                new WriteUnit(Samples.State("b", WriteRule.IfExpected, 0, 1, "b"))));
        Reopen();
        foreach (var (key, payload) in new[] { ("a", "a"), ("b", "b"), ("taken", "theirs") }) Assert.Equal(payload, await Payload(key));
    }

    [SkippableFact]
    public async Task Writes_of_one_record_in_one_group_happen_in_their_order()
    {
        Assert.Equal(
            [UnitOutcome.Committed, UnitOutcome.Committed, UnitOutcome.Conflict, UnitOutcome.Committed, UnitOutcome.Committed],
            Commit(
                new WriteUnit(Write(WriteRule.IfExpected, version: 1, "first")),
                new WriteUnit(Write(WriteRule.IfExpected, version: 2, "second", expected: 1)),
                new WriteUnit(Write(WriteRule.IfExpected, version: 3, "stale", expected: 1)),
                new WriteUnit(Samples.Removal(Key, expected: 2)),
                new WriteUnit(Write(WriteRule.IfExpected, version: 4, "again"))));
        await Holds(4, "again");
    }

    private static RecordWrite Write(WriteRule rule, long version, string payload, long expected = 0) => Samples.State(Key, rule, expected, version, payload);

    private async Task Holds(long version, string payload)
    {
        Assert.Equal(version, (await Engine.Find(Tables.States, Cell.Of(Key)))!.Version);
        Assert.Equal(payload, await Payload(Key));
    }

    private async Task<string?> Payload(string key) =>
        await Engine.Find(Tables.States, Cell.Of(key)) is { } row ? Encoding.UTF8.GetString(row.Members[0].Bytes) : null;
}
