using System.Globalization;
using MongoDB.Bson;

namespace Ticketing.Storage.Tests.Clustering;

/// <summary>What Orleans needs of the table in which silos find one another, one silo after the other.</summary>
public sealed class MembershipTests : IDisposable
{
    private readonly Members members = new();

    public void Dispose() => members.Dispose();

    [SkippableFact]
    public async Task A_new_table_is_empty_and_at_version_0()
    {
        var data = await (await members.Begun()).ReadAll();
        Assert.Empty(data.Members);
        Assert.Equal((0, "0"), (data.Version.Version, data.Version.VersionEtag));
    }

    [SkippableFact]
    public async Task Reading_before_anybody_began_finds_nothing_and_changing_is_refused()
    {
        var table = members.Table();
        var data = await table.ReadAll();
        Assert.Empty(data.Members);
        Assert.Equal(0, data.Version.Version);
        Assert.Empty((await table.ReadRow(Members.Address())).Members);
        await table.InitializeMembershipTable(false);
        Assert.False(await table.InsertRow(Members.Silo(), data.Version.Next()));
        await table.UpdateIAmAlive(Members.Silo());
        await table.CleanupDefunctSiloEntries(DateTimeOffset.MaxValue);
        await table.DeleteMembershipTableEntries(Members.ClusterId);
        Assert.Null(await members.Stored());
    }

    [SkippableFact]
    public async Task Beginning_again_leaves_the_silos_alone()
    {
        var table = await members.Begun();
        var silo = await Members.Insert(table, Members.Silo());
        await members.Begun();
        var data = await table.ReadAll();
        Assert.Equal(1, data.Version.Version);
        Assert.Equal(silo.SiloAddress, Assert.Single(data.Members).Item1.SiloAddress);
    }

    [SkippableFact]
    public async Task Every_change_raises_the_version_by_exactly_one_and_renews_its_tag()
    {
        var table = await members.Begun();
        var silo = Members.Silo();
        var seen = new List<(int Version, string Tag)> { await Version() };
        Assert.True(await table.InsertRow(silo, (await table.ReadAll()).Version.Next()));
        seen.Add(await Version());
        foreach (var status in new[] { SiloStatus.Active, SiloStatus.ShuttingDown, SiloStatus.Dead })
        {
            silo.Status = status;
            Assert.True(await Members.Update(table, silo));
            seen.Add(await Version());
        }

        await table.CleanupDefunctSiloEntries(Samples.Noon.AddDays(1));
        seen.Add(await Version());
        Assert.Equal([0, 1, 2, 3, 4, 5], seen.Select(one => one.Version));
        Assert.Equal(seen.Count, seen.Select(one => one.Tag).Distinct().Count());

        async Task<(int, string)> Version()
        {
            var version = (await table.ReadAll()).Version;
            return (version.Version, version.VersionEtag);
        }
    }

    [SkippableFact]
    public async Task It_is_the_tag_that_counts_whatever_number_comes_with_it()
    {
        var table = await members.Begun();
        var version = (await table.ReadAll()).Version;
        Assert.True(await table.InsertRow(Members.Silo(), version));
        Assert.True(await table.InsertRow(Members.Silo(), (await table.ReadAll()).Version.Next().Next()));
        Assert.Equal(2, (await table.ReadAll()).Version.Version);
    }

    [SkippableFact]
    public async Task A_stale_or_doubled_insert_is_refused_and_changes_nothing()
    {
        var table = await members.Begun();
        var first = (await table.ReadAll()).Version.Next();
        var silo = Members.Silo(SiloStatus.Active);
        Assert.True(await table.InsertRow(silo, first));
        var before = await members.Stored();

        Assert.False(await table.InsertRow(silo, first));
        Assert.False(await table.InsertRow(Members.Silo(), first));
        Assert.False(await table.InsertRow(Members.Silo(SiloStatus.Joining, silo.SiloAddress), (await table.ReadAll()).Version.Next()));
        foreach (var tag in new[] { "", "2", "-1", "+1", " 1", "1.0", "one", "99999999999999999999" }) Assert.False(await table.InsertRow(Members.Silo(), new TableVersion(2, tag)), tag);

        Assert.Equal(before, await members.Stored());
    }

