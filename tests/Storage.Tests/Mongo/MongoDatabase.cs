using Ticketing.Clustering.Mongo;
using Ticketing.Storage.Mongo;

namespace Ticketing.Storage.Tests.Mongo;

/// <summary>A MongoDB database of its own.</summary>
public sealed class MongoDatabase : Database
{
    private readonly TestMongo.Disposable database;
    private readonly List<MongoConnection> connections = [];

    public MongoDatabase()
    {
        Skip.If(TestMongo.Reason is not null, TestMongo.Reason);
        database = TestMongo.NewDatabase();
    }

    /// <summary>The connection of the engine that was opened last.</summary>
    public MongoConnection Connection => connections[^1];

    public override IEngine Open()
    {
        connections.Add(MongoConnection.To(database.Url));
        // The runner gives tests no way to await in a constructor; this waits for the driver alone.
        return MongoEngine.Open(connections[^1]).GetAwaiter().GetResult();
    }

    public override void Dispose()
    {
        foreach (var connection in connections) connection.Dispose();
        database.Dispose();
    }
}
