using System.Net;
using System.Net.Sockets;
using Ticketing.Storage.Tests.Mongo;

namespace Ticketing.Silo.Tests.Processes;

/// <summary>Silos and gateways, each in a process of its own, on one MongoDB database. Their addresses stay the same when they are started anew.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private const int FirstPort = 20_000;
    private const int PortCount = 10_000;
    private static int nextPort = Random.Shared.Next(PortCount);

    private readonly DataDirectory directory = new();
    private readonly TestMongo.Disposable? database;
    private readonly string url;
    private readonly Dictionary<string, string?> changes;
    private readonly int[][] siloPorts;
    private readonly int[] gatewayPorts;
    private readonly List<Child> started = [];

    private Cluster(int silos, int gateways, string? url, Dictionary<string, string?>? changes)
    {
        database = url is null ? TestMongo.NewDatabase() : null;
        this.url = url ?? database!.Url;
        this.changes = changes ?? [];
        siloPorts = [.. Enumerable.Range(0, silos).Select(_ => FreePorts(2))];
        gatewayPorts = FreePorts(gateways);
        Silos = new Child[silos];
        Gateways = new Child[gateways];
        Apis = [.. gatewayPorts.Select(port => new Api(new Uri($"http://127.0.0.1:{port}")))];
    }

    /// <summary>The silos as they run now.</summary>
    public Child[] Silos { get; }

    /// <summary>The gateways as they run now.</summary>
    public Child[] Gateways { get; }

    /// <summary>What the gateways serve.</summary>
    public Api[] Apis { get; }

    /// <summary>Its database.</summary>
    public string Url => url;

    /// <summary>Where mails are written, by all silos.</summary>
    public string Mail => directory.Mail;

    /// <summary>Every process that ran.</summary>
    public IReadOnlyList<Child> Started => started;

    /// <summary>Starts a cluster and waits until all of it is ready.</summary>
    /// <param name="silos">How many silos.</param>
    /// <param name="gateways">How many gateways.</param>
    /// <param name="url">The database; absent for one of its own.</param>
    /// <param name="changes">Environment variables of the silos other than usual.</param>
    public static async Task<Cluster> Start(int silos = 3, int gateways = 2, string? url = null, Dictionary<string, string?>? changes = null)
    {
        var cluster = new Cluster(silos, gateways, url, changes);
        try
        {
            for (var silo = 0; silo < silos; silo++) cluster.StartSilo(silo);
            for (var gateway = 0; gateway < gateways; gateway++) cluster.StartGateway(gateway);
            await cluster.Ready();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a silo, anew or for the first time.</summary>
    public Child StartSilo(int number)
    {
        var settings = new Dictionary<string, string?>
        {
            ["DATABASE_URL"] = url,
            ["Ticketing__Gateway"] = "false",
            ["Ticketing__AdvertisedAddress"] = "127.0.0.1",
            ["Ticketing__ProbeSeconds"] = "2",
            ["Ticketing__SiloPort"] = $"{siloPorts[number][0]}",
            ["Ticketing__GatewayPort"] = $"{siloPorts[number][1]}",
            ["JWT_EXTERNAL_SIGNATURE"] = null,
            ["JWT_INTERNAL_SIGNATURE"] = null,
        };
        foreach (var (name, value) in changes) settings[name] = value;
        return Keep(Silos[number] = Child.Start(directory.Path, settings));
    }

    /// <summary>Starts a gateway, anew or for the first time.</summary>
    public Child StartGateway(int number) => Keep(Gateways[number] = Child.StartGateway(directory.Path, new()
    {
        ["DATABASE_URL"] = url,
        ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{gatewayPorts[number]}",
    }));

    /// <summary>The address that others in the cluster know a silo by.</summary>
    public string AddressOf(int silo) => $"127.0.0.1:{siloPorts[silo][0]}";

    /// <summary>Asks all that runs to end, and waits until it has, in order.</summary>
    public async Task Stop()
    {
        var running = Gateways.Concat(Silos).Where(child => !child.HasExited).ToArray();
        foreach (var child in running)
        {
            child.Terminate();
            Assert.Equal(0, await child.Exit(ClusterBooks.Patience));
        }
    }

    /// <summary>Waits until all that runs is open.</summary>
    public async Task Ready()
    {
        foreach (var child in Silos.Concat(Gateways))
        {
            using var _ = await child.Ready();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var child in started) await child.DisposeAsync();
        foreach (var api in Apis) api.Dispose();
        database?.Dispose();
        directory.Dispose();
    }

    private Child Keep(Child child)
    {
        started.Add(child);
        return child;
    }

    /// <summary>Ports that nobody has. Below those that the system gives to outgoing connections: between a stop and a start anew, one of those would be taken.</summary>
    private static int[] FreePorts(int count)
    {
        var free = new List<int>();
        while (free.Count < count)
        {
            var port = FirstPort + (Interlocked.Increment(ref nextPort) % PortCount);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                free.Add(port);
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }

        return [.. free];
    }
}
