using System.Text;
using System.Text.Json.Nodes;
using Ticketing.ApiGateway.Users;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway.Tests;

/// <summary>Field rules through HTTP: one below, at and above each limit. Every grain refuses, so a body that passes answers 404 or 409.</summary>
public sealed class FieldTests : IClassFixture<TestGateway>
{
    private const string Id = "65f0c1d2e3a4b5c6d7e8f901";
    private readonly TestGateway gateway;

    public FieldTests(TestGateway gateway)
    {
        this.gateway = gateway;
        gateway.Grains.On<IEventGrain>(call => call.Method == nameof(IEventGrain.BuyAll)
            ? Task.FromResult<Answer<TicketRecord>[]>([Refusal.NoSuchEvent])
            : Task.FromResult<Answer<EventRecord>>(Refusal.NoSuchEvent));
        gateway.Grains.On<IUserGrain>(_ => Task.FromResult<Answer<CredentialRecord>>(Refusal.NoSuchUser));
        gateway.Grains.On<INotificationGrain>(_ => Task.FromResult<Answer<NotificationRecord>>(Refusal.NoSuchNotification));
        gateway.Grains.On<IPaymentGrain>(_ => Task.FromResult<Answer<PaymentRecord>>(Refusal.NoSuchPayment));
        gateway.Grains.On<ITicketGrain>(_ => Task.FromResult<Answer<TicketRecord>>(Refusal.NoSuchTicket));
    }

    public static TheoryData<string, string, bool> PurchaseFields { get; } = new()
    {
        { "card_number", Text(11), false },
        { "card_number", Text(12), true },
        { "card_number", Text(19), true },
        { "card_number", Text(20), false },
        { "card_number", "\"😀😀😀😀😀😀\"", false },
        { "card_number", "123456789012", false },
        { "cvv", Text(2), false },
        { "cvv", Text(3), true },
        { "cvv", Text(4), true },
        { "cvv", Text(5), false },
        { "cvv", "123", false },
        { "card_holder", Text(1), false },
        { "card_holder", Text(2), true },
        { "card_holder", Text(50), true },
        { "card_holder", Text(51), false },
        { "card_holder", Emoji(50), true },
        { "card_holder", Emoji(51), false },
        { "expiration_date", "\"2030-01-02T03:04:05Z\"", true },
        { "expiration_date", "\"2030-01-02T03:04:04.999Z\"", false },
        { "expiration_date", "\"2030-01-02T05:04:05+02:00\"", true },
        { "expiration_date", """{"$date":"2031-01-01T00:00:00Z"}""", true },
        { "expiration_date", """{"$date":{"$numberLong":"1924992000000"}}""", true },
        { "expiration_date", "1924992000000", false },
        { "expiration_date", "\"12/31\"", false },
        { "currency", "\"Eur\"", true },
        { "currency", "\"Usd\"", true },
        { "currency", "\"EUR\"", false },
        { "currency", "\"Eur, Usd\"", false },
        { "currency", "\"1\"", false },
        { "currency", "1", false },
        { "currency", "\"\"", false },
        { "seat_number", "0", false },
        { "seat_number", "1", true },
        { "seat_number", "4294967295", true },
        { "seat_number", "4294967296", false },
        { "seat_number", "-1", false },
        { "seat_number", "1.5", false },
        { "seat_number", "1.0", false },
        { "seat_number", "1e1", false },
        { "seat_number", "\"1\"", false },
        { "seat_number", "true", false },
        { "seat_number", "null", false },
        { "event_id", $"\"{Id}\"", true },
        { "event_id", $"\"{Id.ToUpperInvariant()}\"", true },
        { "event_id", $$"""{"$oid":"{{Id}}"}""", true },
        { "event_id", $$"""{"$oid":"{{Id}}","more":1}""", false },
        { "event_id", """{"$oid":1}""", false },
        { "event_id", """{"oid":"65f0c1d2e3a4b5c6d7e8f901"}""", false },
        { "event_id", $"\"{Id[1..]}\"", false },
        { "event_id", $"\"{Id}0\"", false },
        { "event_id", "\"\"", false },
        { "event_id", "null", false },
        { "user_id", $$"""{"$oid":"{{Id}}"}""", true },
        { "user_id", "7", false },
        { "unknown_member", "{\"deep\":[1,2,3]}", true },
    };

