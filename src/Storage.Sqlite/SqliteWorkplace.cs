namespace Ticketing.Storage.Sqlite;

/// <summary>
/// Makes a database in a directory beside its place, which is empty: what was made there takes that place in one step, when everything was proven. Until then, and when
/// anything goes wrong, the place is as empty as before. The data directory belongs to this process meanwhile.
/// </summary>
public sealed class SqliteWorkplace : IDisposable
{
    /// <summary>The name of a database in its data directory.</summary>
    public const string Database = "ticketing.db";

    private readonly FileStream ownership;
    private readonly SqliteEngine engine;
    private readonly string directory;
    private readonly string workplace;

    /// <summary>Takes a data directory.</summary>
    /// <param name="directory">The data directory; made if it is not there.</param>
    /// <param name="name">What the directory is called that is worked in, below it.</param>
    /// <param name="empty">Why the data directory must be empty.</param>
    /// <exception cref="StorageException">The directory cannot be used, belongs to a running process, or holds a database. The message is one line.</exception>
    public SqliteWorkplace(string directory, string name, string empty)
    {
        this.directory = directory;
        workplace = Path.Combine(directory, name);
        ownership = SqliteEngine.Own(directory);
        try
        {
            if (Directory.EnumerateFiles(directory, Database + "*").Any()) throw new StorageException($"{directory} holds a database already; {empty}");
            Remove();
            engine = new SqliteEngine(workplace);
        }
        catch
        {
            ownership.Dispose();
            throw;
        }
    }

    /// <summary>The database that is being made.</summary>
    public IEngine Engine => engine;

    /// <summary>Closes the database and puts it in its place.</summary>
    /// <exception cref="StorageException">It could not be closed.</exception>
    public void Complete()
    {
        engine.Dispose();
        var made = Path.Combine(workplace, Database);
        if (Directory.EnumerateFiles(workplace, Database + "-*").Any()) throw new StorageException($"{made} could not be closed");
        using (var file = new FileStream(made, FileMode.Open, FileAccess.ReadWrite)) file.Flush(flushToDisk: true);
        File.Move(made, Path.Combine(directory, Database));
    }

    /// <summary>Removes what was worked in, and gives the data directory up.</summary>
    public void Dispose()
    {
        engine.Dispose();
        try
        {
            Remove();
        }
        finally
        {
            ownership.Dispose();
        }
    }

    private void Remove()
    {
        if (Directory.Exists(workplace)) Directory.Delete(workplace, recursive: true);
    }
}
