using System.Net;
using System.Net.Sockets;
using Ticketing.ApiGateway;

namespace Ticketing.Silo;

/// <summary>How a silo belongs to a cluster: one database is one cluster.</summary>
public sealed record ClusterSettings
{
    /// <summary>The database that the cluster shares (<c>DATABASE_URL</c>).</summary>
    public required string DatabaseUrl { get; init; }

    /// <summary>Where other silos reach this one (<c>Ticketing__SiloPort</c>).</summary>
    public required int SiloPort { get; init; }

    /// <summary>Where gateways reach this silo (<c>Ticketing__GatewayPort</c>).</summary>
    public required int GatewayPort { get; init; }

    /// <summary>The address that others reach this silo by (<c>Ticketing__AdvertisedAddress</c>); absent for the machine's own.</summary>
    public IPAddress? AdvertisedAddress { get; init; }

    /// <summary>How often silos ask one another for a sign of life (<c>Ticketing__ProbeSeconds</c>). Who misses three is declared dead by the others.</summary>
    public required TimeSpan Probe { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <returns>Nothing when no database is set: then there is no cluster.</returns>
    /// <exception cref="SettingsException">One of them is wrong.</exception>
    public static ClusterSettings? Read(SettingsReader reader)
    {
        var settings = new ClusterSettings
        {
            DatabaseUrl = Ticketing.Clustering.Mongo.DatabaseUrl.Of(reader.Text) ?? "",
            SiloPort = reader.Number("SiloPort", 11111, 1, IPEndPoint.MaxPort),
            GatewayPort = reader.Number("GatewayPort", 30000, 1, IPEndPoint.MaxPort),
            AdvertisedAddress = reader.Own("AdvertisedAddress") is { } address ? Resolve(address) : null,
            Probe = TimeSpan.FromSeconds(reader.Number("ProbeSeconds", 5, 1, 60)),
        };
        if (settings.SiloPort == settings.GatewayPort) throw new SettingsException("Ticketing__SiloPort and Ticketing__GatewayPort are the same; they must differ");
        return settings.DatabaseUrl.Length == 0 ? null : settings;
    }

    /// <summary>Names the type alone, so that no log line can carry a password.</summary>
    public override string ToString() => nameof(ClusterSettings);

    private static IPAddress Resolve(string address)
    {
        if (IPAddress.TryParse(address, out var parsed) && !parsed.Equals(IPAddress.Any) && !parsed.Equals(IPAddress.IPv6Any)) return parsed;
        try
        {
            var all = parsed is null ? Dns.GetHostAddresses(address) : [];
            if (all.OrderBy(one => one.AddressFamily != AddressFamily.InterNetwork).FirstOrDefault() is { } found) return found;
        }
        catch (SocketException)
        {
            // Said below.
        }

        throw new SettingsException($"Ticketing__AdvertisedAddress is '{address}': an address or a host name that others reach this silo by");
    }
}
