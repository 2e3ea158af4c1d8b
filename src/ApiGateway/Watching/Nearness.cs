using System.Net;

namespace Ticketing.ApiGateway.Watching;

/// <summary>
/// Who may read metrics, without a setting: whoever asks with GET from this machine or from a private network (RFC 1918, fc00::/7, link-local), and not by way
/// of a proxy. A proxy in front of a public port has a private address too, but says for whom it asks.
/// </summary>
internal static class Nearness
{
    // The last is where the address of a trusted proxy is put when the address behind it takes its place.
    private static readonly string[] SignsOfProxies = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via", "X-Original-For"];

    private static readonly IPNetwork[] Near =
    [
        IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("::1/128"), IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fe80::/10"),
    ];

    public static bool IsNear(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method) && IsNear(http.Connection.RemoteIpAddress) && !Array.Exists(SignsOfProxies, http.Request.Headers.ContainsKey);

    public static bool IsNear(IPAddress? address)
    {
        if (address is null) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return Array.Exists(Near, network => network.Contains(address));
    }
}