    [SkippableFact]
    public async Task A_stale_or_baseless_update_is_refused_and_changes_nothing()
    {
        var table = await members.Begun();
        var (one, other) = (Members.Silo(), Members.Silo());
        await Members.Insert(table, one);
        var read = await table.ReadAll();
        await Members.Insert(table, other);
        var (now, before) = (await table.ReadAll(), await members.Stored());
        var tag = now.TryGet(one.SiloAddress)!.Item2;
        one.Status = SiloStatus.Active;

        Assert.False(await table.UpdateRow(one, tag, read.Version.Next()));
        Assert.False(await table.UpdateRow(one, now.TryGet(other.SiloAddress)!.Item2, now.Version.Next()));
        Assert.False(await table.UpdateRow(Members.Silo(), tag, now.Version.Next()));
        foreach (var wrong in new[] { "", "0", "-1", "one", "1.0" }) Assert.False(await table.UpdateRow(one, wrong, now.Version.Next()), wrong);
        Assert.Equal(before, await members.Stored());

        Assert.True(await table.UpdateRow(one, tag, now.Version.Next()));
        before = await members.Stored();
        Assert.False(await table.UpdateRow(one, tag, now.Version.Next()));
        Assert.False(await table.UpdateRow(one, tag, (await table.ReadAll()).Version.Next()));
        Assert.Equal(before, await members.Stored());
    }

    [SkippableFact]
    public async Task A_change_of_one_silo_leaves_the_tags_of_the_others_alone()
    {
        var table = await members.Begun();
        var (one, other) = (await Members.Insert(table, Members.Silo()), await Members.Insert(table, Members.Silo()));
        var before = (await table.ReadAll()).TryGet(other.SiloAddress)!.Item2;
        Assert.True(await Members.Update(table, one));
        Assert.Equal(before, (await table.ReadAll()).TryGet(other.SiloAddress)!.Item2);
    }

    [SkippableFact]
    public async Task A_heartbeat_changes_the_time_alone_and_spoils_nothing_that_was_read_before_it()
    {
        var table = await members.Begun();
        var silo = await Members.Insert(table, Members.Silo(SiloStatus.Active));
        var read = await table.ReadAll();
        var later = Samples.Noon.AddMinutes(5).UtcDateTime;

        // As the runtime sends it: nothing else is filled in.
        await table.UpdateIAmAlive(new() { SiloAddress = silo.SiloAddress, IAmAliveTime = later });

        var now = await table.ReadAll();
        Assert.Equal((read.Version.Version, read.Version.VersionEtag), (now.Version.Version, now.Version.VersionEtag));
        Assert.Equal(read.TryGet(silo.SiloAddress)!.Item2, now.TryGet(silo.SiloAddress)!.Item2);
        silo.IAmAliveTime = later;
        Assert.Equal(silo.ToFullString(), now.TryGet(silo.SiloAddress)!.Item1.ToFullString());

        silo.Status = SiloStatus.ShuttingDown;
        Assert.True(await table.UpdateRow(silo, read.TryGet(silo.SiloAddress)!.Item2, read.Version.Next()));
    }

    [SkippableFact]
    public async Task A_change_that_was_made_from_an_older_reading_does_not_turn_the_heartbeat_back()
    {
        var table = await members.Begun();
        var silo = await Members.Insert(table, Members.Silo(SiloStatus.Active));
        var later = Samples.Noon.AddMinutes(5).UtcDateTime;
        await table.UpdateIAmAlive(new() { SiloAddress = silo.SiloAddress, IAmAliveTime = later });
        silo.AddSuspector(Members.Address(), later);
        Assert.True(await Members.Update(table, silo));
        Assert.Equal(later, (await table.ReadAll()).TryGet(silo.SiloAddress)!.Item1.IAmAliveTime);

        silo.IAmAliveTime = later.AddMinutes(1);
        Assert.True(await Members.Update(table, silo));
        Assert.Equal(later.AddMinutes(1), (await table.ReadAll()).TryGet(silo.SiloAddress)!.Item1.IAmAliveTime);
    }

    [SkippableFact]
    public async Task A_heartbeat_of_a_silo_that_is_not_there_makes_none()
    {
        var table = await members.Begun();
        await Members.Insert(table, Members.Silo());
        var before = await members.Stored();
        await table.UpdateIAmAlive(Members.Silo());
        Assert.Equal(before, await members.Stored());
    }

