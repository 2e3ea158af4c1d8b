namespace Ticketing.Grains.Notifications;

/// <summary>How the sending job works.</summary>
public sealed record NotificationSettings
{
    /// <summary>The time between two rounds; at most thirty seconds by contract.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(10);
}
