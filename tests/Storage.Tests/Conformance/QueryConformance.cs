using Ticketing.Grains.Abstractions;

namespace Ticketing.Storage.Tests.Conformance;

/// <summary>Questions to an engine, and values that are easily damaged on the way.</summary>
public abstract class QueryConformance(Database database) : EngineConformance(database)
{
    private static readonly RecordTable Table = Tables.Reminders;

    /// <summary>Texts that escape, end, fold or sort badly somewhere.</summary>
    public static TheoryData<string> AwkwardTexts => new(
        "", " ", "a'b\"c`d", "%_*?.[]{}$#", @"back\slash", "line\nbreak\r\n\ttab", "nul\0inside", "\0", "Zoë Ångström", "straße", "日本語",
        "e\u0301 is not \u00e9", "🎟️🎫 sold", "\U0010FFFF\uE000", "$where", "a.b", new string('x', 100_000), new string('y', 600) + '\0' + new string('z', 600));

    [SkippableTheory]
    [MemberData(nameof(AwkwardTexts))]
    public async Task Any_text_survives_as_a_key_and_as_a_member(string text)
    {
        Put(text, hash: 1, grain: text);
        Put(text + "x", hash: 2, grain: text + "x");
        Reopen();

        var row = await Engine.Find(Table, Cell.Of(text));
        Assert.Equal((text, text), (row!.Key.Text, row.Members[1].Text));
        var found = Assert.Single(await Engine.List(new(Table, [new("grain", Test.Equal, Cell.Of(text))], Cell.None, 10)));
        Assert.Equal(text, found.Key.Text);
        Assert.Equal(1, (await Engine.List(new(Table, [], Cell.Of(text), 10))).Count(one => one.Key.Text == text + "x"));
    }

