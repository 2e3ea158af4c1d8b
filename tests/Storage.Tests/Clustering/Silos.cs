using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Ticketing.Clustering.Mongo;
using Ticketing.Storage.Tests.Mongo;

namespace Ticketing.Storage.Tests.Clustering;

/// <summary>Real silos and a real client that have nothing but the database to find one another.</summary>
internal sealed class Silos : IAsyncDisposable
{
    private readonly Members members = new();
    private readonly List<IHost> hosts = [];

    public Silos() => Proxy = new(members.Url);

    /// <summary>What all of them reach the database through.</summary>
    public MongoProxy Proxy { get; }

    /// <summary>The table, read past the proxy.</summary>
    public MongoMembershipTable Table => members.Table();

    public async Task<(IHost Host, SiloAddress Address)> Start()
    {
        var builder = Builder();
        var (siloPort, gatewayPort) = FreePorts();
        builder.UseOrleans(silo =>
        {
            silo.ConfigureEndpoints(IPAddress.Loopback, siloPort, gatewayPort);
            silo.Configure<ClusterOptions>(Name);
            silo.Services.AddMongoMembership(members.Connect(Proxy.Url));
            // A silo that is gone is noticed soon.
            silo.Configure<ClusterMembershipOptions>(options =>
            {
                (options.ProbeTimeout, options.TableRefreshTimeout, options.IAmAliveTablePublishTimeout) = (TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
                (options.NumMissedProbesLimit, options.NumVotesForDeathDeclaration) = (2, 1);
            });
        });
        var host = await Run(builder);
        return (host, host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress);
    }

    public async Task<IClusterClient> Client()
    {
        var builder = Builder();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(Name);
            client.Services.AddMongoGatewayList(members.Connect(Proxy.Url));
        });
        return (await Run(builder)).Services.GetRequiredService<IClusterClient>();
    }

    /// <summary>Ends a silo without a word to the others.</summary>
    public static Task Kill(IHost silo) => silo.StopAsync(new CancellationToken(canceled: true));

    /// <summary>Waits until something holds of the table.</summary>
    public async Task Until(Func<MembershipTableData, bool> holds)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        var table = Table;
        while (!holds(await table.ReadAll())) await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        // The client first: it would look for silos that are gone.
        foreach (var host in Enumerable.Reverse(hosts))
        {
            await Kill(host);
            host.Dispose();
        }

        await Proxy.DisposeAsync();
        members.Dispose();
    }

    private static HostApplicationBuilder Builder()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Logging.ClearProviders();
        return builder;
    }

    private static void Name(ClusterOptions options) => options.ClusterId = options.ServiceId = Members.ClusterId;

    private async Task<IHost> Run(HostApplicationBuilder builder)
    {
        var host = builder.Build();
        hosts.Add(host);
        await host.StartAsync();
        return host;
    }

    private static (int Silo, int Gateway) FreePorts()
    {
        using TcpListener silo = new(IPAddress.Loopback, 0), gateway = new(IPAddress.Loopback, 0);
        silo.Start();
        gateway.Start();
        return (((IPEndPoint)silo.LocalEndpoint).Port, ((IPEndPoint)gateway.LocalEndpoint).Port);
    }
}