    public static TheoryData<string, string, bool> EventFields { get; } = new()
    {
        { "title", Text(1), false },
        { "title", Text(2), true },
        { "title", Text(100), true },
        { "title", Text(101), false },
        { "title", Emoji(100), true },
        { "title", "\"  x  \"", false },
        { "title", $"\"  {new string('x', 100)}\\n\"", true },
        { "description", Text(9), false },
        { "description", Text(10), true },
        { "description", Text(500), true },
        { "description", Text(501), false },
        { "location", Text(1), false },
        { "location", Text(2), true },
        { "location", Text(500), true },
        { "location", Text(501), false },
        { "date", "\"2030-01-02T03:04:05Z\"", true },
        { "date", "\"2030-01-02T03:04:04Z\"", false },
        { "capacity", "24", false },
        { "capacity", "25", true },
        { "capacity", "4294967295", true },
        { "capacity", "4294967296", false },
        { "price", "0", false },
        { "price", "1", true },
        { "price", "4294967295", true },
    };

    public static TheoryData<string, string, bool> RegistrationFields { get; } = new()
    {
        { "first_name", "\"x\"", false },
        { "first_name", "\"xy\"", true },
        { "first_name", Text(30), true },
        { "first_name", Text(31), false },
        { "first_name", "\" Éloïse-Anne d'Arc \"", true },
        { "first_name", "\"R2D2\"", false },
        { "first_name", "\"a×b\"", false },
        { "last_name", "\"Ada Müller\"", true },
        { "last_name", "\"a.b\"", false },
        { "last_name", "\"Łukasz\"", false },
        { "email", "\" Ada@Example.ORG \"", true },
        { "email", "\"ada\"", false },
        { "email", "\"\"", false },
        { "password", "\"Aa1!Aa1!Aa1\"", false },
        { "password", "\" Aa1!Aa1!Aa1 \"", false },
        { "password", "\"Aa1!Aa1!Aa1!\"", true },
        { "password", $"\"Aa1!{new string('x', 28)}\"", true },
        { "password", $"\"Aa1!{new string('x', 29)}\"", false },
        { "password", "\"aa1!aa1!aa1!\"", false },
        { "password", "\"AA1!AA1!AA1!\"", false },
        { "password", "\"Aab!Aab!Aab!\"", false },
        { "password", "\"Aa12Aa12Aa12\"", false },
        { "role", "\"Admin\"", true },
    };

    public static TheoryData<string, string, bool> PaymentFields { get; } = new()
    {
        { "amount", "0", false },
        { "amount", "1", true },
        { "amount", "4294967295", true },
        { "amount", "4294967296", false },
        { "amount", "null", false },
        { "currency", "\"EUR\"", false },
        { "user_id", $"\"{Id[1..]}\"", false },
        { "event_id", "null", false },
        { "ticket_id", "\"\"", false },
        { "card_number", Text(11), false },
        { "card_number", Text(12), true },
        { "card_number", Text(20), false },
        { "expiration_date", "\"2030-01-02T03:04:04Z\"", false },
        { "cvv", Text(2), false },
        { "card_holder", Text(51), false },
    };

    public static TheoryData<string, string, bool> NotificationFields { get; } = new()
    {
        { "message", Text(9), false },
        { "message", Text(10), true },
        { "message", Text(100), true },
        { "message", Text(101), false },
        { "message", Emoji(100), true },
        { "message", "\"          \"", true },
        { "message", "null", false },
        { "user_id", $$"""{"$oid":"{{Id}}"}""", true },
        { "user_id", $"\"{Id[1..]}\"", false },
        { "user_id", "null", false },
    };

