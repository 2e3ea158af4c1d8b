using System.Net;
using System.Text.Json.Nodes;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Notifications;
using Ticketing.Silo.Tests.Payments;
using Ticketing.Silo.Tests.Tickets;

namespace Ticketing.Silo.Tests.Contract;

/// <summary>What a good answer looks like.</summary>
internal enum Form
{
    /// <summary>The envelope without data.</summary>
    Nothing,

    /// <summary>The envelope with a record.</summary>
    One,

    /// <summary>The envelope with records.</summary>
    Many,

    /// <summary>JSON lines, without the envelope.</summary>
    Lines,

    /// <summary>A web page.</summary>
    Page,

    /// <summary>An OpenAPI document.</summary>
    Description,

    /// <summary>A redirection to the page.</summary>
    Redirection,
}

/// <summary>A row of the contract's route index.</summary>
/// <param name="Number">Its number there; 0 for what is not numbered.</param>
/// <param name="Name">Method and path.</param>
/// <param name="Form">What the answer looks like.</param>
/// <param name="Record">The record in it.</param>
/// <param name="Caller">The token of one who may call; absent for a public route.</param>
/// <param name="Body">A body that is accepted.</param>
internal sealed record Row(int Number, string Name, Form Form, Record? Record = null, Func<World, string>? Caller = null, Func<World, JsonObject>? Body = null)
{
    /// <summary>What the original's collection sends instead.</summary>
    public Func<World, JsonObject>? CollectionBody { get; init; }

    /// <summary>What the collection, which sends the internal token with everything, is answered; nothing when it has no such request.</summary>
    public HttpStatusCode? Collection { get; init; } = HttpStatusCode.OK;
}

/// <summary>The contract's route index.</summary>
internal static class Table
{
    private static readonly string[] Words = ["auth", "users", "events", "tickets", "notifications", "payments", "backups"];
    private static readonly int[] Health = [1, 9, 18, 25, 34, 40, 46];

    /// <summary>Every route there is.</summary>
    public static IReadOnlyList<Row> Rows { get; } =
    [
        .. Auth(), .. Users(), .. Events(), .. Tickets(), .. Notifications(), .. Payments(), .. Backups(),
        .. Words.Select((word, place) => new Row(Health[place], $"GET /api/{word}/health", Form.Nothing)),
        .. Words.SelectMany(Docs),
    ];

    private static Row[] Auth() =>
    [
        new(2, "GET /api/auth", Form.Many, Records.StoredCredential, Internal),
        new(3, "GET /api/auth/me", Form.One, Records.Claims, world => world.Token),
        new(4, "POST /api/auth/register", Form.One, Records.Credential, Body: _ => World.Registration()),
        new(5, "POST /api/auth/login", Form.One, Records.Token, Body: world => new() { ["email"] = world.Email, ["password"] = World.Password }),
        new(6, "DELETE /api/auth/{user_id}", Form.One, Records.Credential, Internal),
        new(7, "POST /api/auth/refresh", Form.One, Records.Token, world => world.Token) { Collection = null },
        new(8, "POST /api/auth/logout", Form.Nothing, Caller: world => world.Token) { Collection = null },
        new(0, "PATCH /api/auth/{user_id}/role", Form.One, Records.Credential, Admin, _ => new() { ["role"] = "EventCreator" }) { Collection = null },
    ];

    private static Row[] Users() =>
    [
        new(10, "GET /api/users", Form.Many, Records.User, world => world.Scene.Operator.Token),
        new(11, "GET /api/users/id-by-email", Form.One, Records.UserId, Internal, world => new() { ["email"] = world.Email }),
        new(12, "GET /api/users/me", Form.One, Records.User, world => world.Token) { Collection = HttpStatusCode.NotFound },
        new(13, "GET /api/users/{id}", Form.One, Records.User, world => world.Scene.Owner.Token),
        new(14, "POST /api/users", Form.One, Records.User, Internal, _ => World.Profile()),
        new(15, "PUT /api/users/me", Form.One, Records.User, world => world.Token, _ => World.Profile())
        {
            CollectionBody = _ => [],
            Collection = HttpStatusCode.BadRequest,
        },
        new(16, "PUT /api/users/{id}", Form.One, Records.User, Admin, _ => World.Profile()) { CollectionBody = _ => [], Collection = HttpStatusCode.BadRequest },
        new(17, "DELETE /api/users/{id}", Form.One, Records.User, Admin),
    ];

