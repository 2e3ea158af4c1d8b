using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Abstractions.Backups;

/// <summary>What a backup is of (contract.md 10.1).</summary>
[GenerateSerializer]
public enum BackupService
{
    /// <summary>Credentials.</summary>
    Auth,

    /// <summary>Events and their ledgers.</summary>
    Events,

    /// <summary>Notifications.</summary>
    Notifications,

    /// <summary>Payments.</summary>
    Payments,

    /// <summary>Tickets.</summary>
    Tickets,

    /// <summary>Profiles.</summary>
    Users,
}

/// <summary>Some of a backup's records, as the list of its service shows them.</summary>
[GenerateSerializer, Immutable, Alias("BackupPage")]
public abstract record BackupPage;

/// <summary>Credentials of a backup.</summary>
/// <param name="Items">In the order of the list.</param>
[GenerateSerializer, Immutable, Alias("CredentialBackupPage")]
public sealed record CredentialBackupPage([property: Id(0)] StoredCredential[] Items) : BackupPage;

/// <summary>Events of a backup.</summary>
/// <param name="Items">In the order of the list.</param>
[GenerateSerializer, Immutable, Alias("EventBackupPage")]
public sealed record EventBackupPage([property: Id(0)] EventRecord[] Items) : BackupPage;

/// <summary>Notifications of a backup.</summary>
/// <param name="Items">In the order of the list.</param>
[GenerateSerializer, Immutable, Alias("NotificationBackupPage")]
public sealed record NotificationBackupPage([property: Id(0)] NotificationRecord[] Items) : BackupPage;

/// <summary>Payments of a backup.</summary>
/// <param name="Items">In the order of the list.</param>
[GenerateSerializer, Immutable, Alias("PaymentBackupPage")]
public sealed record PaymentBackupPage([property: Id(0)] PaymentRecord[] Items) : BackupPage;

/// <summary>Tickets of a backup.</summary>
/// <param name="Items">In the order of the list.</param>
[GenerateSerializer, Immutable, Alias("TicketBackupPage")]
public sealed record TicketBackupPage([property: Id(0)] TicketRecord[] Items) : BackupPage;

/// <summary>Profiles of a backup.</summary>
/// <param name="Items">In the order of the list.</param>
[GenerateSerializer, Immutable, Alias("UserBackupPage")]
public sealed record UserBackupPage([property: Id(0)] UserRecord[] Items) : BackupPage;
