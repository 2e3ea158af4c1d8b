using Ticketing.Clustering.Mongo;
using Ticketing.Storage;
using Ticketing.Storage.Mongo;
using Ticketing.Storage.Sqlite;

namespace Ticketing.Silo;

/// <summary>Where everything is kept: the embedded engine's file, or a cluster's MongoDB.</summary>
/// <param name="Name">What it is called in front of people.</param>
/// <param name="Engine">The engine.</param>
/// <param name="Connection">The cluster's database; absent for the embedded engine.</param>
/// <param name="Guard">Whether this silo may still write to it; absent for the embedded engine, which has one owner.</param>
internal sealed record Database(string Name, IEngine Engine, MongoConnection? Connection, SiloGuard? Guard) : IDisposable
{
    /// <summary>Opens it as far as others must wait for: a cluster's altogether, and of the embedded engine the data directory, which is this process's then.</summary>
    /// <returns>Completes when it is open; fails with a <see cref="StorageException"/> when it cannot be used.</returns>
    /// <exception cref="StorageException">It cannot be used.</exception>
    /// <exception cref="DatabaseException">It cannot be reached, or is not what a cluster needs.</exception>
    public static async Task<Task<Database>> BeginToOpen(Settings settings)
    {
        if (settings.Cluster is { } cluster) return Task.FromResult(await Join(cluster));
        var ownership = SqliteEngine.Own(settings.DataDirectory);
        return Task.Run(() => new Database(settings.DataDirectory, new SqliteEngine(settings.DataDirectory, ownership), null, null));
    }

    private static async Task<Database> Join(ClusterSettings cluster)
    {
        var connection = MongoConnection.To(cluster.DatabaseUrl);
        try
        {
            await connection.Check(MongoConnection.StartPatience);
            var guard = new SiloGuard(connection, ClusteringRegistration.Cluster, cluster.Probe, TimeProvider.System);
            return new($"MongoDB {connection.Name}", await OpenEngine(connection, guard), connection, guard);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Silos that start together all make what a new database lacks, which can take a server its time.</summary>
    private static Task<MongoEngine> OpenEngine(MongoConnection connection, SiloGuard guard) => Patience.Ask(
        () => MongoEngine.Open(connection, guard), static e => e is StorageException { IsAway: true }, MongoConnection.StartPatience, MongoConnection.RetryAfter, TimeProvider.System);

    public void Dispose()
    {
        Engine.Dispose();
        Connection?.Dispose();
    }
}
