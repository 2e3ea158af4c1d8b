using Ticketing.Clustering.Mongo;
using Ticketing.Storage.Tests.Mongo;

namespace Ticketing.Storage.Tests.Clustering;

/// <summary>How clients find silos.</summary>
public sealed class GatewayListTests : IDisposable
{
    private readonly Members members = new();

    public void Dispose() => members.Dispose();

    [SkippableFact]
    public async Task Only_silos_that_are_active_and_take_clients_are_listed_at_their_port_for_clients()
    {
        var table = await members.Begun();
        foreach (var status in Enum.GetValues<SiloStatus>().Where(status => status != SiloStatus.Active)) await Members.Insert(table, Members.Silo(status));
        await Members.Insert(table, Members.Silo(SiloStatus.Active, proxyPort: 0));
        var (one, other) = (Members.Address("10.0.0.7"), Members.Address("2001:db8::7"));
        await Members.Insert(table, Members.Silo(SiloStatus.Active, one, proxyPort: 30007));
        await Members.Insert(table, Members.Silo(SiloStatus.Active, other, proxyPort: 65535));

        var gateways = await members.Gateways().GetGateways();

        Assert.Equal(
            [$"gwy.tcp://10.0.0.7:30007/{one.Generation}", $"gwy.tcp://[2001:db8::7]:65535/{other.Generation}"],
            gateways.Select(gateway => gateway.ToString()).Order());
    }

    [SkippableFact]
    public async Task The_list_follows_the_cluster_and_no_other()
    {
        var (table, foreign) = (await members.Begun(), await members.Begun("ticketing2"));
        var gateways = members.Gateways();
        await gateways.InitializeGatewayListProvider();
        await Members.Insert(foreign, Members.Silo(SiloStatus.Active));
        Assert.Empty(await gateways.GetGateways());
        var silo = await Members.Insert(table, Members.Silo(SiloStatus.Active));
        Assert.Single(await gateways.GetGateways());
        silo.Status = SiloStatus.Dead;
        Assert.True(await Members.Update(table, silo));
        Assert.Empty(await gateways.GetGateways());
        Assert.True(gateways.IsUpdatable);
        Assert.InRange(gateways.MaxStaleness, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    }

    [SkippableFact]
    public async Task A_cluster_that_nobody_began_has_no_gateways() => Assert.Empty(await members.Gateways().GetGateways());

    [SkippableFact]
    public async Task While_the_database_does_not_answer_the_last_known_list_stands_and_afterwards_the_new_one()
    {
        var table = await members.Begun();
        await Members.Insert(table, Members.Silo(SiloStatus.Active));
        await using MongoProxy proxy = new(members.Url);
        var gateways = members.Gateways(url: proxy.Url);
        var known = await gateways.GetGateways();
        Assert.Single(known);

        await proxy.Stop();
        await Members.Insert(table, Members.Silo(SiloStatus.Active));
        Assert.Equal(known, await gateways.GetGateways());
        Assert.Equal(known, await gateways.GetGateways());

        proxy.Start();
        Assert.Equal(2, (await gateways.GetGateways()).Count);
    }

    [SkippableFact]
    public async Task A_list_that_was_never_known_is_an_error_while_the_database_does_not_answer()
    {
        await members.Begun();
        await using MongoProxy proxy = new(members.Url);
        await proxy.Stop();
        var gateways = members.Gateways(url: proxy.Url);
        var away = await Assert.ThrowsAnyAsync<Exception>(() => gateways.GetGateways());
        Assert.True(MongoConnection.IsAway(away));
        proxy.Start();
        Assert.Empty(await gateways.GetGateways());
    }
}
