using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Backups;

namespace Ticketing.Storage.Backups;

/// <summary>What belongs to a service, and how its list shows it.</summary>
/// <param name="Tables">Its tables; the first is the one that the list shows.</param>
/// <param name="Shows">Whether the list shows a row of the first table.</param>
/// <param name="Page">Rows of the first table as the list shows them.</param>
internal sealed record Contents(RecordTable[] Tables, Func<Row, bool> Shows, Func<IReadOnlyList<Row>, BackupPage> Page)
{
    public static Contents Of(BackupService service) => service switch
    {
        BackupService.Auth => Auth,
        BackupService.Events => Events,
        BackupService.Notifications => Notifications,
        BackupService.Payments => Payments,
        BackupService.Tickets => Tickets,
        BackupService.Users => Users,
        _ => throw new ArgumentOutOfRangeException(nameof(service)),
    };

    private static readonly Contents Auth = Of(
        Storage.Tables.Credentials, one => new StoredCredential(one.Credential!, one.PasswordHash), items => new CredentialBackupPage(items),
        Storage.Tables.EndedTokens);

    private static readonly Contents Events = Of(Storage.Tables.Events, one => one.IsDeleted ? null : one.Event, items => new EventBackupPage(items));

    private static readonly Contents Notifications = Of(
        Storage.Tables.Notifications, one => one.IsDeleted ? null : one.Notification, items => new NotificationBackupPage(items));

    private static readonly Contents Payments = Of(
        Storage.Tables.Payments, one => one.IsDeleted ? null : one.Payment, items => new PaymentBackupPage(items));

    private static readonly Contents Tickets = Of(
        Storage.Tables.Tickets, one => one.IsDeleted ? null : one.Ticket, items => new TicketBackupPage(items));

    private static readonly Contents Users = Of(Storage.Tables.Users, one => one.Profile, items => new UserBackupPage(items));

    private static Contents Of<T, TItem>(RecordTable<T> table, Func<T, TItem?> item, Func<TItem[], BackupPage> page, params RecordTable[] further)
        where TItem : class =>
        new([table, .. further], row => item(table.Read(row)) is not null, rows => page([.. rows.Select(row => item(table.Read(row))!)]));
}
