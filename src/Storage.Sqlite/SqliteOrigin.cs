using Ticketing.Storage.Moving;

namespace Ticketing.Storage.Sqlite;

/// <summary>A database file that is read as a whole.</summary>
public sealed class SqliteOrigin : Origin
{
    private readonly SqliteEngine engine;

    private SqliteOrigin(string file, SqliteEngine engine) => (Name, this.engine) = (file, engine);

    /// <summary>Opens one to be copied from. Its directory belongs to this process meanwhile.</summary>
    /// <param name="file">The database file, of whatever name.</param>
    /// <exception cref="StorageException">There is none, it is in use, or it is not of this program's schema. The message is one line.</exception>
    public SqliteOrigin(string file)
        : this(file, SqliteEngine.OpenToRead(file))
    {
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override IEngine Engine => engine;

    /// <summary>Opens one as it stands at this moment. Another process may serve it meanwhile, and is not held up.</summary>
    /// <param name="file">The database file, of whatever name.</param>
    /// <exception cref="StorageException">There is none, or it is not of this program's schema. The message is one line.</exception>
    public static SqliteOrigin OfThisMoment(string file) => new(file, SqliteEngine.OpenThisMoment(file));

    /// <inheritdoc/>
    public override Task CheckUnused()
    {
        engine.CheckUnchanged();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        Engine.Dispose();
        return ValueTask.CompletedTask;
    }
}
