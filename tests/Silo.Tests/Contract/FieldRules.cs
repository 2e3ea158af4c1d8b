using System.Net;
using System.Text.Json;

namespace Ticketing.Silo.Tests.Contract;

/// <summary>The field rules of every route that takes a body, at their limits.</summary>
internal static class FieldRules
{
    public const string Register = "POST /api/auth/register";
    public const string Login = "POST /api/auth/login";
    public const string IdByEmail = "GET /api/users/id-by-email";
    public const string Backup = "POST /api/backups";

    private const string Id = "65f0c1d2e3a4b5c6d7e8f90b";
    private const string Large = "4294967295";
    private static readonly string[] Words = ["Auth", "Events", "Notifications", "Payments", "Tickets", "Users"];

    public static IReadOnlyList<Limit> Rows { get; } =
        [.. Profiles(), .. Passwords(), .. Logins(), .. Roles(), .. Emails(), .. Events(), .. Allotments(), .. Purchases(), .. Seats(), .. Payments(), .. Statuses(), .. Notifications(), .. Backups()];

    private static IReadOnlyList<Limit> Backups() => new Limits(Backup).Name("service_name", isShown: true, Words, "Backups", "auth,users").Takes("unknown", "unknown", "[]").Rows;

    private static IReadOnlyList<Limit> Profiles()
    {
        var limits = new Limits(Register, "POST /api/users", "PUT /api/users/me", "PUT /api/users/{id:id}");
        foreach (var name in new[] { "first_name", "last_name" })
        {
            limits.Types(name, JsonValueKind.String);
            foreach (var length in new[] { 0, 1, 31 }) limits.Refuses(name, $"{length} letters", Texts.Letters(length));
            foreach (var length in new[] { 2, 3, 29, 30 }) limits.Keeps(name, $"{length} letters", () => Texts.Letters(length));
            limits.Keeps(name, "30 accented letters", () => Texts.Of(new string('é', 30))).Refuses(name, "31 accented letters", Texts.Of(new string('é', 31)));
            limits.Keeps(name, "30 letters between white space", () => Texts.Spaced(Texts.Letters(30)), Texts.Trimmed).Refuses(name, "a letter between white space", Texts.Spaced("\"a\""));
            limits.Keeps(name, "capitals", () => "\"ÀÉÎØ D'ARC-Ÿÿ\"".Replace("Ÿ", "", StringComparison.Ordinal), Texts.Lower);
            limits.Keeps(name, "a name with all that is allowed", () => "\"jean-marc d'été ß\"");
            foreach (var other in new[] { "a1", "a.b", "a_b", "a×b", "a÷b", "łukasz", "яна", "名前", "a\u0301b", "ªº", "µµ", "🎵🎵", "a\0b", "a,b", "o’neil" })
                limits.Refuses(name, $"'{other}'", Texts.Of(other));
        }

        limits.Types("email", JsonValueKind.String);
        limits.Keeps("email", "capitals between white space", () => $"\"  {Texts.Unique()}.ADA@Example.ORG \"", Texts.Lower);
        limits.Keeps("email", "a short one", () => $"\"{Texts.Unique()}@b\"").Keeps("email", "every sign", () => $"\"{Texts.Unique()}.!#$%&'*+/=?^_`{{|}}~-@sub.example.org\"");
        limits.Keeps("email", "an address for a domain", () => $"\"{Texts.Unique()}@[127.0.0.1]\"").Keeps("email", "an international domain", () => $"\"{Texts.Unique()}@bücher.example\"");
        limits.Keeps("email", "a local part of 64 characters", () => $"\"{Texts.Unique().PadRight(64, 'x')}@example.org\"");
        limits.Refuses("email", "a local part of 65 characters", $"\"{new string('x', 65)}@example.org\"");
        var domain = string.Join('.', Enumerable.Repeat(new string('d', 63), 4));
        limits.Keeps("email", "a domain of 255 characters", () => $"\"{Texts.Unique()}@{domain}\"").Refuses("email", "a domain of 256 characters", $"\"a@{domain}e\"");
        limits.Refuses("email", "a domain of 257 characters in short labels", $"\"a@{domain}.e\"").Refuses("email", "a label of 64 characters", $"\"a@{new string('d', 64)}.org\"");
        foreach (var other in new[] { "", " ", "a", "@", "a@", "@b", "a@b@c", "a b@c.d", "ä@c.d", "\"a\"@c.d", "a@-c.d", "a@c-.d", "a@c..d", "a@c_d.e", "a@[x]", "a@c.d\r\nBcc: e@f.g", "a\0@c.d", "a@c\0.d" })
            limits.Refuses("email", $"'{other}'", Texts.Of(other));
        return limits.Takes("unknown", "an unknown member", """{"deep":[1,{"role":"Admin"}]}""").Rows;
    }

