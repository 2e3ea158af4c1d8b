using Microsoft.Extensions.Diagnostics.HealthChecks;
using Ticketing.Storage;

namespace Ticketing.Silo;

/// <summary>Whether the silo is an active member of its cluster.</summary>
internal sealed class SiloHealth(ISiloStatusOracle silo) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(silo.CurrentStatus == SiloStatus.Active ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
}

/// <summary>Whether storage answers.</summary>
internal sealed class StorageHealth(IEngine engine) : IHealthCheck
{
    private static readonly Cell Nobody = Cell.Of("health");

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await engine.Find(Tables.States, Nobody).AsTask().WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (e is StorageException or OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy();
        }
    }
}