    [SkippableFact]
    public async Task Dead_is_final()
    {
        var table = await members.Begun();
        var silo = await Members.Insert(table, Members.Silo(SiloStatus.Active));
        silo.Status = SiloStatus.Dead;
        Assert.True(await Members.Update(table, silo));
        var before = await members.Stored();

        foreach (var status in new[] { SiloStatus.Active, SiloStatus.Joining, SiloStatus.Dead })
        {
            silo.Status = status;
            Assert.False(await Members.Update(table, silo));
            Assert.False(await table.InsertRow(silo, (await table.ReadAll()).Version.Next()));
        }

        Assert.Equal(before, await members.Stored());
    }

    [SkippableFact]
    public async Task Clean_up_removes_silos_that_are_dead_and_were_last_heard_of_before_the_date()
    {
        var table = await members.Begun();
        var (old, date, gone) = (Samples.Noon.AddDays(-10), Samples.Noon.AddDays(-7), Members.Silo());
        foreach (var status in new[] { SiloStatus.Created, SiloStatus.Joining, SiloStatus.Active, SiloStatus.ShuttingDown, SiloStatus.Stopping, SiloStatus.Dead })
            gone = await Members.Insert(table, Members.Silo(status, at: old));
        var young = await Members.Insert(table, Members.Silo(SiloStatus.Dead));
        var onTheDate = await Members.Insert(table, Members.Silo(SiloStatus.Dead, at: date));
        var beating = Members.Silo(SiloStatus.Dead, at: old);
        beating.IAmAliveTime = Samples.Noon.UtcDateTime;
        await Members.Insert(table, beating);
        // Silent for long, but declared dead only now: it has to be able to read that.
        var condemned = Members.Silo(SiloStatus.Dead, at: old);
        condemned.AddSuspector(Members.Address(), Samples.Noon.UtcDateTime);
        await Members.Insert(table, condemned);
        var before = (await table.ReadAll()).Version.Version;

        await table.CleanupDefunctSiloEntries(date);

        var left = await table.ReadAll();
        Assert.Equal(before + 1, left.Version.Version);
        Assert.Null(left.TryGet(gone.SiloAddress));
        Assert.Equal(9, left.Members.Count);
        Assert.All(new[] { young, onTheDate, beating, condemned }, kept => Assert.NotNull(left.TryGet(kept.SiloAddress)));

        await table.CleanupDefunctSiloEntries(date);
        Assert.Equal(before + 1, (await table.ReadAll()).Version.Version);
    }

    [SkippableFact]
    public async Task A_table_through_which_many_silos_went_keeps_nothing_of_them_after_clean_up()
    {
        var table = await members.Begun();
        var size = (await members.Stored())!.ToBson().Length;
        for (var i = 0; i < 50; i++) await Members.Insert(table, Members.Silo(SiloStatus.Dead));
        Assert.InRange((await members.Stored())!.ToBson().Length / 50, 0, 500);
        await table.CleanupDefunctSiloEntries(Samples.Noon.AddSeconds(1));
        Assert.Equal(size, (await members.Stored())!.ToBson().Length);
        Assert.Equal(51, (await table.ReadAll()).Version.Version);
    }

    [SkippableTheory]
    [InlineData("ticketing", "ticketing2")]
    [InlineData("ticketing", "Ticketing")]
    [InlineData("ticketing", "ticketin.")]
    [InlineData("ticketing", "^ticketing$|.*")]
    [InlineData("a.b", "a_b")]
    [InlineData("$where", "$wher")]
    [InlineData("kąrtę", "kartę")]
    public async Task Clusters_do_not_see_one_another_however_alike_their_ids_are(string id, string otherId)
    {
        var (table, other) = (await members.Begun(id), await members.Begun(otherId));
        var (silo, foreign) = (await Members.Insert(table, Members.Silo(SiloStatus.Dead)), await Members.Insert(other, Members.Silo(SiloStatus.Dead)));
        await Members.Insert(table, Members.Silo());

        Assert.Equal(2, (await table.ReadAll()).Version.Version);
        Assert.Equal(foreign.SiloAddress, Assert.Single((await other.ReadAll()).Members).Item1.SiloAddress);
        Assert.Empty((await other.ReadRow(silo.SiloAddress)).Members);
        await other.UpdateIAmAlive(silo);
        await table.CleanupDefunctSiloEntries(DateTimeOffset.MaxValue);
        Assert.Single((await other.ReadAll()).Members);

        await table.DeleteMembershipTableEntries(id);
        Assert.Null(await members.Stored(id));
        Assert.Equal(foreign.ToFullString(), Assert.Single((await other.ReadAll()).Members).Item1.ToFullString());
    }