    private static IReadOnlyList<Limit> Passwords()
    {
        var limits = new Limits(Register).Types("password", JsonValueKind.String).Types("confirm_password", JsonValueKind.String);
        foreach (var good in new[] { "Aa1!Aa1!Aa1!", "Aa1!Aa1!Aa1!x", "Aa1!" + new string('x', 27), "Aa1!" + new string('x', 28), "Aa1🎵" + new string('é', 28), "  Aa1!Aa1!Aa1!\t", "Ää1 Ää1 Ää1 Ää1" })
            limits.Takes("password", $"'{good}'", Texts.Of(good));
        foreach (var bad in new[]
        {
            "", "Aa1!Aa1!Aa1", " Aa1!Aa1!Aa1 ", "Aa1!" + new string('x', 29), "aa1!aa1!aa1!", "AA1!AA1!AA1!", "Aab!Aab!Aab!", "Aa٣!Aa٣!Aa٣!", "Aa12Aa12Aa12", "Aa1éAa1éAa1é",
        })
            limits.Refuses("password", $"'{bad}'", Texts.Of(bad));
        return limits.Refuses("confirm_password", "another", "\"Correct-Horse-2\"").Refuses("confirm_password", "other capitals", "\"correct-horse-1\"")
            .Takes("confirm_password", "the same between white space", "\" Correct-Horse-1 \"").Takes("role", "Admin, which is ignored", "\"Admin\"").Rows;
    }

    private static IReadOnlyList<Limit> Logins() => new Limits(Login)
        .Types("email", JsonValueKind.String).Types("password", JsonValueKind.String)
        .Takes("email", "the account's in capitals between white space", $"\" {Server.AdminEmail.ToUpperInvariant()}\\n\"")
        .Answers(HttpStatusCode.Unauthorized, "email", "the empty text", "\"\"")
        .Answers(HttpStatusCode.Unauthorized, "email", "a text that is no e-mail", "\"a@b@c\"")
        .Answers(HttpStatusCode.Unauthorized, "email", "a very long text", Texts.Letters(100_000))
        .Answers(HttpStatusCode.Unauthorized, "password", "the empty text", "\"\"")
        .Answers(HttpStatusCode.Unauthorized, "password", "the right one and a space", $"\"{Server.AdminPassword} \"")
        .Answers(HttpStatusCode.Unauthorized, "password", "a very long text", Texts.Letters(100_000))
        .Takes("unknown", "an unknown member", "{}").Rows;

    private static IReadOnlyList<Limit> Roles() => new Limits("PATCH /api/auth/{user_id:id}/role")
        .Name("role", isShown: true, ["User", "EventCreator", "Operator", "Admin"], "Internal", "Event_Creator").Takes("unknown", "an unknown member", "1").Rows;

    private static IReadOnlyList<Limit> Emails() => new Limits(IdByEmail)
        .Types("email", JsonValueKind.String)
        .Takes("email", "the account's in capitals between white space", $"\" {Server.AdminEmail.ToUpperInvariant()}\\n\"")
        .Answers(HttpStatusCode.NotFound, "email", "nobody's", "\"nobody@example.org\"")
        .Answers(HttpStatusCode.NotFound, "email", "the empty text", "\"\"")
        .Answers(HttpStatusCode.NotFound, "email", "a text that is no e-mail", "\"a@b@c\"")
        .Answers(HttpStatusCode.NotFound, "email", "a very long text", Texts.Letters(100_000))
        .Takes("unknown", "an unknown member", "[]").Rows;