    [Theory]
    [MemberData(nameof(PurchaseFields))]
    public async Task Purchase(string field, string value, bool isGood)
    {
        var body = Change($$"""
            { "card_number": "424242424242424242", "expiration_date": "2031-12-31T00:00:00Z", "cvv": "123", "card_holder": "Ada",
              "currency": "Eur", "seat_number": 5, "event_id": "{{Id}}", "user_id": "{{Id}}" }
            """, field, value);

        Check(await gateway.Post("/api/tickets", body, gateway.Token(Role.User)), field, isGood, 404);
    }

    [Theory]
    [MemberData(nameof(EventFields))]
    public async Task Event(string field, string value, bool isGood)
    {
        const string body = """
            { "title": "Symphony", "description": "The last one, with choir.", "location": "Hall", "date": "2031-05-15T19:00:00Z",
              "capacity": 200, "price": 45, "remaining_seats": 20 }
            """;

        Check(await gateway.Post("/api/events", Change(body, field, value), gateway.Token(Role.Admin)), field, isGood, 404);
        Check(await gateway.Send(HttpMethod.Put, $"/api/events/{Id}", Change(body, field, value), gateway.Token(Role.Admin)), field, isGood, 404);
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("200", true)]
    [InlineData("201", false)]
    [InlineData("-1", false)]
    [InlineData("null", false)]
    public async Task Remaining_seats_are_within_the_capacity_when_an_event_is_changed(string value, bool isGood)
    {
        var body = Change("""
            { "title": "Symphony", "description": "The last one, with choir.", "location": "Hall", "date": "2031-05-15T19:00:00Z",
              "capacity": 200, "price": 45, "remaining_seats": 20 }
            """, "remaining_seats", value);

        Check(await gateway.Send(HttpMethod.Put, $"/api/events/{Id}", body, gateway.Token(Role.Admin)), "remaining_seats", isGood, 404);
    }

    [Theory]
    [MemberData(nameof(RegistrationFields))]
    public async Task Registration(string field, string value, bool isGood)
    {
        var body = Change("""
            { "first_name": "ada", "last_name": "lovelace", "email": "ada@example.org", "password": "Correct-Horse-1", "confirm_password": "Correct-Horse-1" }
            """, field, value);
        if (field == "password")
            body = Change(body, "confirm_password", value);

        Check(await gateway.Post("/api/auth/register", body), field, isGood, 404);
    }

    [Fact]
    public async Task The_confirmation_equals_the_password()
    {
        const string body = """
            { "first_name": "ada", "last_name": "lovelace", "email": "ada@example.org", "password": "Correct-Horse-1", "confirm_password": "Correct-Horse-2" }
            """;

        Assert.StartsWith("confirm_password:", (await gateway.Post("/api/auth/register", body)).MustFail(400).Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(PaymentFields))]
    public async Task Payment(string field, string value, bool isGood)
    {
        var body = Change($$"""
            { "amount": 45, "currency": "Eur", "user_id": "{{Id}}", "event_id": "{{Id}}", "ticket_id": "{{Id}}",
              "card_number": "424242424242424242", "expiration_date": "2031-12-31T00:00:00Z", "cvv": "123", "card_holder": "Ada" }
            """, field, value);

        Check(await gateway.Post("/api/payments", body, gateway.Tokens.MintInternal()), field, isGood, 404);
    }

    [Theory]
    [InlineData("\"Pending\"", true)]
    [InlineData("\"Success\"", true)]
    [InlineData("\"Failed\"", true)]
    [InlineData("\"Refunded\"", false)]
    [InlineData("\"success\"", false)]
    [InlineData("1", false)]
    [InlineData("null", false)]
    public async Task Standing_of_a_payment(string value, bool isGood)
    {
        var reply = await gateway.Send(HttpMethod.Patch, $"/api/payments/{Id}", $$"""{ "status": {{value}} }""", gateway.Tokens.MintInternal());

        Check(reply, "status", isGood, 404);
    }

    [Theory]
    [MemberData(nameof(NotificationFields))]
    public async Task Notification(string field, string value, bool isGood)
    {
        var body = Change($$"""{ "message": "The doors open at seven.", "user_id": "{{Id}}" }""", field, value);

        Check(await gateway.Post("/api/notifications", body, gateway.Tokens.MintInternal()), field, isGood, 404);
    }

