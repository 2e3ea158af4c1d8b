using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;

namespace Ticketing.OnSale.Serving;

/// <summary>Ports of the loopback interface.</summary>
internal static class Ports
{
    /// <summary>Has a silo be the only one, with no client from outside.</summary>
    public static void Alone(ISiloBuilder silo, string name) =>
        silo.UseLocalhostClustering(Free(), 0, null, name, name).Configure<EndpointOptions>(endpoint => endpoint.GatewayPort = 0);

    /// <summary>One that is free.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
