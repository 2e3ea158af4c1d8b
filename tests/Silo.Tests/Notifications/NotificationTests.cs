using System.Net;
using System.Text.Json.Nodes;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Notifications;

/// <summary>Notifications that services make, and what an administrator does with them.</summary>
public sealed class NotificationTests(SharedServer shared) : ServerTests(shared)
{
    [Fact]
    public async Task A_message_is_sent_and_sent_again_when_it_is_set_back_and_gone_when_it_is_deleted()
    {
        var person = await Api.NewPerson();
        var body = NotificationCalls.Body(person.Id);
        body["user_id"] = new JsonObject { ["$oid"] = person.Id };
        var made = (await Api.Send(HttpMethod.Post, "/api/notifications", Jwt.Internal, body)).Done();
        Assert.Equal(
            ("The doors open at seven.", "Email", "Pending", person.Id), (made.Text("message"), made.Text("notif_type"), made.Text("status"), made.Text("user_id")));
        await Api.Told(person, 1);
        var mail = new FileInfo(Path.Combine(Server.Mail, $"{made.Id()}.eml"));
        mail.Delete();

        Assert.Equal("Pending", (await Mark(made, "Pending")).Done().Text("status"));
        await Api.Told(person, 1);
        mail.Refresh();
        Assert.True(mail.Exists);
        Assert.Equal("Failed", (await Mark(made, "Failed")).Done().Text("status"));

        Assert.Equal("The doors open at seven.", (await Send(HttpMethod.Delete, made)).Done().Text("message"));
        (await Send(HttpMethod.Get, made)).Failed(HttpStatusCode.NotFound, "no-such-notification");
        (await Send(HttpMethod.Delete, made)).Failed(HttpStatusCode.NotFound, "no-such-notification");
        (await Mark(made, "Pending")).Failed(HttpStatusCode.NotFound, "no-such-notification");
        Assert.Empty(await Api.NotificationsOf(person));
    }

    private Task<Reply> Mark(JsonNode notification, string status) => Send(HttpMethod.Patch, notification, new JsonObject { ["status"] = status });

    private Task<Reply> Send(HttpMethod method, JsonNode notification, JsonObject? body = null) =>
        Api.Send(method, $"/api/notifications/{notification.Id()}", Jwt.Admin, body);
}
