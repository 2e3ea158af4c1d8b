using Ticketing.Storage.Sqlite;

namespace Ticketing.Storage.Tests.Sqlite;

/// <summary>A SQLite database in a directory of its own.</summary>
public sealed class SqliteDatabase : Database
{
    /// <summary>Where it is.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("ticketing-storage-").FullName;

    /// <summary>The database file.</summary>
    public string File => Path.Combine(Directory, "ticketing.db");

    public override IEngine Open() => new SqliteEngine(Directory);

    public override void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
