using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ticketing.Silo.Tests.Auth;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Notifications;
using Ticketing.Silo.Tests.Tickets;

namespace Ticketing.Silo.Tests.Users;

/// <summary>A person is erased, and what belongs to others stays.</summary>
public sealed class DeletionTests(SharedServer shared) : ServerTests(shared)
{
    [Fact]
    public async Task A_deleted_user_is_locked_out_everywhere_and_tickets_and_payments_stay_without_their_name()
    {
        using var directory = new DataDirectory();
        Person ada;
        JsonNode ticket;
        await using (var server = await Server.Start(directory, adjust: WithoutMail))
        {
            await using var second = await SecondGateway.Of(server);
            ada = await server.Api.NewAccount();
            ticket = (await server.Api.Buy(ada, await server.Api.NewEvent(), 7)).Done();
            (await second.Api.Me(ada.Token)).Done();

            var deleted = (await Delete(server.Api, ada.Id)).Done();

            Assert.Equal((ada.Id, "ada", ada.Email), (deleted.Id(), deleted.Text("first_name"), deleted.Text("email")));
            (await server.Api.Me(ada.Token)).Failed(HttpStatusCode.Unauthorized);
            await Eventually.Sees("the token refused", () => second.Api.Me(ada.Token), reply => reply.Status == HttpStatusCode.Unauthorized);
            (await second.Api.Buy(ada, ticket.Text("event_id"), 8)).Failed(HttpStatusCode.Unauthorized);
            await IsGone(server.Api, ada, ticket);
        }

        await using var again = await Server.Start(directory, adjust: WithoutMail);
        await IsGone(again.Api, ada, ticket);
        (await again.Api.Me(ada.Token)).Failed(HttpStatusCode.Unauthorized);
        var next = await again.Api.NewAccount(ada.Email);
        Assert.NotEqual(ada.Id, next.Id);
        Assert.Equal(next.Id, (await again.Api.Me(next.Token)).Done().Text("user_id"));
        Assert.Empty(await again.Api.All("/api/tickets", next.Token));
        (await again.Api.Me(ada.Token)).Failed(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_a_deleted_user_was_still_to_be_told_fails_and_others_are_told()
    {
        var (gone, stays) = (await Api.NewPerson(), await Api.NewPerson());
        (await Delete(Api, gone.Id)).Done();
        foreach (var person in new[] { gone, stays, gone, stays })
            (await Api.Send(HttpMethod.Post, "/api/notifications", Jwt.Internal, NotificationCalls.Body(person.Id))).Done();

        Assert.Equal(["Failed", "Failed"], (await Api.Told(gone, 2)).Select(told => told.Text("status")));
        Assert.Equal(["Sent", "Sent"], (await Api.Told(stays, 2)).Select(told => told.Text("status")));
    }

    [Fact]
    public async Task Whoever_is_unknown_cannot_be_deleted_and_nobody_is_deleted_twice()
    {
        var person = await Api.NewPerson();
        (await Delete(Api, Jwt.NewId())).Failed(HttpStatusCode.NotFound, "no-such-user");

        // Several at once: one has the profile to answer with.
        var replies = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Delete(Api, person.Id)));

        Assert.Single(replies, reply => reply.Status == HttpStatusCode.OK);
        Assert.All(replies, reply => Assert.Contains(reply.Status, new[] { HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.ServiceUnavailable }));
        (await Delete(Api, person.Id)).Failed(HttpStatusCode.NotFound, "no-such-user");
    }

    [Fact]
    public async Task Logins_and_refreshes_that_meet_a_deletion_leave_no_token_that_works()
    {
        for (var round = 0; round < 5; round++)
        {
            var person = await Api.NewAccount();
            var logins = Enumerable.Range(0, 4).Select(_ => Api.LogIn(person.Email)).Concat(Enumerable.Range(0, 4).Select(_ => Api.Refresh(person.Token))).ToArray();
            (await Delete(Api, person.Id)).Done();

            foreach (var reply in await Task.WhenAll(logins))
            {
                if (reply.Status == HttpStatusCode.OK) (await Api.Me(reply.Done().Text("token"))).Failed(HttpStatusCode.Unauthorized);
            }

            (await Api.LogIn(person.Email)).Failed(HttpStatusCode.Unauthorized, "wrong-credentials");
        }
    }

    [Fact]
    public async Task A_deleted_administrator_is_made_again_by_the_next_start_and_a_user_under_that_email_is_never_promoted()
    {
        using var directory = new DataDirectory();
        await using (var server = await Server.Start(directory))
        {
            Assert.Equal(new(Server.AdminEmail, null), server.Administrator);
            var admin = (await server.Api.Me(await server.Api.Token(Server.AdminEmail))).Done().Text("user_id");
            (await Delete(server.Api, admin)).Done();
            (await server.Api.LogIn(Server.AdminEmail)).Failed(HttpStatusCode.Unauthorized, "wrong-credentials");
        }

        await using (var server = await Server.Start(directory))
        {
            Assert.Equal(new(Server.AdminEmail, null), server.Administrator);
            var made = Assert.Single(await server.Api.All("/api/users", Jwt.Admin));
            Assert.Equal("Admin", Assert.Single(await server.Api.All("/api/auth", Jwt.Internal)).Text("role"));
            (await Delete(server.Api, made.Id())).Done();
            (await server.Api.Register(Server.AdminEmail)).Done();
        }

        await using var last = await Server.Start(directory);
        var user = Assert.Single(await last.Api.All("/api/users", Jwt.Admin)).Id();
        Assert.Contains($"{Server.AdminEmail} is user {user} with the role User", last.Administrator.Problem, StringComparison.Ordinal);
        Assert.Equal("User", Assert.Single(await last.Api.All("/api/auth", Jwt.Internal)).Text("role"));
    }

    private static Settings WithoutMail(Settings settings) => settings with { Notifications = settings.Notifications with { Period = TimeSpan.FromHours(1) } };

    private static Task<Reply> Delete(Api api, string user) => api.Send(HttpMethod.Delete, $"/api/users/{user}", Jwt.Admin);

    private static async Task IsGone(Api api, Person person, JsonNode ticket)
    {
        (await api.Get($"/api/users/{person.Id}", Jwt.Admin)).Failed(HttpStatusCode.NotFound, "no-such-user");
        (await api.LogIn(person.Email)).Failed(HttpStatusCode.Unauthorized, "wrong-credentials");
        (await api.Send(HttpMethod.Get, "/api/users/id-by-email", Jwt.Internal, new JsonObject { ["email"] = person.Email })).Failed(HttpStatusCode.NotFound);
        Assert.DoesNotContain(await api.All("/api/auth", Jwt.Internal), credential => credential.Text("user_id") == person.Id);

        var (kept, paid) = (await api.Ticket(ticket.Id()), (await api.Get($"/api/payments/{ticket.Text("payment_id")}", Jwt.Admin)).Done());
        Assert.Equal((person.Id, person.Id), (kept.Text("user_id"), paid.Text("user_id")));
        var told = await api.NotificationsOf(person);
        Assert.NotEmpty(told);
        foreach (var record in told.Append(kept).Append(paid))
        {
            // As a word: an id may have "ada" among its digits.
            foreach (var personal in new[] { person.Email, "ada", "lovelace" })
                Assert.DoesNotMatch($@"(?i)\b{Regex.Escape(personal)}\b", record.ToJsonString());
        }
    }
}
