using Microsoft.Extensions.Diagnostics.HealthChecks;
using Ticketing.Storage;

namespace Ticketing.Silo;

/// <summary>Whether the start is over: until then it can still fail, and whoever replaces silos one by one must not take the next.</summary>
internal sealed class StartHealth : IHealthCheck
{
    private volatile bool hasStarted;

    public void Started() => hasStarted = true;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(hasStarted ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
}

/// <summary>Whether the silo is an active member of its cluster, and may write.</summary>
internal sealed class SiloHealth(ISiloStatusOracle silo, Database database) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(silo.CurrentStatus == SiloStatus.Active && database.Guard is not { IsDead: true } ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
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
