using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Messaging;

namespace Ticketing.Clustering.Mongo;

/// <summary>Registers how the members of a cluster find one another.</summary>
public static class ClusteringRegistration
{
    /// <summary>What the cluster of a database is called: one database is one cluster.</summary>
    public const string Cluster = "ticketing";

    /// <summary>Says which cluster a silo or a client belongs to.</summary>
    /// <param name="options">The silo's or the client's.</param>
    public static void Name(ClusterOptions options) => (options.ClusterId, options.ServiceId) = (Cluster, Cluster);

    /// <summary>For a silo: the membership table.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="connection">The cluster's database; stays the caller's.</param>
    public static IServiceCollection AddMongoMembership(this IServiceCollection services, MongoConnection connection) =>
        services.AddSingleton<IMembershipTable>(provider => ActivatorUtilities.CreateInstance<MongoMembershipTable>(provider, connection));

    /// <summary>For a client: the list of silos that take clients.</summary>
    /// <param name="services">The client's services.</param>
    /// <param name="connection">The cluster's database; stays the caller's.</param>
    public static IServiceCollection AddMongoGatewayList(this IServiceCollection services, MongoConnection connection) =>
        services.AddSingleton<IGatewayListProvider>(provider => ActivatorUtilities.CreateInstance<MongoGatewayList>(provider, connection));
}
