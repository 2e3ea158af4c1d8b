using MongoDB.Driver;

namespace Ticketing.Clustering.Mongo;

/// <summary>Which database is meant: <c>DATABASE_URL</c>, or else the seven variables of contract.md 16, which must then name one server.</summary>
public static class DatabaseUrl
{
    private const string One = "DATABASE_URL";
    private static readonly string[] Services = ["AUTH", "USERS", "EVENTS", "TICKETS", "NOTIFICATIONS", "PAYMENTS", "BACKUPS"];

    /// <summary>Reads it.</summary>
    /// <param name="setting">The value of an environment variable; absent when it is not set.</param>
    /// <returns>A connection string, or nothing when none is set.</returns>
    /// <exception cref="DatabaseException">The seven are no connection strings or name several servers.</exception>
    public static string? Of(Func<string, string?> setting)
    {
        if (setting(One) is { } url) return url;
        var urls = Services.Select(service => setting($"{One}_{service}_SERVICE")).OfType<string>().Select(OnOurDatabase).Distinct().ToArray();
        return urls.Length <= 1 ? urls.FirstOrDefault()
            : throw new DatabaseException($"the variables {One}_..._SERVICE name several servers or logins, and everything is kept in one database: set {One}");
    }

    /// <summary>The same server and login, but the database that holds everything.</summary>
    private static string OnOurDatabase(string url)
    {
        try
        {
            var builder = new MongoUrlBuilder(url);
            // A login belongs to the database that is named, unless it says otherwise, and goes on doing so.
            if (builder.Username is not null) builder.AuthenticationSource ??= builder.DatabaseName;
            builder.DatabaseName = MongoConnection.DefaultDatabase;
            return builder.ToString();
        }
        catch (Exception e) when (e is MongoConfigurationException or FormatException or ArgumentException)
        {
            throw new DatabaseException($"one of the variables {One}_..._SERVICE is no connection string of MongoDB: mongodb://user:password@host:27017/database?replicaSet=rs0", e);
        }
    }
}
