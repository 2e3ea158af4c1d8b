using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Configuration;

namespace Ticketing.Clustering.Mongo;

/// <summary>
/// A MongoDB database and how it is spoken to: writes are acknowledged by the journals of a majority, reads see only what a majority has, and come from the
/// primary (https://www.mongodb.com/docs/manual/reference/write-concern/). A connection string that asks for less is refused.
/// </summary>
public sealed class MongoConnection : IDisposable
{
    /// <summary>The database when the connection string names none.</summary>
    public const string DefaultDatabase = "ticketing";

    /// <summary>How long a program that starts waits for a server that does not answer: one that starts beside it may need as long.</summary>
    public static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(15);

    /// <summary>How long it waits between two askings.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>The collection of the cluster's membership.</summary>
    public const string MembershipCollection = "membership";

    /// <summary>MongoDB 7.0 (https://www.mongodb.com/docs/manual/reference/command/hello/).</summary>
    private const int OldestWireVersion = 21;

    private static readonly TimeSpan ServerSelection = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan OneAnswer = TimeSpan.FromSeconds(5);

    private readonly MongoClient client;
    private readonly Lazy<MongoClient> writer;
    private readonly string setting;

    private MongoConnection(MongoClient client, string database, string setting)
    {
        (this.client, this.setting) = (client, setting);
        Database = client.GetDatabase(database);
        writer = new(() =>
        {
            // Clients with other settings have connections of their own: a crowd of readers must not keep the one writer waiting for one.
            var settings = client.Settings.Clone();
            settings.ApplicationName += "-writer";
            return new MongoClient(settings);
        });
        // Hosts alone: the rest of a connection string holds a password.
        Name = $"{string.Join(',', client.Settings.Servers)}/{database}";
    }

    /// <summary>The database, with the concerns that are set in code.</summary>
    public IMongoDatabase Database { get; }

    /// <summary>The same database, over connections that are the commit loop's alone. A program without one never opens them.</summary>
    public IMongoDatabase Writer => writer.Value.GetDatabase(Database.DatabaseNamespace.DatabaseName);

    /// <summary>Hosts and database, without credentials, for people.</summary>
    public string Name { get; }

    /// <summary>Reads a connection string; nothing is sent yet.</summary>
    /// <param name="url">The connection string (https://www.mongodb.com/docs/manual/reference/connection-string/).</param>
    /// <param name="change">Changes what tests need otherwise.</param>
    /// <param name="setting">Where the connection string was given, for messages.</param>
    /// <exception cref="DatabaseException">It is none, or asks for weaker guarantees than this program is built on.</exception>
    public static MongoConnection To(string url, Action<MongoClientSettings>? change = null, string setting = "DATABASE_URL")
    {
        var parsed = Valid(() => new MongoUrl(url), setting);
        Refuse(parsed.W is { } w && w.ToString() != "majority", $"w={parsed.W}", "w=majority");
        Refuse(parsed.Journal == false, "journal=false", "journal=true");
        Refuse(parsed.ReadConcernLevel is { } level && level != ReadConcernLevel.Majority, $"readConcernLevel={parsed.ReadConcernLevel?.ToString().ToLowerInvariant()}", "majority");
        Refuse(parsed.ReadPreference is { } preference && preference.ReadPreferenceMode != ReadPreferenceMode.Primary, $"readPreference={parsed.ReadPreference?.ReadPreferenceMode.ToString().ToLowerInvariant()}", "primary");
        Refuse(parsed.RetryWrites == false, "retryWrites=false", "true");

        return Valid(() => new MongoConnection(new(Settings(parsed, change)), parsed.DatabaseName ?? DefaultDatabase, setting), setting);

        void Refuse(bool weaker, string asked, string needed)
        {
            if (weaker) throw new DatabaseException($"{setting} asks for {asked}: nothing that was acknowledged may be lost, so leave it out or say {needed}");
        }
    }

    /// <summary>Looks whether the server answers, lets this program in, and is what it needs: a replica set of MongoDB 7.0 or later. Takes a few seconds at most.</summary>
    /// <param name="patience">How long a server that does not answer is asked again; one that answers is not.</param>
    /// <param name="cancellation">Gives up earlier.</param>
    /// <exception cref="DatabaseException">One of these is not so.</exception>
    public Task Check(TimeSpan patience = default, CancellationToken cancellation = default) =>
        Patience.Ask(() => CheckOnce(cancellation), static e => e is DatabaseException { IsAway: true }, patience, RetryAfter, TimeProvider.System, cancellation);

    /// <summary>Gives the connections back to the driver, which keeps them for the next client with the same settings, or until the process ends.</summary>
    public void Dispose()
    {
        client.Dispose();
        if (writer.IsValueCreated) writer.Value.Dispose();
    }

    /// <summary>Whether the server could not be reached, or did not answer in time, or is none that takes writes now, or found no majority to confirm one: others will fare no better.</summary>
    /// <param name="e">What the driver said.</param>
    public static bool IsAway(Exception e) =>
        e is TimeoutException or MongoConnectionException or MongoConnectionPoolPausedException or MongoNotPrimaryException or MongoNodeIsRecoveringException || IsUnconfirmed(e);

