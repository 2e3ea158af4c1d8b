using MongoDB.Driver;

namespace Ticketing.Silo.Tests.Moving;

/// <summary>A MongoDB database of its own, not there yet, and gone when it is disposed of.</summary>
internal sealed class TestMongo : IDisposable
{
    private readonly string name = $"test-{Guid.NewGuid():n}";

    public static string? Server => Environment.GetEnvironmentVariable("TICKETING_TEST_MONGO");

    public string Url => new MongoUrlBuilder(Server) { DatabaseName = name }.ToString();

    public void Dispose()
    {
        using var client = new MongoClient(Url);
        client.DropDatabase(name);
    }
}

/// <summary>A test that needs a MongoDB; skipped where there is none.</summary>
public sealed class MongoFactAttribute : FactAttribute
{
    public MongoFactAttribute()
    {
        if (TestMongo.Server is null) Skip = "NO MONGODB: set TICKETING_TEST_MONGO to a connection string";
    }
}
