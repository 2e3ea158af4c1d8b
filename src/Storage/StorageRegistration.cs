using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Ticketing.Grains;
using Ticketing.Grains.Auth;
using Ticketing.Grains.Backups;
using Ticketing.Grains.Events;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;
using Ticketing.Grains.Tickets;
using Ticketing.Grains.Users;
using Ticketing.Storage.Auth;
using Ticketing.Storage.Backups;
using Ticketing.Storage.Events;
using Ticketing.Storage.Notifications;
using Ticketing.Storage.Payments;
using Ticketing.Storage.Tickets;
using Ticketing.Storage.Users;

namespace Ticketing.Storage;

/// <summary>Registers all that stands on an engine.</summary>
public static class StorageRegistration
{
    /// <summary>Adds the meters, the commit loop, the journal, the read ports, the backups' files, grain storage (as the default) and the reminder table. The engine itself and the <see cref="BackupDirectory"/> are the caller's.</summary>
    public static IServiceCollection AddTicketingStorage(this IServiceCollection services)
    {
        services.AddTicketingMeters();
        services.AddSingleton<CommitLoop>();
        services.AddSingleton<IJournal, Journal>();
        services.AddSingleton<IEventRecords, EventRecords>();
        services.AddSingleton<ITicketRecords, TicketRecords>();
        services.AddSingleton<IPaymentRecords, PaymentRecords>();
        services.AddSingleton<INotificationRecords, NotificationRecords>();
        services.AddSingleton<ICredentialRecords, CredentialRecords>();
        services.AddSingleton<IEndedTokenRecords, EndedTokenRecords>();
        services.AddSingleton<IUserRecords, UserRecords>();
        services.AddSingleton<IBackupRecords, BackupRecords>();
        services.AddSingleton<IBackupFiles, BackupFiles>();
        services.AddKeyedSingleton<IGrainStorage, GrainStorage>(DefaultProviderName);
        services.AddSingleton<IGrainStorage>(provider => provider.GetRequiredKeyedService<IGrainStorage>(DefaultProviderName));
        services.AddSingleton<IReminderTable, ReminderTable>();
        services.AddSingleton<IIncomingGrainCallFilter, StorageTrouble>();
        // A fault of ours that goes to another process goes as what it is, as far as that process knows it; otherwise it would break the connection that it is sent on.
        services.Configure<Orleans.Serialization.ExceptionSerializationOptions>(options => options.SupportedNamespacePrefixes.Add("Ticketing"));
        return services;
    }

    private const string DefaultProviderName = "Default";
}
