using MongoDB.Driver;
using Ticketing.ApiGateway;
using Ticketing.Clustering.Mongo;
using Ticketing.Storage.Mongo;
using Ticketing.Storage.Moving;
using Ticketing.Storage.Sqlite;

namespace Ticketing.Silo.Moving;

/// <summary>A database as the command line names it: by its file, its directory, or its connection string.</summary>
internal sealed class Place : IDisposable
{
    /// <summary>Stands for the environment variable of this name, so that a password is not seen among the processes.</summary>
    public const string Variable = "DATABASE_URL";

    private readonly MongoConnection? connection;
    private readonly string file = "";

    private Place(string option, string value)
    {
        var (setting, text) = value == Variable
            ? (Variable, Environment.GetEnvironmentVariable(Variable) ?? throw new SettingsException($"{option} is {Variable}, and that is not set"))
            : (option, value);
        if (text.StartsWith("mongodb://", StringComparison.Ordinal) || text.StartsWith("mongodb+srv://", StringComparison.Ordinal)) connection = MongoConnection.To(text, Unhurried, setting);
        // Not what was given: it may hold a password.
        else if (text.Contains("://", StringComparison.Ordinal)) throw new SettingsException($"{setting} is a URL of another kind: a SQLite file, its directory, or mongodb://…");
        else file = FileOf(Path.GetFullPath(text));
    }

    /// <summary>The data directory, when it is a database of the embedded engine.</summary>
    public string? Directory => connection is null ? Path.GetDirectoryName(file) : null;

    /// <summary>Hosts and database, without credentials, when it is one of MongoDB.</summary>
    public string? Mongo => connection?.Name;

    /// <summary>Reads a command line.</summary>
    /// <exception cref="SettingsException">It does not name two different databases.</exception>
    /// <exception cref="DatabaseException">A connection string is none.</exception>
    public static (Place From, Place To) Pair(string[] arguments)
    {
        string? from = null, to = null;
        for (var i = 0; i < arguments.Length; i++)
        {
            var (option, value) = arguments[i].Split('=', 2) is [var name, var given] ? (name, given) : (arguments[i], null);
            if (option is not ("--from" or "--to")) throw new SettingsException($"copy takes --from and --to, and does not know what '{(option.Contains("://", StringComparison.Ordinal) ? "that URL" : option)}' is");
            value ??= ++i < arguments.Length ? arguments[i] : "";
            if (value.Length == 0 || value.StartsWith("--", StringComparison.Ordinal)) throw new SettingsException($"{option} needs a database: a SQLite file, its directory, or mongodb://…");
            if ((option == "--from" ? from : to) is not null) throw new SettingsException($"copy takes {option} once");
            if (option == "--from") from = value;
            else to = value;
        }

        if (from is null || to is null) throw new SettingsException($"copy needs {(from is null ? "--from" : "--to")}: a SQLite file, its directory, or mongodb://…");
        var source = new Place("--from", from);
        try
        {
            var target = new Place("--to", to);
            if ((source.Directory, source.Mongo) != (target.Directory, target.Mongo)) return (source, target);
            target.Dispose();
            throw new SettingsException("--from and --to are the same database");
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>One database.</summary>
    /// <param name="option">Where it was given, for messages.</param>
    /// <param name="value">The database.</param>
    /// <exception cref="SettingsException">It names none.</exception>
    /// <exception cref="DatabaseException">A connection string is none.</exception>
    public static Place Of(string option, string value) => new(option, value);

    /// <summary>Opens it to be looked at, in use or not.</summary>
    public async Task<Origin> Look() => connection is null ? SqliteOrigin.OfThisMoment(file) : await MongoOrigin.OpenInUse(connection);

    /// <summary>Opens it to be copied from.</summary>
    public async Task<Origin> Read(TimeProvider time) => connection is null ? new SqliteOrigin(file) : await MongoOrigin.Open(connection, time);

    /// <summary>Opens it to be copied into.</summary>
    public async Task<Destination> Fill(TimeProvider time)
    {
        if (connection is not null) return await MongoDestination.Open(connection, time);
        if (Path.GetFileName(file) != SqliteWorkplace.Database) throw new SettingsException($"the program finds its database by the name {SqliteWorkplace.Database}: name the directory, or a file of that name");
        return new SqliteDestination(Directory!);
    }

    public void Dispose() => connection?.Dispose();

    /// <summary>Nobody waits for an answer here: a busy server may take its time.</summary>
    private static void Unhurried(MongoClientSettings settings)
    {
        settings.ServerSelectionTimeout = settings.ConnectTimeout = settings.WaitQueueTimeout = TimeSpan.FromSeconds(10);
        settings.SocketTimeout = TimeSpan.FromMinutes(1);
    }

    private static string FileOf(string path) =>
        System.IO.Directory.Exists(path) || (!File.Exists(path) && Path.GetExtension(path) != ".db") ? Path.Combine(path, SqliteWorkplace.Database) : path;
}
