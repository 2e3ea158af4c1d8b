using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Ticketing.Grains.Events;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;

namespace Ticketing.Grains;

/// <summary>What this system counts of itself. Nothing here names an event, a ticket, a person or an address: every tag has a bounded number of values.</summary>
public static class Meters
{
    /// <summary>The name of the meter that all instruments of this system belong to.</summary>
    public const string Name = "Ticketing";

    /// <summary>Adds the meters of the grains. They are made by the host's <see cref="IMeterFactory"/>.</summary>
    public static IServiceCollection AddTicketingMeters(this IServiceCollection services)
    {
        services.TryAddSingleton<SaleMeter>();
        services.TryAddSingleton<RefusalMeter>();
        services.TryAddSingleton<PaymentMeter>();
        services.TryAddSingleton<MailMeter>();
        return services;
    }
}
