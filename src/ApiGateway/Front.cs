using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Ticketing.ApiGateway.Auth;

namespace Ticketing.ApiGateway;

/// <summary>
/// What every request to a route of ours passes, after routing and before its body is read: admission, the token, the route's access
/// rule. Faults come back through it and leave as the failure envelope. Endpoints of others (the dashboard, metrics) are left alone.
/// </summary>
internal sealed class Front(Tokens tokens, EndedTokens ended, GatewaySettings settings, Admission admission, ILogger<Front> logger)
{
    public const string NoToken = "A valid token is required: Authorization: Bearer <token>.";
    public const string BadArrival = "The body did not arrive as announced.";
    public const string Fault = "An unexpected fault. It has been logged.";

    private const string Scheme = "Bearer ";

    public static string NotFor(Access access) => $"This is for {access.Name} only.";

    public async Task Invoke(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<Access>() is not { } access)
        {
            await next(http);
            return;
        }

        try
        {
            http.Response.Headers.XContentTypeOptions = "nosniff";
            if (access != Access.Public || !HttpMethods.IsGet(http.Request.Method))
                http.Response.Headers.CacheControl = "no-store";
            var isTooLarge = IsTooLarge(http);
            if (admission.IsClosed && !IsHealth(http))
                await http.Closed();
            else if (await Pass(http, access))
                await (isTooLarge ? TooLarge(http) : next(http));
        }
        catch (Exception fault)
        {
            // The connection may tell that the caller is gone before the request does. The server is told too: it would look for the rest of the body, and take it for a fault
            // that there is none.
            if (http.RequestAborted.IsCancellationRequested || fault is ConnectionResetException)
                http.Abort();
            else
                await Answer(http, fault);
        }
    }

    private static bool IsHealth(HttpContext http) => http.Doc() == RouteDoc.Health;

    /// <summary>
    /// Whether the body is announced as too large. Then it is refused unread, and the server, which would otherwise hang up, is let read it away for a
    /// moment: the answer would not reach a client that is still sending.
    /// </summary>
    private bool IsTooLarge(HttpContext http)
    {
        if (!(http.Request.ContentLength > settings.LargestBody))
            return false;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        return true;
    }

    private Task TooLarge(HttpContext http) => http.Fail(StatusCodes.Status413PayloadTooLarge, $"The body is larger than {settings.LargestBody} bytes.");

    private async ValueTask<bool> Pass(HttpContext http, Access access)
    {
        if (access == Access.Public)
            return true;
        if (!ended.Filled.IsCompleted)
        {
            await http.NotReady();
            return false;
        }

        var identity = await tokens.Verify(Bearer(http.Request.Headers.Authorization));
        switch (access.Refuses(identity, settings.InternalTokenActsAsAdmin))
        {
            case null:
                http.Features.Set(identity);
                return true;
            case StatusCodes.Status401Unauthorized:
                http.Response.Headers.WWWAuthenticate = "Bearer";
                await http.Fail(StatusCodes.Status401Unauthorized, NoToken);
                return false;
            case var status:
                await http.Fail(status.Value, NotFor(access));
                return false;
        }
    }

    // What is no token is as good as none.
    private static ReadOnlySpan<char> Bearer(StringValues header) =>
        header is [{ } text] && text.StartsWith(Scheme, StringComparison.Ordinal) && text.Length > Scheme.Length && text[Scheme.Length] != ' '
            ? text.AsSpan(Scheme.Length)
            : default;

    private Task Answer(HttpContext http, Exception fault)
    {
        // Half an answer cannot be taken back; the broken connection tells the caller.
        if (http.Response.HasStarted)
        {
            logger.Unexpected(fault, http.Request.Method, Route(http));
            http.Abort();
            return Task.CompletedTask;
        }

        switch (fault)
        {
            case BadRequest bad:
                return http.Fail(bad.Status, bad.Message);
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return TooLarge(http);
            case BadHttpRequestException bad:
                return http.Fail(bad.StatusCode, BadArrival);
            case TimeoutException or OrleansException or OperationCanceledException:
                logger.Unknown(fault, http.Request.Method, Route(http));
                return http.Unknown();
            default:
                logger.Unexpected(fault, http.Request.Method, Route(http));
                return http.Fail(StatusCodes.Status500InternalServerError, Fault);
        }
    }

    // The pattern and not the path: it has a bounded number of values, and nothing of the caller's is in it.
    private static string Route(HttpContext http) => (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "";
}
