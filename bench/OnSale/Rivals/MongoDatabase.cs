using MongoDB.Driver;
using Ticketing.Clustering.Mongo;

namespace Ticketing.OnSale.Rivals;

/// <summary>A database of this run's own on a MongoDB server that was given, dropped at the end.</summary>
internal sealed class MongoDatabase(string server, Results results) : IAsyncDisposable
{
    private readonly string name = $"ticketing_onsale_{Guid.NewGuid():n}";

    /// <summary>How it is reached.</summary>
    public string Url
    {
        get
        {
            var builder = new MongoUrlBuilder(server);
            // A login belongs to the database that is named, unless it says otherwise, and goes on doing so.
            if (builder.Username is not null) builder.AuthenticationSource ??= builder.DatabaseName;
            builder.DatabaseName = name;
            return builder.ToString();
        }
    }

    /// <summary>Why it cannot be used; absent when it can.</summary>
    public async Task<string?> Fault()
    {
        try
        {
            using var connection = MongoConnection.To(Url, setting: "--mongo");
            await connection.Check();
            return null;
        }
        catch (DatabaseException e)
        {
            return e.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            using var client = new MongoClient(Url);
            await client.DropDatabaseAsync(name);
        }
        catch (Exception e) when (e is MongoException or TimeoutException)
        {
            results.Skip($"the database {name} could not be dropped and is left on the MongoDB server");
        }
    }
}
