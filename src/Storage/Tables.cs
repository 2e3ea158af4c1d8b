using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Auth;
using Ticketing.Grains.Backups;
using Ticketing.Grains.Events;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;
using Ticketing.Grains.Users;

namespace Ticketing.Storage;

/// <summary>All kinds of records. Members have the contract's names; dates are milliseconds since 1970.</summary>
public static class Tables
{
    /// <summary>The events, deleted ones included; the version is the position in the event's ledger.</summary>
    public static RecordTable<EventChanged> Events { get; } = new(
        "events",
        [
            Text("title"), Text("description"), Text("location"), Number("date"), Number("capacity"), Number("price"),
            Number("remaining_seats"), Number("created_at"), Id("creator_id"), Number("deleted"),
        ],
        [],
        one => Cell.Of(one.Event.Id.Value),
        one => [
            Cell.Of(one.Event.Details.Title), Cell.Of(one.Event.Details.Description), Cell.Of(one.Event.Details.Location),
            Cell.Of(one.Event.Details.Date), Cell.Of(one.Event.Details.Capacity), Cell.Of(one.Event.Details.Price),
            Cell.Of(one.Event.RemainingSeats), Cell.Of(one.Event.CreatedAt), Cell.Of(one.Event.CreatorId.Value), Cell.Of(one.IsDeleted ? 1 : 0),
        ],
        row => new EventChanged(
            new EventRecord(
                new EventKey(row.Key.Id),
                new EventDetails(
                    row.Members[0].Text, row.Members[1].Text, row.Members[2].Text, Time(row.Members[3]), (uint)row.Members[4].Number, (uint)row.Members[5].Number),
                (uint)row.Members[6].Number, Time(row.Members[7]), new UserId(row.Members[8].Id), row.Version),
            row.Members[9].Number != 0));

    /// <summary>The tickets, deleted ones included; the version is the position in the event's ledger. What was written before tickets could be deleted has nothing in the last column.</summary>
    public static RecordTable<TicketChanged> Tickets { get; } = new(
        "tickets",
        [
            Number("purchase_date"), Number("seat_number"), Text("status"), Number("price"), Id("event_id"), Id("user_id"), Id("payment_id"), Text("currency"),
            Number("deleted"),
        ],
        [["user_id"], ["event_id"]],
        one => Cell.Of(one.Ticket.Id.Value),
        one => [
            Cell.Of(one.Ticket.PurchaseDate), Cell.Of(one.Ticket.SeatNumber), Cell.Of(one.Ticket.Status), Cell.Of(one.Ticket.Price),
            Cell.Of(one.Ticket.EventId.Value), Cell.Of(one.Ticket.UserId.Value), Cell.Of(one.Ticket.PaymentId.Value), Cell.Of(one.Ticket.Currency),
            one.IsDeleted ? Cell.Of(1) : Cell.None,
        ],
        row => new TicketChanged(
            new TicketRecord(
                new TicketId(row.Key.Id), Time(row.Members[0]), (uint)row.Members[1].Number, row.Members[2].Enum<TicketStatus>(), (uint)row.Members[3].Number,
                new EventKey(row.Members[4].Id), new UserId(row.Members[5].Id), new PaymentId(row.Members[6].Id), row.Members[7].Enum<Currency>()),
            row.Version, row.Members[8].HasValue));

    /// <summary>The payments, deleted ones included, which are also what their grains keep.</summary>
    public static RecordTable<PaymentState> Payments { get; } = new(
        "payments",
        [
            Number("amount"), Text("currency"), Text("status"), Text("reason"), Number("created_at"), Id("user_id"), Id("event_id"), Id("ticket_id"),
            Text("card_token"), Number("next_at"), Number("attempts"), Number("shard"), Number("deleted"),
        ],
        [["shard", "next_at"]],
        one => Cell.Of(one.Payment!.Id.Value),
        one => [
            Cell.Of(one.Payment!.Money.Amount), Cell.Of(one.Payment.Money.Currency), Cell.Of(one.Payment.Status), Cell.Of(one.Payment.Reason),
            Cell.Of(one.Payment.CreatedAt), Cell.Of(one.Payment.UserId.Value), Cell.Of(one.Payment.EventId.Value), Cell.Of(one.Payment.TicketId.Value),
            Cell.Of(one.CardToken), Cell.Of(one.NextAt), Cell.Of(one.Attempts), Cell.Of(PaymentState.ShardOf(one.Payment.Id)),
            Cell.Of(one.IsDeleted ? 1 : 0),
        ],
        row => new PaymentState
        {
            Payment = new PaymentRecord(
                new PaymentId(row.Key.Id), new Money((uint)row.Members[0].Number, row.Members[1].Enum<Currency>()), row.Members[2].Enum<PaymentStatus>(),
                row.Members[3].Enum<PaymentReason>(), Time(row.Members[4]), new UserId(row.Members[5].Id), new EventKey(row.Members[6].Id),
                new TicketId(row.Members[7].Id)),
            CardToken = row.Members[8].Text,
            NextAt = row.Members[9].TimeOrNone,
            Attempts = (int)row.Members[10].Number,
            IsDeleted = row.Members[12].Number != 0,
        });

