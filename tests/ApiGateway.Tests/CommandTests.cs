using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway.Tests;

/// <summary>What the gateway asks of the grains, and what it makes of their answers.</summary>
public sealed class CommandTests(TestGateway gateway) : IClassFixture<TestGateway>
{
    private const string Id = "65f0c1d2e3a4b5c6d7e8f901";
    private static readonly EventKey Concert = EventKey.Parse("65f0c1d2e3a4b5c6d7e8f90a");
    private static readonly TicketRecord Ticket = new(
        TicketId.Parse("65f0c1d2e3a4b5c6d7e8f90b"), TestGateway.Start, 5, TicketStatus.Pending, 45, Concert, TestGateway.Somebody,
        PaymentId.Parse("65f0c1d2e3a4b5c6d7e8f90c"), Currency.Eur);

    [Fact]
    public async Task A_purchase_answers_the_pending_ticket_and_no_card()
    {
        GrainCall? call = null;
        OnSale(made =>
        {
            call = made;
            return Ticket;
        });

        var reply = await Buy();

        var data = reply.MustSucceed();
        Assert.Equal(
            """{"id":"65f0c1d2e3a4b5c6d7e8f90b","purchase_date":"2030-01-02T03:04:05Z","seat_number":5,"status":"Pending","price":45,"currency":"Eur","event_id":"65f0c1d2e3a4b5c6d7e8f90a","user_id":"65f0c1d2e3a4b5c6d7e8f901","payment_id":"65f0c1d2e3a4b5c6d7e8f90c"}""",
            data.GetRawText());
        Assert.DoesNotContain("4242", reply.Text, StringComparison.Ordinal);
        Assert.Equal(Concert.ToString(), call!.Key);
        var purchase = Assert.Single(Assert.IsType<Purchase[]>(call.Arguments[0]));
        Assert.Equal((TestGateway.Somebody, 5u, Currency.Eur), (purchase.Owner, purchase.Seat, purchase.Currency));
        Assert.Equal(("4242424242424242", "123", "Ada"), (purchase.Card.Number, purchase.Card.Cvv, purchase.Card.Holder));
    }

    [Fact]
    public async Task Every_rule_answers_its_status_and_its_name()
    {
        foreach (var rule in Enum.GetValues<Refusal>())
        {
            OnSale(_ => rule);
            var reply = (await Buy()).MustFail(rule.Status());
            Assert.Equal(rule.Code(), reply.Code);
        }

        Assert.Equal("seat-taken", Refusal.SeatTaken.Code());
        Assert.Equal("operation-id-reused", Refusal.OperationIdReused.Code());
        Assert.Equal(422, Refusal.OperationIdReused.Status());
    }

    [Fact]
    public async Task An_unknown_outcome_answers_503_with_the_key_to_repeat_it_under()
    {
        Func<Answer<TicketRecord>>[] outcomes = [() => default, () => throw new TimeoutException(), () => throw new SiloUnavailableException()];
        foreach (var outcome in outcomes)
        {
            OnSale(_ => outcome());
            var reply = (await Buy(key: "order-1")).MustFail(503);
            Assert.Equal(TimeSpan.FromSeconds(1), reply.Headers.RetryAfter!.Delta);
            Assert.Equal("order-1", reply.Headers.GetValues("Idempotency-Key").Single());
            Assert.False((await Buy()).MustFail(503).Headers.Contains("Idempotency-Key"));
        }

        Assert.Empty(gateway.Faults.Lines);
    }

    [Fact]
    public async Task The_same_key_and_content_make_the_same_operation()
    {
        var first = await OperationOf(key: "order-1");

        Assert.Equal(first, await OperationOf(key: "order-1"));
        Assert.Equal(first, await OperationOf(key: "order-1", body: Body().Replace("\"event_id\": \"65f0c1d2e3a4b5c6d7e8f90a\"", """ "event_id": {"$oid":"65F0C1D2E3A4B5C6D7E8F90A"}""", StringComparison.Ordinal)));
        Assert.NotEqual(first.Id, (await OperationOf(key: "order-2")).Id);
        Assert.NotEqual((await OperationOf(key: null)).Id, (await OperationOf(key: null)).Id);
    }