    /// <summary>What went wrong with a database, in one line that names it.</summary>
    /// <param name="e">What the driver said.</param>
    public string Explain(Exception e) => e switch
    {
        MongoAuthenticationException => $"the MongoDB at {Name} does not accept the user or the password of {setting}",
        MongoCommandException { Code: 13 or 18 } => $"the MongoDB at {Name} wants a login that may use this database: put user and password into {setting}",
        TimeoutException or MongoConnectionException or MongoConnectionPoolPausedException => $"the MongoDB at {Name} does not answer",
        MongoNotPrimaryException or MongoNodeIsRecoveringException => $"the MongoDB at {Name} has no primary now",
        _ when IsUnconfirmed(e) => $"the MongoDB at {Name} took a write, but no majority of its members confirmed it in time",
        MongoIncompatibleDriverException => $"the MongoDB at {Name} is older than 7.0, or too new for this program",
        MongoException => $"the MongoDB at {Name} reports: {e.Message.ReplaceLineEndings(" ")}",
        _ => $"the MongoDB at {Name} cannot be used: {e.Message.ReplaceLineEndings(" ")}",
    };

    private async Task<BsonDocument> CheckOnce(CancellationToken cancellation)
    {
        BsonDocument hello;
        try
        {
            hello = await Hello(client, cancellation);
        }
        catch (Exception e) when (e is MongoException or TimeoutException)
        {
            // The driver waits for a primary and does not say why there is none. A member says so itself.
            var why = e is TimeoutException ? await WhyNoPrimary(cancellation) : null;
            throw new DatabaseException(why ?? Explain(e), e) { IsAway = MayReturn(e) };
        }

        if (Fault(hello) is { } fault) throw new DatabaseException(fault);
        // A server answers hello to anybody; this it answers only to those whom it lets in.
        return await Explained(() => Database.RunCommandAsync<BsonDocument>(new BsonDocument { { "listCollections", 1 }, { "nameOnly", true }, { "authorizedCollections", true } }, cancellationToken: cancellation));
    }

    private static MongoClientSettings Settings(MongoUrl url, Action<MongoClientSettings>? change)
    {
        var settings = MongoClientSettings.FromUrl(url);
        settings.ApplicationName ??= "ticketing";
        settings.ReadPreference = ReadPreference.Primary;
        settings.ReadConcern = ReadConcern.Majority;
        // The server's own limit lies below the client's, so that a slow majority is told from a server that is gone.
        settings.WriteConcern = WriteConcern.WMajority.With(journal: true, wTimeout: OneAnswer - TimeSpan.FromSeconds(1));
        settings.RetryWrites = settings.RetryReads = true;
        settings.ServerSelectionTimeout = settings.ConnectTimeout = settings.WaitQueueTimeout = ServerSelection;
        settings.SocketTimeout = OneAnswer;
        change?.Invoke(settings);
        return settings;
    }

    /// <summary>Whether a write was taken, but not confirmed as it has to be. What comes of it is open.</summary>
    private static bool IsUnconfirmed(Exception e) =>
        e is MongoWriteConcernException or MongoWriteException { WriteConcernError: not null } or MongoBulkWriteException { WriteConcernError: not null };

    private static Task<BsonDocument> Hello(MongoClient client, CancellationToken cancellation) =>
        client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), cancellationToken: cancellation);

    /// <summary>What is wrong with a server that answers.</summary>
    private string? Fault(BsonDocument hello) =>
        !hello.TryGetValue("setName", out var set) ? $"the MongoDB at {Name} is not a replica set: start it with --replSet and initiate it; one member is enough"
        : hello.GetValue("maxWireVersion", 0).ToInt32() < OldestWireVersion ? $"the MongoDB at {Name} is older than 7.0"
        : !hello.GetValue("isWritablePrimary", false).ToBoolean() && client.Settings.DirectConnection == true ? $"the MongoDB at {Name} is not the primary of its set; leave directConnection out"
        : client.Settings.ReplicaSetName is { } wanted && set != wanted ? $"the MongoDB at {Name} belongs to the replica set {set}, but {setting} asks for {wanted}"
        : null;

    /// <summary>Why the driver found no primary, asked of the members that the connection string names; nothing when none of them answers either.</summary>
    private async Task<string?> WhyNoPrimary(CancellationToken cancellation)
    {
        if (client.Settings.Scheme == ConnectionStringScheme.MongoDBPlusSrv) return null;
        var answers = await Task.WhenAll(client.Settings.Servers.Select(Ask));
        if (answers.FirstOrDefault(answer => answer is not null) is not { } hello) return null;
        return Fault(hello) ?? (hello.TryGetValue("primary", out var primary)
            ? $"the MongoDB at {Name} says that its primary is {primary}, which does not answer from here"
            : $"the MongoDB at {Name} has no primary now");

        async Task<BsonDocument?> Ask(MongoServerAddress server)
        {
            var settings = client.Settings.Clone();
            (settings.Server, settings.DirectConnection, settings.ReplicaSetName) = (server, true, null);
            using var member = new MongoClient(settings);
            try
            {
                return await Hello(member, cancellation);
            }
            catch (Exception e) when (e is MongoException or TimeoutException)
            {
                return null;
            }
        }
    }

    /// <summary>Asks the server, and tells what is wrong with it in one line.</summary>
    internal async Task<T> Explained<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is MongoException or TimeoutException)
        {
            throw new DatabaseException(Explain(e), e) { IsAway = MayReturn(e) };
        }
    }

    // A wrong password is a broken connection to the driver.
    private static bool MayReturn(Exception e) => e is not MongoAuthenticationException && IsAway(e);

    private static T Valid<T>(Func<T> read, string setting)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is MongoException or ArgumentException or FormatException or InvalidOperationException or NotSupportedException || e.GetType().Namespace == "DnsClient")
        {
            // Of srv names, the driver asks right here.
            if (e.GetType().Namespace?.StartsWith("DnsClient", StringComparison.Ordinal) == true) throw new DatabaseException($"the name in {setting} cannot be resolved", e) { IsAway = true };
            // Neither what was given nor what the driver says about it: both may hold a password.
            throw new DatabaseException($"{setting} is no connection string of MongoDB: mongodb://user:password@host:27017/database?replicaSet=rs0");
        }
    }
}
