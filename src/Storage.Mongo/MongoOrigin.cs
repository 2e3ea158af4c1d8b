using Ticketing.Clustering.Mongo;
using Ticketing.Storage.Moving;

namespace Ticketing.Storage.Mongo;

/// <summary>A MongoDB database that is read as a whole. One that is copied from is not in use: no silo is alive on it when it is opened, and none was until it had been read.</summary>
public sealed class MongoOrigin : Origin
{
    private readonly MongoConnection connection;
    private readonly ClusterLife? life;
    private readonly string before;

    private MongoOrigin(MongoConnection connection, ClusterLife? life, string before)
    {
        (this.connection, this.life, this.before) = (connection, life, before);
        Engine = MongoEngine.Over(connection);
    }

    /// <inheritdoc/>
    public override string Name => $"the MongoDB at {connection.Name}";

    /// <inheritdoc/>
    public override IEngine Engine { get; }

    /// <inheritdoc/>
    public override bool IsOneWrite => false;

    /// <summary>Opens it to be copied from.</summary>
    /// <param name="connection">The database; stays the caller's.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="DatabaseException">The server cannot be used. The message is one line.</exception>
    /// <exception cref="StorageException">There is no database of this program's schema, or a silo is alive on it. The message is one line.</exception>
    public static async Task<MongoOrigin> Open(MongoConnection connection, TimeProvider time)
    {
        await connection.Check();
        var life = new ClusterLife(connection);
        var before = await life.Trace();
        await MongoDestination.RefuseLife(connection, life, time);
        await MongoEngine.Explained(connection, () => MongoSchema.Look(connection));
        return new(connection, life, before);
    }

    /// <summary>Opens it to be looked at; silos may serve on it meanwhile.</summary>
    /// <param name="connection">The database; stays the caller's.</param>
    /// <exception cref="DatabaseException">The server cannot be used. The message is one line.</exception>
    /// <exception cref="StorageException">There is no database of this program's schema. The message is one line.</exception>
    public static async Task<MongoOrigin> OpenInUse(MongoConnection connection)
    {
        await connection.Check();
        await MongoEngine.Explained(connection, () => MongoSchema.Look(connection));
        return new(connection, null, "");
    }

    /// <inheritdoc/>
    public override async Task CheckUnused()
    {
        if (life is not null && await life.Trace() != before) throw new StorageException($"the database {connection.Name} was used while it was copied: stop every silo, and copy again");
    }

    /// <summary>Closes nothing: the connection is the caller's.</summary>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
