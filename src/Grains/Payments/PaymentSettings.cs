namespace Ticketing.Grains.Payments;

/// <summary>How the payments job works.</summary>
public sealed record PaymentSettings
{
    /// <summary>The time between two rounds; ten seconds by contract.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(10);
}
