using Ticketing.Clustering.Mongo;

namespace Ticketing.ApiGateway;

/// <summary>What the gateway is told when it is a program of its own.</summary>
/// <param name="DatabaseUrl">The database that tells where the cluster is (<c>DATABASE_URL</c>).</param>
/// <param name="Urls">The addresses that HTTP is served on (<c>ASPNETCORE_URLS</c>, <c>--urls</c>).</param>
/// <param name="IsDevelopment">Whether this is a developer's machine.</param>
/// <param name="Drain">How long a stop waits for what is under way (<c>Ticketing__DrainSeconds</c>).</param>
/// <param name="Gateway">Keys and limits.</param>
public sealed record ProgramSettings(string DatabaseUrl, string Urls, bool IsDevelopment, TimeSpan Drain, GatewaySettings Gateway)
{
    /// <summary>Reads the settings.</summary>
    /// <exception cref="SettingsException">One of them is wrong.</exception>
    /// <exception cref="DatabaseException">The database is named wrongly.</exception>
    public static ProgramSettings Read(SettingsReader reader)
    {
        var url = Clustering.Mongo.DatabaseUrl.Of(reader.Text)
            ?? throw new SettingsException("DATABASE_URL is not set: a gateway finds its silos in their database; for everything in one process, start Silo");
        // Every gateway must have the same, so none can make its own.
        var front = FrontSettings.Read(reader, canGenerate: false);
        return new(url, reader.Urls(), reader.IsDevelopment, reader.Drain(), front.WithKeys(static _ => ""));
    }

    /// <summary>Names the type alone, so that no log line can carry a password.</summary>
    public override string ToString() => nameof(ProgramSettings);
}
