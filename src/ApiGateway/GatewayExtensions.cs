using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Swashbuckle.AspNetCore.SwaggerGen;
using Ticketing.ApiGateway.Auth;
using Ticketing.ApiGateway.Backups;
using Ticketing.ApiGateway.Events;
using Ticketing.ApiGateway.Notifications;
using Ticketing.ApiGateway.Payments;
using Ticketing.ApiGateway.Tickets;
using Ticketing.ApiGateway.Users;

namespace Ticketing.ApiGateway;

/// <summary>Puts the HTTP front into a program that has an <see cref="IGrainFactory"/>: a silo's own, or a cluster client's.</summary>
public static class GatewayExtensions
{
    private static readonly string[] Words = ["auth", "users", "events", "tickets", "notifications", "payments", "backups"];

    /// <summary>Registers <see cref="Tokens"/>, <see cref="EndedTokens"/>, <see cref="Admission"/> and what the routes need, and sets the server's limits.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="settings">Keys and limits.</param>
    public static IServiceCollection AddTicketingGateway(this IServiceCollection services, GatewaySettings settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.AddSingleton<Tokens>();
        services.AddSingleton<EndedTokens>();
        services.AddHostedService<EndedTokenPoll>();
        services.AddSingleton<PasswordDoor>();
        services.AddSingleton<IStartupFilter, TrustedProxies>();
        services.AddSingleton<Admission>();
        services.Configure<RouteOptions>(static options => options.SetParameterPolicy<IdConstraint>(IdConstraint.Name));
        services.Configure<KestrelServerOptions>(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = settings.LargestBody;
            server.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });
        services.AddEndpointsApiExplorer();
        services.TryAddTransient<ISerializerDataContractResolver>(static _ => new JsonSerializerDataContractResolver(Json.Default.Options));
        services.AddSwaggerGen(static generator => DocsOfTypes.Configure(generator, Words));
        return services;
    }

    /// <summary>Maps every route of the HTTP contract that is served, and the failure envelope for every other path.</summary>
    /// <param name="app">The program.</param>
    /// <exception cref="InvalidOperationException">A route below <c>/api</c> does not say who may call it.</exception>
    public static WebApplication MapTicketingGateway(this WebApplication app)
    {
        var services = app.Services;
        app.Lifetime.ApplicationStopping.Register(services.GetRequiredService<Admission>().Close);
        var gateway = ActivatorUtilities.CreateInstance<Gateway>(services);
        var front = ActivatorUtilities.CreateInstance<Front>(services);
        app.Use(front.Invoke);

        foreach (var word in Words)
        {
            app.MapDocs(word);
            MapWord(new Routes(app, word, gateway), word).Get("/health", Access.Public, (http, _) => http.Done(Replies.Alive(word)), RouteDoc.Health);
        }

        app.MapFallback("{**path}", static http => http.NotFound()).WithMetadata(Access.Public);
        RequireAccess(((IEndpointRouteBuilder)app).DataSources.SelectMany(static source => source.Endpoints));
        return app;
    }

    /// <summary>Refuses routes below <c>/api</c> that do not say who may call them.</summary>
    internal static void RequireAccess(IEnumerable<Endpoint> endpoints)
    {
        var open = endpoints.OfType<RouteEndpoint>().Where(static route =>
            route.Metadata.GetMetadata<Access>() is null && (route.RoutePattern.RawText ?? "").TrimStart('/').StartsWith("api", StringComparison.Ordinal));
        var names = string.Join(", ", open.Select(static route => route.DisplayName));
        if (names.Length > 0)
            throw new InvalidOperationException($"Routes without a declared access rule: {names}");
    }

    private static Routes MapWord(Routes routes, string word) => word switch
    {
        "auth" => routes.MapAuth(),
        "users" => routes.MapUsers(),
        "events" => routes.MapEvents(),
        "tickets" => routes.MapTickets(),
        "notifications" => routes.MapNotifications(),
        "payments" => routes.MapPayments(),
        "backups" => routes.MapBackups(),
        _ => throw new InvalidOperationException($"no routes of the word {word}"),
    };
}