    /// <summary>The notifications, deleted ones included, which are also what their grains keep.</summary>
    public static RecordTable<NotificationState> Notifications { get; } = new(
        "notifications",
        [
            Text("message"), Text("notif_type"), Text("status"), Number("created_at"), Id("user_id"), Number("next_at"), Number("attempts"), Number("shard"),
            Number("deleted"),
        ],
        [["shard", "next_at"]],
        one => Cell.Of(one.Notification!.Id.Value),
        one => [
            Cell.Of(one.Notification!.Message), Cell.Of(one.Notification.Type), Cell.Of(one.Notification.Status), Cell.Of(one.Notification.CreatedAt),
            Cell.Of(one.Notification.UserId.Value), Cell.Of(one.NextAt), Cell.Of(one.Attempts), Cell.Of(NotificationState.ShardOf(one.Notification.Id)),
            Cell.Of(one.IsDeleted ? 1 : 0),
        ],
        row => new NotificationState
        {
            Notification = new NotificationRecord(
                new NotificationId(row.Key.Id), row.Members[0].Text, row.Members[1].Enum<NotificationType>(), row.Members[2].Enum<NotificationStatus>(),
                Time(row.Members[3]), new UserId(row.Members[4].Id)),
            NextAt = row.Members[5].TimeOrNone,
            Attempts = (int)row.Members[6].Number,
            IsDeleted = row.Members[8].Number != 0,
        });

    /// <summary>The profiles, which are also what their grains keep.</summary>
    public static RecordTable<UserState> Users { get; } = new(
        "users",
        [Text("first_name"), Text("last_name"), Text("email")],
        [["email"]],
        one => Cell.Of(one.Profile!.Id.Value),
        one => [Cell.Of(one.Profile!.FirstName), Cell.Of(one.Profile.LastName), Cell.Of(one.Profile.Email)],
        row => new UserState { Profile = new UserRecord(new UserId(row.Key.Id), row.Members[0].Text, row.Members[1].Text, row.Members[2].Text) });

    /// <summary>The credentials, by their user's id, which are also what their grains keep.</summary>
    public static RecordTable<CredentialState> Credentials { get; } = new(
        "credentials",
        [Id("credential_id"), Text("role"), Text("password")],
        [],
        one => Cell.Of(one.Credential!.UserId.Value),
        one => [Cell.Of(one.Credential!.Id), Cell.Of(one.Credential.Role), Cell.Of(one.PasswordHash)],
        row => new CredentialState
        {
            Credential = new CredentialRecord(row.Members[0].Id, row.Members[1].Enum<Role>(), new UserId(row.Key.Id)),
            PasswordHash = row.Members[2].Text,
        });

    /// <summary>The ended tokens; the version is when they were ended, so that the later end of a key counts.</summary>
    public static RecordTable<EndedToken> EndedTokens { get; } = new(
        "ended_tokens",
        [Number("expires"), Number("ended_at")],
        [["expires"], ["ended_at"]],
        one => Cell.Of(one.Key),
        one => [Cell.Of(one.Expires), Cell.Of(one.EndedAt)],
        row => new EndedToken(row.Key.Id, row.Members[0].Number, Time(row.Members[1])));

    /// <summary>The backups, deleted ones included, which are also what their grains keep. Their contents are files.</summary>
    public static RecordTable<BackupState> Backups { get; } = new(
        "backups",
        [
            Text("service_name"), Text("status"), Number("created_at"), Number("finished_at"), Number("records"), Number("bytes"), Text("checksum"),
            Number("next_at"), Number("attempts"), Number("deleted"),
        ],
        [["service_name", "status"], ["finished_at"], ["next_at"]],
        one => Cell.Of(one.Backup!.Id.Value),
        one => [
            Cell.Of(one.Backup!.Service), Cell.Of(one.Backup.Status), Cell.Of(one.Backup.CreatedAt), Cell.Of(one.Backup.FinishedAt),
            Maybe(one.Backup.Records), Maybe(one.Backup.Bytes), one.Backup.Checksum is { } checksum ? Cell.Of(checksum) : Cell.None,
            Cell.Of(one.NextAt), Cell.Of(one.Attempts), Cell.Of(one.IsDeleted ? 1 : 0),
        ],
        row => new BackupState
        {
            Backup = new BackupRecord(
                new BackupId(row.Key.Id), row.Members[0].Enum<BackupService>(), row.Members[1].Enum<BackupStatus>(), Time(row.Members[2]),
                row.Members[3].TimeOrNone, Maybe(row.Members[4]), Maybe(row.Members[5]), row.Members[6].HasValue ? row.Members[6].Text : null),
            NextAt = row.Members[7].TimeOrNone,
            Attempts = (int)row.Members[8].Number,
            IsDeleted = row.Members[9].Number != 0,
        });

    /// <summary>What the other grains keep, as JSON, by the name of the state and the grain's id.</summary>
    public static RecordTable States { get; } = new("states", ColumnType.Text, [new("payload", ColumnType.Bytes)], []);

    /// <summary>The reminders, by grain and name.</summary>
    public static RecordTable Reminders { get; } = new(
        "reminders", ColumnType.Text, [Number("hash"), Text("grain"), Text("name"), Number("start_at"), Number("period")], [["hash"]]);

    /// <summary>All of them: what an engine makes at start.</summary>
    public static IReadOnlyList<RecordTable> All { get; } = [Events, Tickets, Payments, Notifications, Users, Credentials, EndedTokens, Backups, States, Reminders];

    private static Column Id(string name) => new(name, ColumnType.Id);

    private static Column Text(string name) => new(name, ColumnType.Text);

    private static Column Number(string name) => new(name, ColumnType.Number);

    private static DateTimeOffset Time(Cell cell) => DateTimeOffset.FromUnixTimeMilliseconds(cell.Number);

    private static Cell Maybe(long? number) => number is { } value ? Cell.Of(value) : Cell.None;

    private static long? Maybe(Cell cell) => cell.HasValue ? cell.Number : null;
}
