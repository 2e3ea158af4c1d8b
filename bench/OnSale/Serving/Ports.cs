using System.Net;
using System.Net.Sockets;

namespace Ticketing.OnSale.Serving;

/// <summary>Ports of the loopback interface.</summary>
internal static class Ports
{
    /// <summary>One that is free.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