    [SkippableFact]
    public async Task Texts_that_only_look_alike_are_different_keys()
    {
        string[] alike = ["key", "Key", "key ", "key\0", "ke\u0301y", "k\u00e9y", "КEY", "KEY"];
        for (var i = 0; i < alike.Length; i++) Put(alike[i], hash: i);
        for (var i = 0; i < alike.Length; i++) Assert.Equal(i, (await Engine.Find(Table, Cell.Of(alike[i])))!.Members[0].Number);
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(uint.MaxValue)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    [InlineData((1L << 53) + 1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public async Task Any_number_survives_as_a_member_and_is_found(long number)
    {
        Put("a", hash: number);
        Put("b", hash: number == 5 ? 6 : 5);
        Assert.Equal(number, (await Engine.Find(Table, Cell.Of("a")))!.Members[0].Number);
        Assert.Equal(["a"], await Keys(new Condition("hash", Test.Equal, Cell.Of(number))));
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(long.MaxValue)]
    public async Task Any_version_survives(long version)
    {
        Assert.Equal(UnitOutcome.Committed, Commit(Samples.State("key", WriteRule.IfExpected, 0, version, "")));
        Assert.Equal(version, (await Engine.Find(Tables.States, Cell.Of("key")))!.Version);
    }

    [SkippableFact]
    public async Task Any_bytes_survive_and_no_bytes_are_not_nothing()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        Commit(new RecordWrite(Tables.States, WriteRule.Always, 0, Cell.Of("all"), 1, [Cell.Of(bytes)]));
        Commit(new RecordWrite(Tables.States, WriteRule.Always, 0, Cell.Of("none"), 1, [Cell.Of([])]));
        Assert.Equal(bytes, (await Engine.Find(Tables.States, Cell.Of("all")))!.Members[0].Bytes);
        var empty = (await Engine.Find(Tables.States, Cell.Of("none")))!.Members[0];
        Assert.True(empty.HasValue);
        Assert.Empty(empty.Bytes);
    }

    [SkippableFact]
    public async Task A_member_may_hold_nothing_and_come_to_hold_something_and_back()
    {
        foreach (var expected in new[] { Cell.None, Cell.Of(3), Cell.None })
        {
            Commit(new RecordWrite(Table, WriteRule.Always, 0, Cell.Of("a"), 1, [expected, Cell.None, Cell.None, Cell.None, Cell.None]));
            var members = (await Engine.Find(Table, Cell.Of("a")))!.Members;
            Assert.Equal(expected.HasValue, members[0].HasValue);
            Assert.All(members[1..], member => Assert.False(member.HasValue));
        }
    }

    [SkippableTheory]
    [InlineData(Test.Equal, new[] { "c" })]
    [InlineData(Test.AtMost, new[] { "a", "b", "c" })]
    [InlineData(Test.MoreThan, new[] { "d", "e" })]
    public async Task A_test_compares_numbers_and_passes_over_members_without_value(Test test, string[] expected)
    {
        var numbers = new long[] { long.MinValue, -7, 10, 11, uint.MaxValue };
        for (var i = 0; i < numbers.Length; i++) Put(((char)('a' + i)).ToString(), numbers[i]);
        Commit(new RecordWrite(Table, WriteRule.Always, 0, Cell.Of("none"), 1, [Cell.None, Cell.None, Cell.None, Cell.None, Cell.None]));
        Assert.Equal(expected, await Keys(new Condition("hash", test, Cell.Of(10))));
    }

    [SkippableFact]
    public async Task What_is_without_value_is_found_alone_and_with_other_conditions()
    {
        foreach (var (key, hash, grain) in new[] { ("a", Cell.None, "x"), ("b", Cell.Of(0), "x"), ("c", Cell.None, "y"), ("d", Cell.None, "x") })
            Commit(new RecordWrite(Table, WriteRule.Always, 0, Cell.Of(key), 1, [hash, Cell.Of(grain), Cell.None, Cell.None, Cell.None]));
        var absent = new Condition("hash", Test.Absent, Cell.None);

        Assert.Equal(["a", "c", "d"], await Keys(absent));
        Assert.Equal(["a", "d"], await Keys(new("grain", Test.Equal, Cell.Of("x")), absent));
        Assert.Equal(["d"], (await Engine.List(new(Table, [absent, new("grain", Test.Equal, Cell.Of("x"))], Cell.Of("a"), 10))).Select(row => row.Key.Text));
    }

    [SkippableFact]
    public async Task All_conditions_must_hold()
    {
        Put("a", hash: 1, grain: "x");
        Put("b", hash: 2, grain: "x");
        Put("c", hash: 2, grain: "y");
        Put("d", hash: 3, grain: "x");
        Assert.Equal(["b"], await Keys(new("hash", Test.Equal, Cell.Of(2)), new("grain", Test.Equal, Cell.Of("x"))));
        Assert.Equal(["b", "c"], await Keys(new("hash", Test.MoreThan, Cell.Of(1)), new("hash", Test.AtMost, Cell.Of(2))));
        Assert.Empty(await Keys(new("hash", Test.Equal, Cell.Of(1)), new("grain", Test.Equal, Cell.Of("y"))));
    }

    [SkippableFact]
    public async Task Answers_are_in_the_order_of_keys_and_pages_join_without_gap_or_repetition()
    {
        var ids = Enumerable.Range(0, 25).Select(i => new RecordId(((ulong)i << 56) | 7, unchecked((uint)i * 0x0BAD_CAFE))).ToArray();
        foreach (var id in ids.OrderBy(id => id.Low % 7)) Commit(new WriteUnit(Samples.Put(Samples.Ticket(id), 1)));

        var seen = new List<RecordId>();
        while (await Engine.List(new(Tables.Tickets, [], seen.Count == 0 ? Cell.None : Cell.Of(seen[^1]), 10)) is { Count: > 0 } rows)
            seen.AddRange(rows.Select(row => row.Key.Id));
        Assert.Equal(ids, seen);
    }

    [SkippableFact]
    public async Task A_page_with_conditions_goes_on_after_the_last_key()
    {
        foreach (var key in "abcdefgh") Put(key.ToString(), hash: key % 2);
        Condition[] odd = [new("hash", Test.Equal, Cell.Of(1))];
        Assert.Equal(["a", "c"], (await Engine.List(new(Table, odd, Cell.None, 2))).Select(row => row.Key.Text));
        Assert.Equal(["e", "g"], (await Engine.List(new(Table, odd, Cell.Of("c"), 10))).Select(row => row.Key.Text));
        Assert.Equal(["e", "g"], (await Engine.List(new(Table, odd, Cell.Of("d"), 10))).Select(row => row.Key.Text));
        Assert.Empty(await Engine.List(new(Table, odd, Cell.Of("g"), 10)));
    }

    [SkippableFact]
    public async Task Tables_do_not_see_each_others_keys()
    {
        var id = Samples.Id();
        Commit(new WriteUnit(Samples.Put(Samples.Ticket(id), 1)));
        Assert.Null(await Engine.Find(Tables.Payments, Cell.Of(id)));
        Assert.Empty(await Engine.List(new(Tables.Payments, [], Cell.None, 10)));
    }

    [SkippableFact]
    public async Task Readers_on_many_threads_never_see_a_record_before_its_batch()
    {
        using var stop = new CancellationTokenSource();
        var id = Samples.Id();
        Commit(Next(1));
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var reads = 0;
            for (; reads < 10 || !stop.IsCancellationRequested; reads++)
            {
                var row = await Engine.Find(Tables.Tickets, Cell.Of(id));
                Assert.Single(await Engine.ReadJournal(id, row!.Version - 1, 1));
            }

            return reads;
        })).ToArray();
        for (var version = 2L; version <= 50; version++) Commit(Next(version));
        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), reads => Assert.True(reads >= 10));

        Unit Next(long version) => Samples.Append(id, Samples.Batch(version), Samples.Put(Samples.Ticket(id), version));
    }

    [SkippableFact]
    public async Task A_scan_sees_all_records_as_they_were_when_it_began_whatever_is_written_meanwhile()
    {
        for (var i = 0; i < 500; i++) Put($"{i:d4}", hash: i);
        var seen = new List<(string Key, long Hash)>();
        await foreach (var row in Engine.Scan(Table))
        {
            if (seen.Count == 1)
            {
                Put("0400", hash: -1);
                Put("0400 and more", hash: -1);
                Assert.Equal(UnitOutcome.Committed, Commit(new RecordWrite(Table, WriteRule.IfExpected, 1, Cell.Of("0300"), 0, null)));
                Assert.Equal(-1, (await Engine.Find(Table, Cell.Of("0400")))!.Members[0].Number);
            }

            seen.Add((row.Key.Text, row.Members[0].Number));
        }

        Assert.Equal(Enumerable.Range(0, 500).Select(i => ($"{i:d4}", (long)i)), seen);
        Assert.Equal(500, await Engine.Scan(Table).CountAsync());
    }

    [SkippableFact]
    public async Task A_scan_that_is_given_up_holds_nothing_back()
    {
        for (var i = 0; i < 10; i++) Put($"{i}", hash: i);
        for (var i = 0; i < 10; i++) Assert.Equal("0", (await Engine.Scan(Table).FirstAsync()).Key.Text);
        Reopen();
        Assert.Equal(10, await Engine.Scan(Table).CountAsync());
    }

    private void Put(string key, long hash, string grain = "g") => Commit(new RecordWrite(
        Table, WriteRule.Always, 0, Cell.Of(key), 1, [Cell.Of(hash), Cell.Of(grain), Cell.Of("name"), Cell.Of(0), Cell.Of(0)]));

    private async Task<IEnumerable<string>> Keys(params Condition[] where) =>
        (await Engine.List(new(Table, where, Cell.None, 100))).Select(row => row.Key.Text);
}