    [SkippableFact]
    public async Task A_cluster_that_was_deleted_can_be_begun_again()
    {
        var table = await members.Begun();
        await Members.Insert(table, Members.Silo());
        await table.DeleteMembershipTableEntries(Members.ClusterId);
        Assert.Empty((await table.ReadAll()).Members);
        await table.InitializeMembershipTable(true);
        await Members.Insert(table, Members.Silo());
        Assert.Equal(1, (await table.ReadAll()).Version.Version);
    }

    [SkippableFact]
    public async Task A_row_is_read_with_the_tables_version_and_without_the_others()
    {
        var table = await members.Begun();
        var (one, other) = (await Members.Insert(table, Members.Silo()), await Members.Insert(table, Members.Silo()));
        var (row, all) = (await table.ReadRow(one.SiloAddress), await table.ReadAll());
        Assert.Equal(one.ToFullString(), Assert.Single(row.Members).Item1.ToFullString());
        Assert.Equal(all.TryGet(one.SiloAddress)!.Item2, row.Members[0].Item2);
        Assert.Equal((2, all.Version.VersionEtag), (row.Version.Version, row.Version.VersionEtag));
        Assert.NotNull(all.TryGet(other.SiloAddress));

        // The same place at another time is another silo.
        row = await table.ReadRow(SiloAddress.New(one.SiloAddress.Endpoint, one.SiloAddress.Generation + 1000));
        Assert.Empty(row.Members);
        Assert.Equal(2, row.Version.Version);
    }

    [SkippableTheory]
    [InlineData("10.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("2001:db8::8a2e:370:7334")]
    [InlineData("fe80::1%3")]
    [InlineData("::ffff:10.0.0.1")]
    public async Task A_silo_is_kept_whole(string ip)
    {
        var table = await members.Begun();
        var silo = Members.Silo(SiloStatus.Active, Members.Address(ip, 65535));
        (silo.HostName, silo.SiloName, silo.RoleName) = ("büro-серв.example.org", "Kasse №1 $.{}\"'\\\0 🎟", "");
        (silo.FaultZone, silo.UpdateZone, silo.ProxyPort) = (-3, int.MaxValue, 0);
        silo.IAmAliveTime = new DateTime(2026, 12, 31, 23, 59, 59, 999, DateTimeKind.Utc);
        await Members.Insert(table, silo);
        AssertSame(silo, Assert.Single((await table.ReadAll()).Members).Item1);

        silo.SuspectTimes = [new(Members.Address("10.0.0.2"), silo.IAmAliveTime.AddMilliseconds(1)), new(Members.Address("fe80::2%4"), Samples.Noon.UtcDateTime)];
        (silo.Status, silo.HostName, silo.SiloName) = (SiloStatus.Dead, "", "other");
        Assert.True(await Members.Update(table, silo));
        AssertSame(silo, Assert.Single((await table.ReadRow(silo.SiloAddress)).Members).Item1);
    }

    [SkippableFact]
    public async Task What_a_silo_leaves_out_is_nothing_and_not_an_error()
    {
        var table = await members.Begun();
        var silo = new MembershipEntry { SiloAddress = Members.Address(), Status = SiloStatus.Joining };
        await Members.Insert(table, silo);
        var stored = Assert.Single((await table.ReadAll()).Members).Item1;
        Assert.Null(stored.HostName);
        Assert.Null(stored.SiloName);
        Assert.Empty(stored.SuspectTimes!);
        Assert.Equal(default, stored.IAmAliveTime);
    }

    private static void AssertSame(MembershipEntry expected, MembershipEntry actual)
    {
        Assert.Equal(Parts(expected), Parts(actual));
        Assert.Equal(expected.ToFullString(), actual.ToFullString());

        static string[] Parts(MembershipEntry entry) =>
        [
            entry.SiloAddress.ToParsableString(), $"{entry.Status}", entry.HostName!, entry.SiloName!, entry.RoleName!, $"{entry.FaultZone} {entry.UpdateZone} {entry.ProxyPort}",
            Text(entry.StartTime), Text(entry.IAmAliveTime), .. entry.SuspectTimes!.Select(one => $"{one.Item1.ToParsableString()} {Text(one.Item2)}"),
        ];

        static string Text(DateTime time) => time.ToString("O", CultureInfo.InvariantCulture);
    }
}
