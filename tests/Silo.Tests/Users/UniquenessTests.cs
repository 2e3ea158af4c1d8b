using System.Net;
using System.Text.Json.Nodes;
using Ticketing.Silo.Tests.Contract;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Notifications;

namespace Ticketing.Silo.Tests.Users;

/// <summary>E-mails and titles are had by one, whoever asks at the same time.</summary>
public sealed class UniquenessTests(SharedServer shared) : ServerTests(shared)
{
    private const int Many = 10;

    [Fact]
    public async Task Of_ten_registrations_of_one_email_at_once_one_is_an_account()
    {
        var email = $"{Guid.NewGuid():n}@example.org";
        // The spelling of an e-mail does not make another one of it.
        string[] spellings = [email, email.ToUpperInvariant(), $"  {email}", $"{email}\t", $" {email[..5].ToUpperInvariant()}{email[5..]} "];

        var replies = await AtOnce(number => Known(() => Register(spellings[number % spellings.Length])));

        var account = Assert.Single(replies, reply => reply.Status == HttpStatusCode.OK).Done().Text("user_id");
        Assert.All(replies.Where(reply => reply.Status != HttpStatusCode.OK), reply => reply.Failed(HttpStatusCode.Conflict, "email-taken"));
        Assert.Equal(account, Assert.Single(await Api.All("/api/users", Jwt.Admin), user => user.Text("email") == email).Id());
        var profiles = (await Api.All("/api/users", Jwt.Admin)).Select(user => user.Id()).ToHashSet();
        var credentials = (await Api.All("/api/auth", Jwt.Internal)).Select(credential => credential.Text("user_id")).ToArray();
        Assert.Single(credentials, user => user == account);
        // What the nine others had begun is gone: no credential is without its profile.
        Assert.All(credentials, user => Assert.Contains(user, profiles));
        var welcome = Assert.Single(await Api.Told(new(account, "", email), 1));
        Assert.Equal("Sent", welcome.Text("status"));
        Assert.Single(Directory.GetFiles(Server.Mail, "*.eml"), file => File.ReadAllText(file).Contains($"To: {email}", StringComparison.Ordinal));
        (await LogIn(email.ToUpperInvariant())).Done();
    }

    [Fact]
    public async Task Of_ten_profiles_of_one_email_at_once_one_is_made()
    {
        var email = $"{Guid.NewGuid():n}@example.org";

        var replies = await AtOnce(_ => Known(() => Api.Send(HttpMethod.Post, "/api/users", Jwt.Internal, Profile(email))));

        Assert.Single(replies, reply => reply.Status == HttpStatusCode.OK);
        Assert.Equal(Many - 1, replies.Count(reply => reply.Code == "email-taken"));
        Assert.Single(await Api.All("/api/users", Jwt.Admin), user => user.Text("email") == email);
    }

    [Fact]
    public async Task Of_ten_people_who_change_to_one_email_at_once_one_gets_it_and_the_others_keep_theirs()
    {
        var email = $"{Guid.NewGuid():n}@example.org";
        var people = await AtOnce(_ => Api.NewPerson());

        var replies = await AtOnce(number => Known(() => Change(people[number], number % 2 == 0 ? email : $" {email.ToUpperInvariant()} ")));

        var winner = Assert.Single(replies, reply => reply.Status == HttpStatusCode.OK).Done().Id();
        Assert.Equal(Many - 1, replies.Count(reply => reply.Code == "email-taken"));
        foreach (var person in people) Assert.Equal(person.Id == winner ? email : person.Email, await Email(person));
        // The one that the winner had is free for somebody else.
        (await Api.Send(HttpMethod.Post, "/api/users", Jwt.Internal, Profile(people.Single(person => person.Id == winner).Email))).Done();
    }

    [Fact]
    public async Task People_who_swap_their_emails_at_once_are_refused_and_keep_them()
    {
        for (var round = 0; round < Many; round++)
        {
            Person[] people = [await Api.NewPerson(), await Api.NewPerson(), await Api.NewPerson()];

            var replies = await Task.WhenAll(people.Select((person, place) => Known(() => Change(person, people[(place + 1) % people.Length].Email))));

            Assert.All(replies, reply => reply.Failed(HttpStatusCode.Conflict, "email-taken"));
            foreach (var person in people) Assert.Equal(person.Email, await Email(person));
        }
    }

    [Fact]
    public async Task Of_ten_events_of_one_title_at_once_one_is_made_and_its_title_is_free_when_it_is_deleted()
    {
        var title = $"Everybody wants it {Guid.NewGuid():n}";
        string? before = null;
        for (var round = 0; round < 3; round++)
        {
            var replies = await AtOnce(number => Known(() => Api.Send(HttpMethod.Post, "/api/events", Jwt.Admin, EventCalls.Body(number % 2 == 0 ? title : $" {title}\n"))));

            var made = Assert.Single(replies, reply => reply.Status == HttpStatusCode.OK).Done().Id();
            Assert.All(replies.Where(reply => reply.Status != HttpStatusCode.OK), reply => reply.Failed(HttpStatusCode.Conflict, "title-taken"));
            Assert.NotEqual(before, made);
            Assert.Equal(made, Assert.Single(await Api.All("/api/events", null), known => known.Text("title") == title).Id());
            (await Api.Send(HttpMethod.Delete, $"/api/events/{made}", Jwt.Admin)).Done();
            Assert.DoesNotContain(await Api.All("/api/events", null), known => known.Text("title") == title);
            before = made;
        }

        // A title is compared exactly.
        (await Api.Send(HttpMethod.Post, "/api/events", Jwt.Admin, EventCalls.Body(title))).Done();
        (await Api.Send(HttpMethod.Post, "/api/events", Jwt.Admin, EventCalls.Body(title.ToUpperInvariant()))).Done();
    }

    private static Task<T[]> AtOnce<T>(Func<int, Task<T>> call) => Task.WhenAll(Enumerable.Range(0, Many).Select(call));

    /// <summary>Asks again while the answer is that nobody knows yet, as a client does.</summary>
    private static Task<Reply> Known(Func<Task<Reply>> ask) =>
        Eventually.Sees("an answer that is known", ask, reply => reply.Status != HttpStatusCode.ServiceUnavailable);

    private static JsonObject Profile(string email) => new() { ["first_name"] = "ada", ["last_name"] = "lovelace", ["email"] = email };

    private Task<Reply> Register(string email)
    {
        var body = World.Registration();
        body["email"] = email;
        return Api.Send(HttpMethod.Post, "/api/auth/register", body: body);
    }

    private Task<Reply> LogIn(string email) =>
        Api.Send(HttpMethod.Post, "/api/auth/login", body: new JsonObject { ["email"] = email, ["password"] = World.Password });

    private Task<Reply> Change(Person person, string email) => Api.Send(HttpMethod.Put, "/api/users/me", person.Token, Profile(email));

    private async Task<string> Email(Person person) => (await Api.Get("/api/users/me", person.Token)).Done().Text("email");
}
