using Ticketing.Clustering.Mongo;
using Ticketing.Storage.Moving;

namespace Ticketing.Storage.Mongo;

/// <summary>An empty MongoDB database that is copied into. Its schema says so until the copy is complete, and no silo starts on it.</summary>
public sealed class MongoDestination : Destination
{
    private readonly MongoConnection connection;
    private readonly string copy;

    private MongoDestination(MongoConnection connection, string copy)
    {
        (this.connection, this.copy) = (connection, copy);
        Engine = MongoEngine.Over(connection);
    }

    /// <inheritdoc/>
    public override string Name => $"the MongoDB at {connection.Name}";

    /// <inheritdoc/>
    public override IEngine Engine { get; }

    /// <inheritdoc/>
    public override string? LeftBehind => $"nothing serves on what is at {connection.Name} now: drop that database and copy again";

    /// <summary>Takes an empty database.</summary>
    /// <param name="connection">The database; stays the caller's.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="DatabaseException">The server cannot be used. The message is one line.</exception>
    /// <exception cref="StorageException">The database is not empty, or a silo is alive on it. The message is one line.</exception>
    public static async Task<MongoDestination> Open(MongoConnection connection, TimeProvider time)
    {
        await connection.Check();
        await RefuseLife(connection, new ClusterLife(connection), time);
        var copy = Guid.NewGuid().ToString("n");
        await MongoEngine.Explained(connection, () => MongoSchema.BeginCopy(connection, copy));
        return new(connection, copy);
    }

    /// <inheritdoc/>
    public override Task Complete() => MongoEngine.Explained(connection, () => MongoSchema.EndCopy(connection, copy));

    /// <summary>Closes nothing: the connection is the caller's.</summary>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Refuses a database that is in use.</summary>
    internal static async Task RefuseLife(MongoConnection connection, ClusterLife life, TimeProvider time)
    {
        if (await life.SomebodyAlive(time.GetUtcNow()) is { } alive)
            throw new StorageException($"the database {connection.Name} is in use: {alive}; stop every silo (after a silo was killed, wait {ClusterLife.Grace.TotalSeconds:N0} seconds), and copy again");
    }
}
