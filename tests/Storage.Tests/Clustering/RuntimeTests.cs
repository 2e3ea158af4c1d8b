namespace Ticketing.Storage.Tests.Clustering;

/// <summary>The membership table and the gateway list under Orleans itself.</summary>
public sealed class RuntimeTests
{
    [SkippableFact]
    public async Task Silos_find_one_another_and_a_client_finds_them()
    {
        await using Silos silos = new();
        // At once, on an empty database.
        var started = await Task.WhenAll(silos.Start(), silos.Start(), silos.Start());
        var client = await silos.Client();

        var hosts = await client.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);

        Assert.Equal(started.Select(silo => silo.Address).Order(), hosts.Keys.Order());
        var table = await silos.Table.ReadAll();
        Assert.All(table.Members, member => Assert.Equal(SiloStatus.Active, member.Item1.Status));
        // Each came in, and each became Active.
        Assert.Equal(6, table.Version.Version);
    }

    [SkippableFact]
    public async Task A_silo_that_stops_says_so_and_one_that_is_killed_is_declared_dead_by_the_others()
    {
        await using Silos silos = new();
        var (staying, stopping, dying) = (await silos.Start(), await silos.Start(), await silos.Start());
        var client = await silos.Client();

        await stopping.Host.StopAsync();
        Assert.Equal(SiloStatus.Dead, (await silos.Table.ReadAll()).TryGet(stopping.Address)!.Item1.Status);
        await Silos.Kill(dying.Host);
        await silos.Until(table => table.TryGet(dying.Address)!.Item1.Status == SiloStatus.Dead);

        Assert.Equal([staying.Address], (await client.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true)).Keys);
        var next = await silos.Start();
        await silos.Until(table => table.TryGet(next.Address)?.Item1.Status == SiloStatus.Active);
        Assert.Equal(2, (await client.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true)).Count);
    }

    [SkippableFact]
    public async Task A_cluster_outlives_its_database_and_goes_on_when_that_is_back()
    {
        await using Silos silos = new();
        var (one, other) = (await silos.Start(), await silos.Start());
        var client = await silos.Client();
        var management = client.GetGrain<IManagementGrain>(0);
        SiloAddress[] both = [one.Address, other.Address];
        Assert.Equal(2, (await management.GetRuntimeStatistics(both)).Length);

        await silos.Proxy.Stop();
        // Longer than all that looks at the table now and then waits between two looks.
        for (var call = 0; call < 50; call++)
        {
            Assert.Equal(2, (await management.GetRuntimeStatistics(both)).Length);
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        silos.Proxy.Start();
        var before = await silos.Table.ReadAll();
        await silos.Until(table => table.Members.All(member => member.Item1.IAmAliveTime > before.TryGet(member.Item1.SiloAddress)!.Item1.IAmAliveTime));
        var after = await silos.Table.ReadAll();
        Assert.Equal(before.Version.Version, after.Version.Version);
        Assert.All(after.Members, member => Assert.Equal(SiloStatus.Active, member.Item1.Status));
        Assert.Equal(2, (await management.GetHosts(onlyActive: true)).Count);
    }
}
