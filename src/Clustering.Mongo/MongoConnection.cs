using MongoDB.Bson;
using MongoDB.Driver;

namespace Ticketing.Clustering.Mongo;

/// <summary>
/// A MongoDB database and how it is spoken to: writes are acknowledged by the journals of a majority, reads see only what a majority has, and come from the
/// primary (https://www.mongodb.com/docs/manual/reference/write-concern/). A connection string that asks for less is refused.
/// </summary>
public sealed class MongoConnection : IDisposable
{
    /// <summary>The database when the connection string names none.</summary>
    public const string DefaultDatabase = "ticketing";

    /// <summary>The collection of the cluster's membership.</summary>
    public const string MembershipCollection = "membership";

    /// <summary>MongoDB 7.0 (https://www.mongodb.com/docs/manual/reference/command/hello/).</summary>
    private const int OldestWireVersion = 21;

    private static readonly TimeSpan ServerSelection = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan OneAnswer = TimeSpan.FromSeconds(5);

    private readonly MongoClient client;

    private readonly string setting;

    private MongoConnection(MongoClientSettings settings, string database, string setting)
    {
        this.setting = setting;
        client = new MongoClient(settings);
        Database = client.GetDatabase(database);
        // Hosts alone: the rest of a connection string holds a password.
        Name = $"{string.Join(',', settings.Servers.Select(server => $"{server.Host}:{server.Port}"))}/{database}";
    }

    /// <summary>The database, with the concerns that are set in code.</summary>
    public IMongoDatabase Database { get; }

    /// <summary>Hosts and database, without credentials, for people.</summary>
    public string Name { get; }

    /// <summary>Reads a connection string; nothing is sent yet.</summary>
    /// <param name="url">The connection string (https://www.mongodb.com/docs/manual/reference/connection-string/).</param>
    /// <param name="change">Changes what tests need otherwise.</param>
    /// <param name="setting">Where the connection string was given, for messages.</param>
    /// <exception cref="DatabaseException">It is none, or asks for weaker guarantees than this program is built on.</exception>
    public static MongoConnection To(string url, Action<MongoClientSettings>? change = null, string setting = "DATABASE_URL")
    {
        var parsed = Parse(url, setting);
        Refuse(parsed.W is { } w && w.ToString() != "majority", $"w={parsed.W}", "w=majority");
        Refuse(parsed.Journal == false, "journal=false", "journal=true");
        Refuse(parsed.ReadConcernLevel is { } level && level != ReadConcernLevel.Majority, $"readConcernLevel={parsed.ReadConcernLevel?.ToString().ToLowerInvariant()}", "majority");
        Refuse(parsed.ReadPreference is { } preference && preference.ReadPreferenceMode != ReadPreferenceMode.Primary, $"readPreference={parsed.ReadPreference?.ReadPreferenceMode.ToString().ToLowerInvariant()}", "primary");
        Refuse(parsed.RetryWrites == false, "retryWrites=false", "true");

        var settings = MongoClientSettings.FromUrl(parsed);
        settings.ApplicationName ??= "ticketing";
        settings.ReadPreference = ReadPreference.Primary;
        settings.ReadConcern = ReadConcern.Majority;
        // The server's own limit lies below the client's, so that a slow majority is told from a server that is gone.
        settings.WriteConcern = WriteConcern.WMajority.With(journal: true, wTimeout: OneAnswer - TimeSpan.FromSeconds(1));
        settings.RetryWrites = settings.RetryReads = true;
        settings.ServerSelectionTimeout = settings.ConnectTimeout = settings.WaitQueueTimeout = ServerSelection;
        settings.SocketTimeout = OneAnswer;
        change?.Invoke(settings);
        return new(settings, parsed.DatabaseName ?? DefaultDatabase, setting);

        void Refuse(bool weaker, string asked, string needed)
        {
            if (weaker) throw new DatabaseException($"{setting} asks for {asked}: nothing that was acknowledged may be lost, so leave it out or say {needed}");
        }
    }

    /// <summary>Looks whether the server answers, lets this program in, and is what it needs: a replica set of MongoDB 7.0 or later.</summary>
    /// <exception cref="DatabaseException">One of these is not so.</exception>
    public async Task Check(CancellationToken cancellation = default)
    {
        var hello = await Explained(() => client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), cancellationToken: cancellation));
        if (!hello.Contains("setName")) throw new DatabaseException($"the MongoDB at {Name} is not a replica set: start it with --replSet and initiate it; one member is enough");
        if (hello.GetValue("maxWireVersion", 0).ToInt32() < OldestWireVersion) throw new DatabaseException($"the MongoDB at {Name} is older than 7.0");
        // A server answers hello to anybody; this it answers only to those whom it lets in.
        await Explained(() => Database.RunCommandAsync<BsonDocument>(new BsonDocument { { "listCollections", 1 }, { "nameOnly", true }, { "authorizedCollections", true } }, cancellationToken: cancellation));
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => client.Dispose();

    /// <summary>Whether the server could not be reached, or did not answer in time, or is none that takes writes now.</summary>
    /// <param name="e">What the driver said.</param>
    public static bool IsAway(Exception e) => e is TimeoutException or MongoConnectionException or MongoNotPrimaryException or MongoNodeIsRecoveringException;

    /// <summary>What went wrong with a database, in one line that names it.</summary>
    /// <param name="e">What the driver said.</param>
    public string Explain(Exception e) => e switch
    {
        MongoAuthenticationException => $"the MongoDB at {Name} does not accept the user or the password of {setting}",
        MongoCommandException { Code: 13 or 18 } => $"the MongoDB at {Name} wants a login that may use this database: put user and password into {setting}",
        TimeoutException or MongoConnectionException => $"the MongoDB at {Name} does not answer",
        MongoException => $"the MongoDB at {Name} reports: {e.Message.ReplaceLineEndings(" ")}",
        _ => $"the MongoDB at {Name} cannot be used: {e.Message.ReplaceLineEndings(" ")}",
    };

    private async Task<T> Explained<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is MongoException or TimeoutException)
        {
            throw new DatabaseException(Explain(e), e);
        }
    }

    private static MongoUrl Parse(string url, string setting)
    {
        try
        {
            return new MongoUrl(url);
        }
        catch (Exception e) when (e is MongoConfigurationException or FormatException or ArgumentException)
        {
            // Not what was given: it may hold a password.
            throw new DatabaseException($"{setting} is no connection string of MongoDB: mongodb://user:password@host:27017/database?replicaSet=rs0", e);
        }
    }
}
