using System.Net;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MongoDB.Driver;
using Orleans.Configuration;
using Ticketing.Clustering.Mongo;
using Ticketing.Storage.Tests.Mongo;

namespace Ticketing.Storage.Tests.Clustering;

/// <summary>A database with membership tables, and silos to put into them.</summary>
internal sealed class Members : IDisposable
{
    public const string ClusterId = "ticketing";

    private static int generation;

    private readonly TestMongo.Disposable database = TestMongo.NewDatabase();
    private readonly List<MongoConnection> connections = [];

    public string Url => database.Url;

    /// <summary>A cluster's document as it is stored.</summary>
    public async Task<BsonDocument?> Stored(string clusterId = ClusterId) =>
        await (await Connect().Database.GetCollection<BsonDocument>(MongoConnection.MembershipCollection).FindAsync(new BsonDocument("_id", clusterId))).FirstOrDefaultAsync();

    public MongoConnection Connect(string? url = null)
    {
        connections.Add(MongoConnection.To(url ?? Url));
        return connections[^1];
    }

    /// <summary>A table as a silo of a cluster sees it.</summary>
    public MongoMembershipTable Table(string clusterId = ClusterId, string? url = null) => new(Connect(url), Options(clusterId));

    /// <summary>The same, of a cluster that somebody has begun.</summary>
    public async Task<MongoMembershipTable> Begun(string clusterId = ClusterId)
    {
        var table = Table(clusterId);
        await table.InitializeMembershipTable(true);
        return table;
    }

    public MongoGatewayList Gateways(string clusterId = ClusterId, string? url = null) => new(Connect(url), Options(clusterId));

    public static SiloAddress Address(string ip = "10.0.0.1", int port = 11111) => SiloAddress.New(new IPEndPoint(IPAddress.Parse(ip), port), Interlocked.Increment(ref generation));

    public static MembershipEntry Silo(SiloStatus status = SiloStatus.Joining, SiloAddress? address = null, int proxyPort = 30000, DateTimeOffset? at = null) => new()
    {
        SiloAddress = address ?? Address(),
        Status = status,
        ProxyPort = proxyPort,
        HostName = "host",
        SiloName = "silo",
        RoleName = "role",
        StartTime = (at ?? Samples.Noon).UtcDateTime,
        IAmAliveTime = (at ?? Samples.Noon).UtcDateTime,
        SuspectTimes = [],
    };

    /// <summary>Puts a silo in, as the next change.</summary>
    public static async Task<MembershipEntry> Insert(MongoMembershipTable table, MembershipEntry entry)
    {
        Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()));
        return entry;
    }

    /// <summary>Changes a silo, as the next change.</summary>
    public static async Task<bool> Update(MongoMembershipTable table, MembershipEntry entry)
    {
        var data = await table.ReadAll();
        return await table.UpdateRow(entry, data.TryGet(entry.SiloAddress)!.Item2, data.Version.Next());
    }

    public void Dispose()
    {
        foreach (var connection in connections) connection.Dispose();
        database.Dispose();
    }

    private static IOptions<ClusterOptions> Options(string clusterId) => Microsoft.Extensions.Options.Options.Create(new ClusterOptions { ClusterId = clusterId, ServiceId = clusterId });
}
