using Microsoft.Extensions.Diagnostics.HealthChecks;
using Ticketing.ApiGateway.Auth;

namespace Ticketing.ApiGateway.Health;

/// <summary>
/// Whether the cluster answers this gateway: the look for ended tokens, which goes to a silo and from there to storage several times a second, succeeded not long ago.
/// </summary>
internal sealed class ClusterHealth(EndedTokens ended) : IHealthCheck
{
    // Longer than a silo that died is missed for, at three probes of five seconds each: other silos' events are served meanwhile.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(ended.Age < Patience ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
}