    [Theory]
    [InlineData("\"seat_number\": 5", "\"seat_number\": 6")]
    [InlineData("Eur", "Usd")]
    [InlineData("65f0c1d2e3a4b5c6d7e8f90a", "65f0c1d2e3a4b5c6d7e8f90d")]
    [InlineData("4242424242424242", "4242424242424243")]
    [InlineData("\"123\"", "\"124\"")]
    [InlineData("Ada", "Adb")]
    [InlineData("2031-12", "2032-12")]
    public async Task The_same_key_with_other_content_has_another_fingerprint(string part, string instead)
    {
        var first = await OperationOf(key: "order-1");
        var second = await OperationOf(key: "order-1", body: Body().Replace(part, instead, StringComparison.Ordinal));

        Assert.Equal(first.Id, second.Id);
        Assert.NotEqual(first.Fingerprint, second.Fingerprint);
    }

    [Fact]
    public async Task Only_sixteen_bits_of_a_fingerprint_depend_on_the_card()
    {
        var first = await OperationOf(key: "order-1");
        var second = await OperationOf(key: "order-1", body: Body().Replace("4242424242424242", "5555555555555555", StringComparison.Ordinal));

        Assert.Equal(first.Fingerprint >> 16, second.Fingerprint >> 16);
    }

    [Fact]
    public async Task Two_callers_with_the_same_key_do_not_meet_and_services_are_one_caller()
    {
        var person = await OperationOf(key: "order-1");
        var service = await OperationOf(key: "order-1", token: gateway.Tokens.MintInternal());

        Assert.NotEqual(person.Id, service.Id);
        Assert.Equal(service, await OperationOf(key: "order-1", token: gateway.Tokens.MintInternal()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("tab\there")]
    [InlineData("x256")]
    public async Task A_malformed_key_answers_400(string key)
    {
        OnSale(_ => Ticket);

        (await Buy(key: key == "x256" ? new string('x', 256) : key)).MustFail(400);
        (await Buy(key: new string('x', 255))).MustSucceed();
    }

    [Theory]
    [InlineData(Role.User, 403)]
    [InlineData(Role.EventCreator, 403)]
    [InlineData(Role.Operator, 403)]
    [InlineData(Role.Admin, 200)]
    public async Task Only_an_admin_buys_for_somebody_else(Role role, int status)
    {
        OnSale(_ => Ticket);

        var reply = await Buy(body: Body().Replace(Id, "65f0c1d2e3a4b5c6d7e8f9ff", StringComparison.Ordinal), token: gateway.Token(role));

        Assert.Equal(status, reply.Status);
        Assert.Equal(status == 403 ? "not-yours" : null, reply.Code);
    }

    [Theory]
    [InlineData(Role.User, false)]
    [InlineData(Role.EventCreator, false)]
    [InlineData(Role.Operator, true)]
    [InlineData(Role.Admin, true)]
    public async Task A_list_of_tickets_is_one_s_own_or_everybody_s_by_role(Role role, bool isEverybody)
    {
        UserId? owner = null;
        gateway.Grains.On<ITicketListGrain>(call =>
        {
            owner = (UserId?)call.Arguments[0];
            return Task.FromResult(new Page<TicketRecord>([Ticket], null));
        });

        var data = (await gateway.Get("/api/tickets", gateway.Token(role))).MustSucceed();

        Assert.Equal(1, data.GetArrayLength());
        Assert.Equal(isEverybody ? null : TestGateway.Somebody, owner);
    }

    [Fact]
    public async Task A_list_names_its_next_page_and_takes_it_back()
    {
        PageRequest asked = default;
        gateway.Grains.On<ITicketListGrain>(call =>
        {
            asked = (PageRequest)call.Arguments[1]!;
            return Task.FromResult(new Page<TicketRecord>([Ticket], asked.After is null ? Ticket.Id.Value : null));
        });

        var first = await gateway.Get("/api/tickets?limit=1", gateway.Token(Role.User));
        first.MustSucceed();
        var next = first.Json.GetProperty("next_cursor").GetString();
        Assert.Equal(Ticket.Id.ToString(), next);
        Assert.Equal($"</api/tickets?limit=1&cursor={next}>; rel=\"next\"", first.Headers.GetValues("Link").Single());
        var second = await gateway.Get($"/api/tickets?limit=1&cursor={next}", gateway.Token(Role.User));
        second.MustSucceed();
        Assert.Equal(new PageRequest(Ticket.Id.Value, 1), asked);
        Assert.False(second.Json.TryGetProperty("next_cursor", out _));
        (await gateway.Get("/api/tickets", gateway.Token(Role.User))).MustSucceed();
        Assert.Equal(PageRequest.First, asked);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("limit=-1")]
    [InlineData("limit=x")]
    [InlineData("limit=")]
    [InlineData("limit=1&limit=2")]
    [InlineData("cursor=x")]
    [InlineData("cursor=")]
    public async Task A_malformed_page_answers_400(string query) => (await gateway.Get($"/api/events?{query}")).MustFail(400);

    [Theory]
    [InlineData(Role.User, true, 200)]
    [InlineData(Role.User, false, 403)]
    [InlineData(Role.EventCreator, false, 403)]
    [InlineData(Role.Operator, false, 403)]
    [InlineData(Role.Admin, false, 200)]
    public async Task A_payment_is_shown_to_its_owner_and_to_an_admin(Role role, bool isOwn, int status)
    {
        var owner = isOwn ? TestGateway.Somebody : UserId.Parse("65f0c1d2e3a4b5c6d7e8f9ff");
        gateway.Grains.On<IPaymentGrain>(_ => new ValueTask<Answer<PaymentRecord>>(new PaymentRecord(
            Ticket.PaymentId, new Money(45, Currency.Usd), PaymentStatus.Refunded, PaymentReason.Returned, TestGateway.Start, owner, Concert, Ticket.Id)));

        Assert.Equal(status, (await gateway.Get($"/api/payments/{Id}", gateway.Token(role))).Status);
    }

    [Fact]
    public async Task A_repeated_creation_under_a_key_reaches_the_same_event_and_others_get_ids_of_now()
    {
        const string body = """
            { "title": " Symphony ", "description": "The last one, with choir.", "location": "Hall", "date": "2031-05-15T19:00:00Z", "capacity": 200, "price": 45 }
            """;
        var start = gateway.Time.GetUtcNow();
        List<GrainCall> calls = [];
        Dictionary<string, EventKey> reserved = [];
        gateway.Grains.On<INewEventGrain>(call =>
        {
            reserved.TryAdd(call.Key, (EventKey)call.Arguments[0]!);
            return Task.FromResult<Answer<EventKey>>(reserved[call.Key]);
        });
        gateway.Grains.On<IEventGrain>(call =>
        {
            calls.Add(call);
            return Task.FromResult<Answer<EventRecord>>(
                new EventRecord(EventKey.Parse(call.Key), (EventDetails)call.Arguments[2]!, 200, TestGateway.Start, TestGateway.Somebody, 1));
        });

        foreach (var key in new[] { "one", "one", "two", null, null })
        {
            var data = (await gateway.Send(HttpMethod.Post, "/api/events", body, gateway.Token(Role.EventCreator), key)).MustSucceed();
            Assert.Equal("Symphony", data.GetProperty("title").GetString());
            gateway.Time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal(calls[0].Key, calls[1].Key);
        Assert.Equal(calls[0].Arguments[0], calls[1].Arguments[0]);
        Assert.Equal(4, calls.Select(call => call.Key).Distinct().Count());
        Assert.Equal(start, RecordId.Parse(calls[0].Key).CreatedAt);
        Assert.Equal(start.AddDays(2), RecordId.Parse(calls[2].Key).CreatedAt);
    }

    [Fact]
    public async Task An_unknown_email_meets_the_same_check_and_the_same_answer_as_a_wrong_password()
    {
        List<string> checkedAccounts = [];
        gateway.Grains.On<IEmailGrain>(call => Task.FromResult<UserId?>(call.Key == "ada@example.org" ? TestGateway.Somebody : null));
        gateway.Grains.On<ICredentialGrain>(call =>
        {
            checkedAccounts.Add(call.Key);
            return Task.FromResult<Answer<CredentialRecord>>(Refusal.WrongCredentials);
        });

        var known = await gateway.Post("/api/auth/login", """{"email":" Ada@example.org","password":"wrong"}""");
        var unknown = await gateway.Post("/api/auth/login", """{"email":"nobody@example.org","password":"wrong"}""");
        var none = await gateway.Post("/api/auth/login", """{"email":"nobody","password":"wrong"}""");

        Assert.Equal(known.MustFail(401).Text, unknown.MustFail(401).Text);
        Assert.Equal(known.Text, none.MustFail(401).Text);
        Assert.Equal(TestGateway.Somebody.ToString(), checkedAccounts[0]);
        Assert.Equal(3, checkedAccounts.Distinct().Count());
    }

    [Fact]
    public async Task A_login_answers_a_token_of_the_account_s_role()
    {
        gateway.Grains.On<IEmailGrain>(_ => Task.FromResult<UserId?>(TestGateway.Somebody));
        gateway.Grains.On<ICredentialGrain>(_ =>
            Task.FromResult<Answer<CredentialRecord>>(new CredentialRecord(RecordId.Parse(Id), Role.Operator, TestGateway.Somebody)));

        var reply = await gateway.Post("/api/auth/login", """{"email":"ada@example.org","password":" as typed "}""");

        var identity = await gateway.Tokens.Verify(reply.MustSucceed().GetProperty("token").GetString()!);
        Assert.Equal(new Caller(TestGateway.Somebody, Role.Operator), identity!.Caller);
        Assert.True(reply.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task Cancelling_and_refunding_need_no_body_and_ignore_one()
    {
        List<TicketStatus> ends = [];
        gateway.Grains.On<ITicketGrain>(call =>
        {
            ends.Add((TicketStatus)call.Arguments[2]!);
            return Task.FromResult<Answer<TicketRecord>>(Ticket);
        });

        (await gateway.Send(HttpMethod.Patch, $"/api/tickets/{Id}/cancel", null, gateway.Token(Role.User))).MustSucceed();
        (await gateway.Send(HttpMethod.Patch, $"/api/tickets/{Id}/refund", "not json", gateway.Token(Role.User))).MustSucceed();

        Assert.Equal([TicketStatus.Cancelled, TicketStatus.Refunded], ends);
    }

    [Theory]
    [InlineData("*", null)]
    [InlineData("\"7\"", new[] { 7L })]
    [InlineData("\"7\", W/\"8\" ,\"9\",\"x\",\"07\",\"-1\"", new[] { 7L, 9L })]
    [InlineData("W/\"8\"", new long[0])]
    public async Task The_versions_of_if_match_reach_the_event_weak_and_foreign_tags_left_out(string header, long[]? versions)
    {
        GrainCall? seen = null;
        gateway.Grains.On<IEventGrain>(call =>
        {
            seen = call;
            return Task.FromResult<Answer<EventRecord>>(Refusal.EventChanged);
        });
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/events/{Id}");
        request.Headers.Authorization = new("Bearer", gateway.Token(Role.Admin));
        request.Headers.TryAddWithoutValidation("If-Match", header);

        var reply = (await gateway.Send(request)).MustFail(412);

        Assert.Equal("event-changed", reply.Code);
        Assert.Equal(versions, seen!.Arguments[2]);
    }

    private static string Body() => $$"""
        { "card_number": "4242424242424242", "expiration_date": "2031-12-31T00:00:00Z", "cvv": "123", "card_holder": "Ada",
          "currency": "Eur", "seat_number": 5, "event_id": "{{Concert}}", "user_id": "{{Id}}" }
        """;

    private void OnSale(Func<GrainCall, Answer<TicketRecord>> answer) => gateway.Grains.On<IEventGrain>(call => Task.FromResult<Answer<TicketRecord>[]>([answer(call)]));

    private Task<Reply> Buy(string? key = null, string? body = null, string? token = null) =>
        gateway.Send(HttpMethod.Post, "/api/tickets", body ?? Body(), token ?? gateway.Token(Role.User), key);

    private async Task<Operation> OperationOf(string? key, string? body = null, string? token = null)
    {
        Operation operation = default;
        OnSale(call =>
        {
            operation = ((Purchase[])call.Arguments[0]!)[0].Operation;
            return Ticket;
        });
        (await Buy(key, body, token)).MustSucceed();
        return operation;
    }
}
