using Ticketing.Storage.Moving;

namespace Ticketing.Storage.Sqlite;

/// <summary>A SQLite database that is copied from. Its directory belongs to this process meanwhile.</summary>
/// <param name="file">The database file, of whatever name.</param>
/// <exception cref="StorageException">There is none, it is in use, or it is not of this program's schema. The message is one line.</exception>
public sealed class SqliteOrigin(string file) : Origin
{
    /// <inheritdoc/>
    public override string Name => file;

    /// <inheritdoc/>
    public override IEngine Engine { get; } = SqliteEngine.OpenToRead(file);

    /// <summary>Nobody has: nobody could.</summary>
    public override Task CheckUnused() => Task.CompletedTask;

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        Engine.Dispose();
        return ValueTask.CompletedTask;
    }
}