    private static Row[] Events() =>
    [
        new(19, "GET /api/events", Form.Many, Records.Event),
        new(20, "GET /api/events/{id}", Form.One, Records.Event),
        new(21, "POST /api/events", Form.One, Records.Event, world => world.Scene.Creator.Token, _ => EventCalls.Body()),
        new(22, "PUT /api/events/{id}", Form.One, Records.Event, world => world.Scene.Creator.Token, _ => EventCalls.Body(capacity: 200, remaining: 100))
        {
            CollectionBody = _ => EventCalls.Body(capacity: 200, remaining: 199),
        },
        new(23, "PATCH /api/events/{id}/update-seats", Form.One, Records.Event, Internal, _ => new() { ["delta"] = -1 }),
        new(0, "GET /api/events/{id}/history", Form.Lines, Caller: world => world.Scene.Creator.Token) { Collection = null },
        new(24, "DELETE /api/events/{id}", Form.One, Records.Event, world => world.Scene.Creator.Token),
    ];

    private static Row[] Tickets() =>
    [
        new(26, "GET /api/tickets", Form.Many, Records.Ticket, world => world.Scene.Owner.Token),
        new(27, "GET /api/tickets/{ticket_id}", Form.One, Records.Ticket, world => world.Scene.Owner.Token),
        new(28, "POST /api/tickets", Form.One, Records.Ticket, world => world.Scene.Owner.Token, Purchase),
        new(29, "PATCH /api/tickets/{ticket_id}/seat", Form.One, Records.Ticket, world => world.Scene.Owner.Token, _ => new() { ["seat_number"] = 21 }),
        new(30, "PATCH /api/tickets/{ticket_id}/active", Form.One, Records.Ticket, Internal),
        new(31, "PATCH /api/tickets/{ticket_id}/cancel", Form.One, Records.Ticket, world => world.Scene.Owner.Token),
        new(32, "PATCH /api/tickets/{ticket_id}/refund", Form.One, Records.Ticket, world => world.Scene.Owner.Token),
        new(33, "DELETE /api/tickets/{ticket_id}", Form.One, Records.Ticket, Admin),
    ];

    private static Row[] Notifications() =>
    [
        new(35, "GET /api/notifications", Form.Many, Records.Notification, Admin),
        new(36, "GET /api/notifications/{id}", Form.One, Records.Notification, Admin),
        new(37, "POST /api/notifications", Form.One, Records.Notification, Internal, world => NotificationCalls.Body(world.AccountId)),
        new(38, "PATCH /api/notifications/{id}", Form.One, Records.Notification, Admin, _ => new() { ["status"] = "Sent" }),
        new(39, "DELETE /api/notifications/{id}", Form.One, Records.Notification, Admin),
    ];

    private static Row[] Payments() =>
    [
        new(41, "GET /api/payments", Form.Many, Records.Payment, Admin),
        new(42, "GET /api/payments/{id}", Form.One, Records.Payment, world => world.Scene.Owner.Token),
        new(43, "POST /api/payments", Form.One, Records.Payment, Internal, _ => PaymentCalls.Body(OriginalCard)),
        new(44, "PATCH /api/payments/{id}", Form.One, Records.Payment, Internal, _ => new() { ["status"] = "Success" }),
        new(45, "DELETE /api/payments/{id}", Form.One, Records.Payment, Internal),
    ];

    private static Row[] Backups() =>
    [
        new(47, "GET /api/backups/{service_name}/last", Form.One, Records.Backup, Admin),
        new(48, "GET /api/backups/{id}", Form.One, Records.Backup, Admin),
        new(49, "POST /api/backups", Form.One, Records.Backup, Admin, _ => new() { ["service_name"] = "Tickets" }),
        new(50, "DELETE /api/backups/{id}", Form.One, Records.Backup, Admin),
        new(0, "GET /api/backups", Form.Many, Records.Backup, Admin) { Collection = null },
        new(0, "POST /api/backups/{id}/verify", Form.One, Records.Backup, Admin) { Collection = null },
    ];

    private static Row[] Docs(string word) =>
    [
        new(0, $"GET /api/{word}/doc/", Form.Page),
        new(0, $"GET /api/{word}/doc/openapi.json", Form.Description) { Collection = null },
        new(0, $"GET /api/{word}/doc", Form.Redirection) { Collection = null },
    ];

    /// <summary>The collection's card: eighteen digits, and no check digit that fits.</summary>
    public const string OriginalCard = "123456789012345678";

    public static string Admin(World world) => Jwt.Admin;

    public static string Internal(World world) => Jwt.Internal;

    private static JsonObject Purchase(World world) => TicketCalls.Body(world.Scene.Event, world.Scene.Owner.Id, 20, OriginalCard);
}
