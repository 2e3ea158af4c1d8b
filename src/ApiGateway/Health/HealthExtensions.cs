using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ticketing.ApiGateway.Health;

/// <summary>
/// Whether a program lives (<c>/health/live</c>: it answers) and whether it can do its work (<c>/health/ready</c>: each of its checks says so, and it is not stopping).
/// Answered 200 or 503 with one line that names what is not well, and no more: anybody may ask.
/// </summary>
public static class HealthExtensions
{
    /// <summary>Whether it lives.</summary>
    public const string Live = "/health/live";

    /// <summary>Whether it is ready.</summary>
    public const string Ready = "/health/ready";

    // Shorter than those who ask wait, so that they read which one does not answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Adds the check that fails while the program stops; the program adds its own to it.</summary>
    public static IHealthChecksBuilder AddTicketingHealth(this IServiceCollection services) => services.AddHealthChecks().AddReadiness<Stopping>("stopping");

    /// <summary>Adds a check that must pass for the program to be ready.</summary>
    /// <typeparam name="TCheck">The check.</typeparam>
    /// <param name="checks">Where it is added.</param>
    /// <param name="name">What is not well if it fails.</param>
    public static IHealthChecksBuilder AddReadiness<TCheck>(this IHealthChecksBuilder checks, string name)
        where TCheck : class, IHealthCheck => checks.AddCheck<TCheck>(name, timeout: Patience);

    /// <summary>Maps both.</summary>
    public static void MapTicketingHealth(this WebApplication app)
    {
        app.MapHealthChecks(Live, new HealthCheckOptions { Predicate = static _ => false, ResponseWriter = Write });
        app.MapHealthChecks(Ready, new HealthCheckOptions { ResponseWriter = Write });
    }

    private static Task Write(HttpContext http, HealthReport report)
    {
        var bad = report.Entries.Where(static entry => entry.Value.Status == HealthStatus.Unhealthy).Select(static entry => entry.Key).Order(StringComparer.Ordinal);
        return http.Response.WriteAsync(report.Status == HealthStatus.Unhealthy ? $"not ready: {string.Join(", ", bad)}\n" : "well\n", http.RequestAborted);
    }

    private sealed class Stopping(IHostApplicationLifetime program) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(program.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy() : HealthCheckResult.Healthy());
    }
}
