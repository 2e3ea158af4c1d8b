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
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILifecycleParticipant<ISiloLifecycle>, Beginning>());
        return services;
    }

    /// <summary>Makes the meters when the silo is made, not when something is first counted: a counter that is not there yet looks like one that nobody reads.</summary>
    private sealed class Beginning : ILifecycleParticipant<ISiloLifecycle>
    {
        public Beginning(SaleMeter sales, RefusalMeter refusals, PaymentMeter payments, MailMeter mails) => _ = (sales, refusals, payments, mails);

        public void Participate(ISiloLifecycle observer)
        {
        }
    }
}
