using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Configurations;
using MongoDB.Driver;
using Testcontainers.MongoDb;

namespace Ticketing.Storage.Tests.Mongo;

/// <summary>
/// The MongoDB server that tests run on: the one that TICKETING_TEST_MONGO names, else a container where Docker answers. Where there is neither, tests are skipped,
/// but on CI, where that is a failure.
/// </summary>
internal static class TestMongo
{
    private const string Image = "mongo:8";

    private static readonly TimeSpan DockerAnswers = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ContainerStarts = TimeSpan.FromMinutes(3);

    private static readonly Lazy<(string? Server, string? Reason)> Found = new(() =>
    {
        var found = Task.Run(Find).GetAwaiter().GetResult();
        // A skipped test's reason is shown by few loggers.
        if (found.Reason is not null) Console.Error.WriteLine(found.Reason);
        return found;
    });

    /// <summary>Why tests that need a server are skipped; nothing when there is one.</summary>
    /// <exception cref="InvalidOperationException">There is none, and this is CI.</exception>
    public static string? Reason =>
        Found.Value.Reason is { } reason && string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase)
            ? throw new InvalidOperationException(reason)
            : Found.Value.Reason;

    /// <summary>A database of its own, gone when it is disposed of. Skips the test that asks when there is no server.</summary>
    public static Disposable NewDatabase()
    {
        Skip.If(Reason is not null, Reason);
        return new(Found.Value.Server!);
    }

    private static async Task<(string? Server, string? Reason)> Find()
    {
        const string Remedy = "the tests of MongoDB need a server: set TICKETING_TEST_MONGO to its connection string, or start Docker";
        if (Environment.GetEnvironmentVariable("TICKETING_TEST_MONGO") is { Length: > 0 } server) return (server, null);
        try
        {
            // What looks for Docker asks each of the usual places; one that takes a connection and stays silent would hold it up.
            var docker = await Task.Run(() => TestcontainersSettings.OS.DockerEndpointAuthConfig).WaitAsync(DockerAnswers);
            if (docker is null) return (null, $"NO MONGODB, AND NO DOCKER: {Remedy}");
        }
        catch (TimeoutException)
        {
            return (null, $"NO MONGODB, AND DOCKER DOES NOT ANSWER: {Remedy}");
        }

        try
        {
            return (await Start(), null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return (null, $"NO MONGODB, AND DOCKER CANNOT RUN {Image} ({e.Message.ReplaceLineEndings(" ").Trim()}): {Remedy}");
        }
    }

    /// <summary>Starts a replica set of one member, without a login. It goes with this process.</summary>
    private static async Task<string> Start()
    {
        using var patience = new CancellationTokenSource(ContainerStarts);
        // Not WithReplicaSet, which always asks for a login. The member calls itself by a port that is not the one outside: clients must not follow it there.
        var container = new MongoDbBuilder(Image)
            .WithUsername("").WithPassword("")
            .WithCommand("--replSet", "rs0", "--bind_ip_all")
            .WithStartupCallback(async (started, cancellation) =>
            {
                const string Initiate = "try { rs.initiate({ _id: 'rs0', members: [{ _id: 0, host: '127.0.0.1:27017' }] }) } catch (e) { }";
                await started.ExecAsync(["mongosh", "--quiet", "--eval", Initiate], cancellation);
            })
            .WithWaitStrategy(Wait.ForUnixContainer().UntilCommandIsCompleted("mongosh", "--quiet", "--eval", "quit(db.hello().isWritablePrimary ? 0 : 1)"))
            .Build();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => container.DisposeAsync().AsTask().GetAwaiter().GetResult();
        await container.StartAsync(patience.Token);
        return $"mongodb://{container.Hostname}:{container.GetMappedPublicPort(MongoDbBuilder.MongoDbPort)}/?directConnection=true";
    }

    /// <summary>A database of a test's own.</summary>
    internal sealed class Disposable(string server) : IDisposable
    {
        private readonly string name = $"test-{Guid.NewGuid():n}";

        /// <summary>Its connection string.</summary>
        public string Url => new MongoUrlBuilder(server) { DatabaseName = name }.ToString();

        /// <summary>Drops it.</summary>
        public void Dispose()
        {
            using var client = new MongoClient(Url);
            client.DropDatabase(name);
        }
    }
}