    [Theory]
    [InlineData("\"Pending\"", true)]
    [InlineData("\"Sent\"", true)]
    [InlineData("\"Failed\"", true)]
    [InlineData("\"pending\"", false)]
    [InlineData("\"\"", false)]
    [InlineData("1", false)]
    [InlineData("null", false)]
    public async Task Standing_of_a_notification(string value, bool isGood)
    {
        var reply = await gateway.Send(HttpMethod.Patch, $"/api/notifications/{Id}", $$"""{ "status": {{value}} }""", gateway.Token(Role.Admin));

        Check(reply, "status", isGood, 404);
    }

    [Theory]
    [InlineData("-2147483648", true)]
    [InlineData("2147483647", true)]
    [InlineData("0", true)]
    [InlineData("2147483648", false)]
    [InlineData("1.5", false)]
    [InlineData("\"1\"", false)]
    [InlineData("null", false)]
    public async Task Allotment(string value, bool isGood)
    {
        var reply = await gateway.Send(HttpMethod.Patch, $"/api/events/{Id}/update-seats", $$"""{"delta":{{value}}}""", gateway.Tokens.MintInternal());

        Check(reply, "delta", isGood, 404);
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("1", true)]
    public async Task Seats_begin_at_one(string seat, bool isGood)
    {
        var reply = await gateway.Send(HttpMethod.Patch, $"/api/tickets/{Id}/seat", $$"""{"seat_number":{{seat}}}""", gateway.Token(Role.User));

        Check(reply, "seat_number", isGood, 404);
    }

    [Theory]
    [InlineData("a@b", true)]
    [InlineData("first.last+tag@sub.example.org", true)]
    [InlineData("!#$%&'*+/=?^_`{|}~-@example.org", true)]
    [InlineData("ada@bücher.example", true)]
    [InlineData("ada@[127.0.0.1]", true)]
    [InlineData("ada@[::1]", true)]
    [InlineData("ada@[127.1]", false)]
    [InlineData("ada@[x]", false)]
    [InlineData("@example.org", false)]
    [InlineData("ada@", false)]
    [InlineData("a b@example.org", false)]
    [InlineData("a@b@example.org", false)]
    [InlineData("ada@-example.org", false)]
    [InlineData("ada@example-.org", false)]
    [InlineData("ada@example..org", false)]
    [InlineData("ada@exa_mple.org", false)]
    [InlineData("ada@bü cher.example", false)]
    [InlineData("ädä@example.org", false)]
    [InlineData("ada@\u202Egro.elpmaxe", false)]
    [InlineData("ada@b\u00ADücher.example", false)]
    public void Addresses(string text, bool isValid) => Assert.Equal(isValid, Email.IsValid(text));

    [Fact]
    public void Addresses_have_bounded_parts()
    {
        var label = new string('d', 63);
        Assert.True(Email.IsValid($"{new string('a', 64)}@{label}.org"));
        Assert.False(Email.IsValid($"{new string('a', 65)}@{label}.org"));
        Assert.False(Email.IsValid($"a@{label}d.org"));
        Assert.True(Email.IsValid($"a@{label}.{label}.{label}.{label}"));
        Assert.False(Email.IsValid($"a@{label}.{label}.{label}.{label}.d"));
    }

    private static void Check(Reply reply, string field, bool isGood, int otherwise)
    {
        if (isGood)
            reply.MustFail(otherwise);
        else
            Assert.Contains(field, reply.MustFail(400).Error, StringComparison.Ordinal);
    }

    private static string Change(string body, string field, string value)
    {
        var json = JsonNode.Parse(body)!.AsObject();
        json[field] = JsonNode.Parse(value);
        return json.ToJsonString();
    }

    private static string Text(int length) => $"\"{new string('x', length)}\"";

    private static string Emoji(int length) => $"\"{new StringBuilder().Insert(0, "😀", length)}\"";
}
