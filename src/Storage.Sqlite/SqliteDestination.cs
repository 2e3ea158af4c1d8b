using Ticketing.Storage.Moving;

namespace Ticketing.Storage.Sqlite;

/// <summary>A data directory without a database that is copied into. What is copied becomes its database in one step.</summary>
/// <param name="directory">The data directory; made if it is not there.</param>
/// <exception cref="StorageException">The directory cannot be used, belongs to a running process, or holds a database. The message is one line.</exception>
public sealed class SqliteDestination(string directory) : Destination
{
    private readonly SqliteWorkplace place = new(directory, "copying", "copy into a data directory without one");

    /// <inheritdoc/>
    public override string Name { get; } = Path.Combine(directory, SqliteWorkplace.Database);

    /// <inheritdoc/>
    public override IEngine Engine => place.Engine;

    /// <summary>Nothing: the directory is as it was.</summary>
    public override string? LeftBehind => null;

    /// <inheritdoc/>
    public override Task Complete()
    {
        place.Complete();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        place.Dispose();
        return ValueTask.CompletedTask;
    }
}
