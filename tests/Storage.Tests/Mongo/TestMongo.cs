using Ticketing.Clustering.Mongo;

namespace Ticketing.Storage.Tests.Mongo;

/// <summary>The MongoDB server that tests run on.</summary>
internal static class TestMongo
{
    private static readonly string? Server = Environment.GetEnvironmentVariable("TICKETING_TEST_MONGO");

    /// <summary>Why tests that need one are skipped; nothing when there is one.</summary>
    public static string? Reason => Server is null ? "NO MONGODB: set TICKETING_TEST_MONGO to a connection string" : null;

    /// <summary>A database of its own, gone when it is disposed of.</summary>
    public static Disposable NewDatabase() => new(Server!);

    internal sealed class Disposable(string server) : IDisposable
    {
        private readonly string name = $"test-{Guid.NewGuid():n}";

        public string Url => new MongoDB.Driver.MongoUrlBuilder(server) { DatabaseName = name }.ToString();

        public void Dispose()
        {
            using var connection = MongoConnection.To(Url);
            connection.Database.Client.DropDatabase(name);
        }
    }
}
