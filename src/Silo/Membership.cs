using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using Orleans.Dashboard;
using Ticketing.ApiGateway;
using Ticketing.Clustering.Mongo;

namespace Ticketing.Silo;

/// <summary>How the silo finds its neighbours, and how they find out that one of them is gone.</summary>
internal static class Membership
{
    // Often, so that a cluster that lost all its silos at once and begins anew soon sees that the others' rows are of the past.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TableRefresh = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DeadAreKept = TimeSpan.FromDays(1);

    /// <summary>Sets the silo up.</summary>
    /// <exception cref="SettingsException">A port is in use.</exception>
    public static void Configure(ISiloBuilder silo, Settings settings, Database? database)
    {
        if (settings.Cluster is { } cluster && database is { Connection: { } connection, Guard: { } guard }) Join(silo, cluster, connection, guard);
        else Alone(silo);
        silo.AddReminders();
        if (settings.Dashboard) silo.AddDashboard();
    }

    private static void Join(ISiloBuilder silo, ClusterSettings cluster, MongoConnection connection, SiloGuard guard)
    {
        silo.Configure<ClusterOptions>(ClusteringRegistration.Name);
        silo.Services.AddMongoMembership(connection);
        silo.Services.AddSingleton(guard).AddSingleton<ILifecycleParticipant<ISiloLifecycle>, Watched>();
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = cluster.Probe;
            options.IAmAliveTablePublishTimeout = Heartbeat;
            options.TableRefreshTimeout = TableRefresh;
            options.DefunctSiloExpiration = DeadAreKept;
        });
        // The ports are tried here: the runtime would tell of one that is in use in many lines.
        Free(cluster.SiloPort, "SiloPort");
        Free(cluster.GatewayPort, "GatewayPort");
        silo.Configure<EndpointOptions>(options =>
        {
            (options.SiloPort, options.GatewayPort) = (cluster.SiloPort, cluster.GatewayPort);
            if (cluster.AdvertisedAddress is not { } address) return;
            options.AdvertisedIPAddress = address;
            // An address that was named may belong to a device in between; this machine's loopback does not.
            var listen = IPAddress.IsLoopback(address) ? address : address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
            options.SiloListeningEndpoint = new(listen, cluster.SiloPort);
            options.GatewayListeningEndpoint = new(listen, cluster.GatewayPort);
        });
    }

    private static void Alone(ISiloBuilder silo)
    {
        // One process has no neighbours: its silo listens on a free port of the loopback interface, and no outside client connects to it.
        silo.UseLocalhostClustering(FreePort(), 0, null, "ticketing", "ticketing");
        silo.Configure<EndpointOptions>(endpoint => endpoint.GatewayPort = 0);
    }

    private static void Free(int port, string name)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new SettingsException($"Ticketing__{name} is {port}, and that port is in use", e);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Guards the silo's writes from when it is a member, which is before any of its grains is called.</summary>
    private sealed class Watched(SiloGuard guard, ILocalSiloDetails silo) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(SiloGuard), ServiceLifecycleStage.Active, _ =>
        {
            guard.Watch(silo.SiloAddress);
            return Task.CompletedTask;
        });
    }
}
