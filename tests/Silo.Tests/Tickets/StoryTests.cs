using System.Net;
using System.Text.Json.Nodes;
using MimeKit;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Notifications;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Tickets;

/// <summary>What a person does, from the registration to the mails.</summary>
public sealed class StoryTests(SharedServer shared) : ServerTests(shared)
{
    private const string Password = "Correct-Horse-1";

    [Fact]
    public async Task A_person_registers_logs_in_buys_a_ticket_pays_and_is_told_at_each_step()
    {
        var email = $"Ada.{Guid.NewGuid():n}@Example.org";
        var registered = (await Register(email)).Done();
        Assert.Equal("User", registered.Text("role"));
        Assert.Null(registered["password"]);
        var token = (await LogIn(email, Password)).Done().Text("token");
        var me = (await Api.Get("/api/auth/me", token)).Done();
        Assert.Equal((registered.Text("user_id"), "User"), (me.Text("user_id"), me.Text("role")));
        var profile = (await Api.Get("/api/users/me", token)).Done();
        Assert.Equal((me.Text("user_id"), "ada", "lovelace", email.ToLowerInvariant()), (profile.Id(), profile.Text("first_name"), profile.Text("last_name"), profile.Text("email")));

        var creator = await Api.NewPerson("EventCreator");
        var @event = (await Api.Send(HttpMethod.Post, "/api/events", creator.Token, EventCalls.Body(price: 45))).Done();
        Assert.Equal((creator.Id, 50), (@event.Text("creator_id"), @event.Number("remaining_seats")));

        var buyer = new Person(profile.Id(), token, profile.Text("email"));
        var ticket = (await Api.Buy(buyer, @event.Id(), 12)).Done();
        Assert.Equal(("Pending", 12, 45), (ticket.Text("status"), ticket.Number("seat_number"), ticket.Number("price")));
        Assert.Equal(49, await Api.RemainingSeats(@event.Id()));
        await Api.TicketBecomes(ticket.Id(), "Active");
        Assert.Equal(13, (await Api.Move(buyer, ticket.Id(), 13)).Done().Number("seat_number"));
        Assert.Equal("Refunded", (await Api.Refund(buyer, ticket.Id())).Done().Text("status"));

        await MailsAre(
            buyer,
            "Welcome to Ticketing! Your account is ready.",
            "We have received your payment of 45 Eur. Thank you!",
            "Your ticket for seat 12 is now active. Enjoy the event!",
            "Your ticket has changed: it is Active, and its seat is now 13.",
            "Your ticket for seat 13 has been refunded. The money is on its way.");
        var own = Assert.Single(await Api.All("/api/tickets", token));
        Assert.Equal(ticket.Id(), own.Id());
        var payment = (await Api.Get($"/api/payments/{ticket.Text("payment_id")}", token)).Done();
        Assert.Equal((45, "Eur", ticket.Id()), (payment.Number("amount"), payment.Text("currency"), payment.Text("ticket_id")));
    }

    [Fact]
    public async Task The_first_administrator_logs_in_and_makes_an_event()
    {
        var token = (await LogIn(Server.AdminEmail, Server.AdminPassword)).Done().Text("token");

        Assert.Equal("Admin", (await Api.Get("/api/auth/me", token)).Done().Text("role"));
        (await Api.Send(HttpMethod.Post, "/api/events", token, EventCalls.Body())).Done();
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_email_are_answered_alike_and_an_email_is_taken_once()
    {
        var email = $"{Guid.NewGuid():n}@example.org";
        var registrations = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Register(email)));
        Assert.Single(registrations, reply => reply.Status == HttpStatusCode.OK);
        Assert.All(
            registrations.Where(reply => reply.Status != HttpStatusCode.OK),
            reply => Assert.True(reply.Code == "email-taken" || reply.Status == HttpStatusCode.ServiceUnavailable, reply.ToString()));
        (await Register(email)).Failed(HttpStatusCode.Conflict, "email-taken");

        var (wrong, unknown) = (await LogIn(email, "Wrong-Horse-11"), await LogIn($"x{email}", Password));
        wrong.Failed(HttpStatusCode.Unauthorized, "wrong-credentials");
        Assert.Equal(wrong.Text, unknown.Text);
        Assert.Equal(wrong.Status, unknown.Status);
    }

    /// <summary>Valid by contract.md 1.5, as browsers see it; no mail library and few servers take it.</summary>
    [Fact]
    public async Task An_address_that_no_mail_can_be_sent_to_fails_its_own_notifications_and_nobody_elses()
    {
        var eventId = await Api.NewEvent();
        var odd = await Api.NewPerson(email: $"odd..{Guid.NewGuid():n}.@example.org");
        var other = await Api.NewPerson();

        var tickets = new[] { (await Api.Buy(odd, eventId, 1)).Done(), (await Api.Buy(other, eventId, 2)).Done() };

        foreach (var ticket in tickets) await Api.TicketBecomes(ticket.Id(), "Active");
        Assert.Equal(["Failed", "Failed"], (await Api.Told(odd, 2)).Select(told => told.Text("status")));
        Assert.Equal(["Sent", "Sent"], (await Api.Told(other, 2)).Select(told => told.Text("status")));
    }

    private Task<Reply> Register(string email) => Api.Send(HttpMethod.Post, "/api/auth/register", body: new JsonObject
    {
        ["first_name"] = " Ada ",
        ["last_name"] = "Lovelace",
        ["email"] = email,
        ["password"] = Password,
        ["confirm_password"] = Password,
        ["role"] = "Admin",
    });

    private Task<Reply> LogIn(string email, string password) =>
        Api.Send(HttpMethod.Post, "/api/auth/login", body: new JsonObject { ["email"] = email, ["password"] = password });

    private async Task MailsAre(Person person, params string[] messages)
    {
        var told = await Api.Told(person, messages.Length);
        Assert.Equal(messages, told.Select(notification => notification.Text("message")));
        foreach (var notification in told)
        {
            Assert.Equal("Sent", notification.Text("status"));
            var mail = await MimeMessage.LoadAsync(Path.Combine(Server.Mail, $"{notification.Id()}.eml"));
            Assert.Equal(person.Email, Assert.Single(mail.To.Mailboxes).Address);
            Assert.Equal("The 4WEBD Team", mail.Subject);
            Assert.Equal(notification.Text("message"), mail.TextBody!.Trim());
        }
    }
}
