using System.Net;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MongoDB.Driver;
using Orleans.Configuration;
using Orleans.Messaging;

namespace Ticketing.Clustering.Mongo;

/// <summary>Where a client finds the cluster: the silos that are Active and take clients. While the database does not answer, those that were known last.</summary>
/// <param name="connection">The database.</param>
/// <param name="cluster">Which cluster.</param>
public sealed class MongoGatewayList(MongoConnection connection, IOptions<ClusterOptions> cluster) : IGatewayListProvider
{
    private IList<Uri> known = [];

    /// <summary>How old a client's list may grow; short, so that silos that were restarted elsewhere are found soon.</summary>
    public TimeSpan MaxStaleness => TimeSpan.FromSeconds(3);

    /// <summary>Always: silos come and go.</summary>
    public bool IsUpdatable => true;

    /// <summary>Nothing needs to be prepared.</summary>
    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    /// <summary>The silos' addresses for clients.</summary>
    public async Task<IList<Uri>> GetGateways()
    {
        try
        {
            var tables = connection.Database.GetCollection<BsonDocument>(MongoConnection.MembershipCollection);
            var document = await (await tables.FindAsync(new BsonDocument(MembershipDocument.Key, cluster.Value.ClusterId))).FirstOrDefaultAsync();
            var silos = MembershipDocument.Table(document, entry => entry is { Status: SiloStatus.Active, ProxyPort: > 0 }).Members.Select(member => member.Item1);
            known = [.. silos.Select(silo => SiloAddress.New(new IPEndPoint(silo.SiloAddress.Endpoint.Address, silo.ProxyPort), silo.SiloAddress.Generation).ToGatewayUri())];
        }
        catch (Exception e) when ((e is MongoException or TimeoutException) && known.Count > 0)
        {
            // The silos live on without the database; a client that forgot them would be worse off.
        }

        return known;
    }
}
