using Microsoft.AspNetCore.HttpOverrides;

namespace Ticketing.ApiGateway;

/// <summary>Takes the address of a request from <c>X-Forwarded-For</c>, where a trusted proxy says it, before anything else looks at the request.</summary>
internal sealed class TrustedProxies(GatewaySettings settings) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => settings.TrustedProxies.Count == 0 ? next : app =>
    {
        // Each step of the way is taken as long as the one who says it is trusted, so the number of steps needs no limit.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in settings.TrustedProxies)
            options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
        next(app);
    };
}
