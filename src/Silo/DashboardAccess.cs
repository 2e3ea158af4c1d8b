using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Ticketing.Silo;

/// <summary>
/// Who may see the dashboard: whoever knows <c>DASHBOARD_USER</c> and <c>DASHBOARD_PASSWORD</c> (basic authentication, RFC 7617), and in Development the
/// machine itself when no password is set. Otherwise nobody.
/// </summary>
internal sealed class DashboardAccess(
    Settings settings, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "Dashboard";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!Request.Path.StartsWithSegments(TicketingHost.DashboardPath)) return Task.FromResult(AuthenticateResult.NoResult());
        return Task.FromResult(IsWelcome() ? AuthenticateResult.Success(Ticket()) : AuthenticateResult.NoResult());
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Basic realm=\"dashboard\", charset=\"UTF-8\"";
        return Task.CompletedTask;
    }

    private bool IsWelcome() => settings is { DashboardUser: { } user, DashboardPassword: { } password }
        ? Presented() is { } presented && CryptographicOperations.FixedTimeEquals(SHA256.HashData(presented), SHA256.HashData(Encoding.UTF8.GetBytes($"{user}:{password}")))
        : settings.IsDevelopment && IsThisMachine();

    // The name is looked at as well: a page elsewhere can make a browser call this machine, but not under this machine's name.
    private bool IsThisMachine() =>
        Context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && (Request.Host.Host == "localhost" || (IPAddress.TryParse(Request.Host.Host.Trim('[', ']'), out var named) && IPAddress.IsLoopback(named)));

    private byte[]? Presented()
    {
        if (!AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header) || header is not { Scheme: "Basic", Parameter.Length: < 1024 })
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

    private static AuthenticationTicket Ticket() => new(new ClaimsPrincipal(new ClaimsIdentity(Scheme)), Scheme);
}
