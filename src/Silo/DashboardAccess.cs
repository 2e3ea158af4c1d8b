using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Ticketing.Silo;

/// <summary>
/// Who may see the dashboard: whoever knows <c>DASHBOARD_USER</c> and <c>DASHBOARD_PASSWORD</c> (basic authentication, RFC 7617), and in Development the
/// machine itself when no password is set. Otherwise nobody.
/// </summary>
internal sealed class DashboardAccess(Settings settings)
{
    /// <summary>Asks before each of the endpoints answers. The framework's own middleware would look at every request, those of the API among them.</summary>
    public void Guard(IEndpointConventionBuilder endpoints) => endpoints.Add(endpoint =>
    {
        var answer = endpoint.RequestDelegate ?? throw new InvalidOperationException($"{endpoint.DisplayName} cannot be guarded");
        endpoint.RequestDelegate = http => IsWelcome(http) ? answer(http) : Challenge(http);
    });

    private static Task Challenge(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        http.Response.Headers.WWWAuthenticate = "Basic realm=\"dashboard\", charset=\"UTF-8\"";
        return Task.CompletedTask;
    }

    private bool IsWelcome(HttpContext http) => settings is { DashboardUser: { } user, DashboardPassword: { } password }
        ? Presented(http) is { } presented && CryptographicOperations.FixedTimeEquals(SHA256.HashData(presented), SHA256.HashData(Encoding.UTF8.GetBytes($"{user}:{password}")))
        : settings.IsDevelopment && IsThisMachine(http);

    // The name is looked at as well: a page elsewhere can make a browser call this machine, but not under this machine's name.
    private static bool IsThisMachine(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && (http.Request.Host.Host == "localhost" || (IPAddress.TryParse(http.Request.Host.Host.Trim('[', ']'), out var named) && IPAddress.IsLoopback(named)));

    private static byte[]? Presented(HttpContext http)
    {
        if (!AuthenticationHeaderValue.TryParse(http.Request.Headers.Authorization, out var header) || header is not { Scheme: "Basic", Parameter.Length: < 1024 })
            return null;
        try
        {
            return Convert.FromBase64String(header.Parameter);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
