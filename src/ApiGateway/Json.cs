using System.Text.Json.Serialization;
using Ticketing.ApiGateway.Auth;
using Ticketing.ApiGateway.Backups;
using Ticketing.ApiGateway.Events;
using Ticketing.ApiGateway.Notifications;
using Ticketing.ApiGateway.Payments;
using Ticketing.ApiGateway.Tickets;
using Ticketing.ApiGateway.Users;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;

namespace Ticketing.ApiGateway;

/// <summary>
/// Everything that is read or written as JSON; the readers and writers are generated at build time. Bodies have settable members, which
/// the generated reader assigns one by one; members that can only be initialised cost it an array per body.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    // Which of two values counts would depend on who reads them.
    AllowDuplicateProperties = false,
    Converters =
    [
        typeof(IdConverter), typeof(DateConverter), typeof(Names<Currency>), typeof(Names<Role>), typeof(Names<TicketStatus>),
        typeof(Names<PaymentStatus>), typeof(Names<GivenStatus>), typeof(Names<NotificationStatus>), typeof(Names<NotificationType>), typeof(Names<BackupService>), typeof(Names<BackupStatus>),
    ])]
[JsonSerializable(typeof(TokenClaims))]
[JsonSerializable(typeof(Failure))]
[JsonSerializable(typeof(Envelope<string>))]
[JsonSerializable(typeof(RegisterBody))]
[JsonSerializable(typeof(LoginBody))]
[JsonSerializable(typeof(RoleBody))]
[JsonSerializable(typeof(Envelope<CredentialView>))]
[JsonSerializable(typeof(Envelope<CredentialView[]>))]
[JsonSerializable(typeof(Envelope<StoredCredentialView>))]
[JsonSerializable(typeof(Envelope<StoredCredentialView[]>))]
[JsonSerializable(typeof(Envelope<ClaimsView>))]
[JsonSerializable(typeof(Envelope<TokenView>))]
[JsonSerializable(typeof(ProfileBody))]
[JsonSerializable(typeof(EmailBody))]
[JsonSerializable(typeof(Envelope<UserIdView>))]
[JsonSerializable(typeof(Envelope<UserView>))]
[JsonSerializable(typeof(Envelope<UserView[]>))]
[JsonSerializable(typeof(NewEventBody))]
[JsonSerializable(typeof(EventBody))]
[JsonSerializable(typeof(SeatsBody))]
[JsonSerializable(typeof(Envelope<EventView>))]
[JsonSerializable(typeof(Envelope<EventView[]>))]
[JsonSerializable(typeof(PurchaseBody))]
[JsonSerializable(typeof(SeatBody))]
[JsonSerializable(typeof(Envelope<TicketView>))]
[JsonSerializable(typeof(Envelope<TicketView[]>))]
[JsonSerializable(typeof(PaymentBody))]
[JsonSerializable(typeof(PaymentStatusBody))]
[JsonSerializable(typeof(Envelope<PaymentView>))]
[JsonSerializable(typeof(Envelope<PaymentView[]>))]
[JsonSerializable(typeof(NotificationBody))]
[JsonSerializable(typeof(NotificationStatusBody))]
[JsonSerializable(typeof(Envelope<NotificationView>))]
[JsonSerializable(typeof(Envelope<NotificationView[]>))]
[JsonSerializable(typeof(BackupBody))]
[JsonSerializable(typeof(Envelope<BackupView>))]
[JsonSerializable(typeof(Envelope<BackupView[]>))]
internal sealed partial class Json : JsonSerializerContext;