    private static IReadOnlyList<Limit> Events()
    {
        var both = new Limits("POST /api/events", "PUT /api/events/{id:id}")
            .Text("title", 2, 100, isTrimmed: true).Text("description", 10, 500, isTrimmed: true).Text("location", 2, 500, isTrimmed: true)
            .Date("date").Whole("capacity", 25).Keeps("capacity", Large, () => Large).Refuses("capacity", "0", "0")
            .Whole("price", 1).Keeps("price", Large, () => Large)
            .Keeps("title", "a text with a zero character", () => $"\"{Texts.Unique()} with \\u0000 zero\"").Takes("unknown", "an unknown member", "{}")
            .Takes("creator_id", "somebody else's, which is ignored", $"\"{Id}\"").Takes("id", "another, which is ignored", "7");
        var change = new Limits("PUT /api/events/{id:id}").Whole("remaining_seats", 0)
            .Keeps("remaining_seats", "as many as the capacity less the seat taken", () => "49")
            .Answers(HttpStatusCode.Conflict, "remaining_seats", "as many as the capacity, of which one is taken", "50")
            .Refuses("remaining_seats", "one more than the capacity", "51").Refuses("remaining_seats", Large, Large);
        var creation = new Limits("POST /api/events");
        foreach (var ignored in new[] { "0", "51", "-1", "null", "\"many\"", "{}" }) creation.Takes("remaining_seats", $"{ignored}, which is ignored", ignored);
        return [.. both.Rows, .. change.Rows, .. creation.Rows];
    }

    private static IReadOnlyList<Limit> Allotments()
    {
        var limits = new Limits("PATCH /api/events/{id:id}/update-seats").Types("delta", JsonValueKind.Number);
        foreach (var good in new[] { "0", "-1", "1" }) limits.Takes("delta", good, good);
        foreach (var far in new[] { "-2147483648", "2147483647", "-51", "51" }) limits.Answers(HttpStatusCode.Conflict, "delta", far, far);
        foreach (var bad in new[] { "-2147483649", "2147483648", Large, "0.5", "1.0", "1e0", "-1e0", "1e400" }) limits.Refuses("delta", bad, bad);
        return limits.Takes("unknown", "an unknown member", "[]").Rows;
    }

    private static Limits Card(Limits limits) => limits
        .Text("card_number", 12, 19, isTrimmed: false, isShown: false).Takes("card_number", "18 digits without a check digit", "\"123456789012345678\"")
        .Text("cvv", 3, 4, isTrimmed: false, isShown: false).Text("card_holder", 2, 50, isTrimmed: false, isShown: false)
        .Date("expiration_date", isShown: false).Name("currency", isShown: true, ["Eur", "Usd"], "Gbp").Takes("unknown", "an unknown member", "{}");

    private static IReadOnlyList<Limit> Purchases() => Card(new("POST /api/tickets"))
        .Whole("seat_number", 1).Keeps("seat_number", Large, () => Large).Refuses("seat_number", "0 as a text", "\"0\"")
        .Id("event_id", "{event}", isAnything: false).Id("user_id", Id).Answers(HttpStatusCode.NotFound, "event_id", "nobody's event", $"\"{Id}\"")
        .Takes("status", "Active, which is ignored", "\"Active\"").Takes("price", "another, which is ignored", "0").Rows;

    private static IReadOnlyList<Limit> Seats() => new Limits("PATCH /api/tickets/{ticket_id:id}/seat")
        .Whole("seat_number", 1).Answers(HttpStatusCode.Conflict, "seat_number", Large, Large).Answers(HttpStatusCode.Conflict, "seat_number", "51", "51")
        .Keeps("seat_number", "50", () => "50").Takes("unknown", "an unknown member", "[]").Rows;

    private static IReadOnlyList<Limit> Payments() => Card(new("POST /api/payments"))
        .Whole("amount", 1).Keeps("amount", Large, () => Large).Id("user_id", Id).Id("event_id", Id).Id("ticket_id", Id)
        .Takes("status", "Success, which is ignored", "\"Success\"").Rows;

    private static IReadOnlyList<Limit> Statuses() =>
    [
        .. new Limits("PATCH /api/payments/{id:id}").Name("status", isShown: true, ["Pending", "Success", "Failed"], "Refunded", "Sent").Takes("unknown", "an unknown member", "[]").Rows,
        .. new Limits("PATCH /api/notifications/{id:id}").Name("status", isShown: true, ["Pending", "Sent", "Failed"], "Success").Takes("unknown", "an unknown member", "[]").Rows,
    ];

    private static IReadOnlyList<Limit> Notifications() => new Limits("POST /api/notifications")
        .Text("message", 10, 100, isTrimmed: false).Keeps("message", "a text with a zero character", () => "\"with \\u0000 zero in it\"").Id("user_id", Id)
        .Takes("status", "Sent, which is ignored", "\"Sent\"").Takes("notif_type", "Sms, which is ignored", "\"Sms\"").Rows;
}
