using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Mail.Tests;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Notifications;

/// <summary>Addresses that no mail can be sent to, all the way from the record to a mail server: theirs alone fail, and the job goes on.</summary>
public sealed class BadAddressTests
{
    /// <summary>No route stores these; a record from elsewhere may have them.</summary>
    private static readonly string[] Stored =
    [
        "ann@example.org\r\nBcc: eve@example.org", "ann@example.org\nRCPT TO:<eve@example.org>", "ann@example.org>\r\nDATA", "\"ann@example.org", "ann\"@example.org", "a@b@c",
        "ann@exa\0mple.org", "\0", "ann@b\u00FCcher.example\r\n.", "\u00E4nn@example.org", "ann@\u202Egro.elpmaxe", "ann@exam\u00ADple.org", new('@', 2000),
        $"{new string('a', 100_000)}@example.org", $"ann@{new string('b', 100_000)}.org", "ann@example.org, eve@example.org", "<ann@example.org>", "ann@[not an address]", "\uFFFD@\uFFFF", "nobody",
    ];

    /// <summary>These keep the contract's rule for e-mails, so anybody can register with them.</summary>
    private static readonly string[] Registered = ["ann..smith@example.org", ".ann@example.org", "ann.@example.org", "...@example.org"];

    [Fact]
    public async Task Addresses_that_no_mail_can_be_sent_to_fail_alone_and_the_job_goes_on()
    {
        await using var sink = new SmtpSink();
        await using var server = await Server.Start(changes: new()
        {
            ["MAIL_HOSTNAME"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{sink.Port}"),
            ["MAIL_USERNAME"] = "tickets@example.org",
            ["Ticketing:MailSecurity"] = "None",
        });
        var api = server.Api;
        var good = new List<string>();
        var bad = new Dictionary<string, string>();
        foreach (var address in Stored.Concat(Registered))
        {
            // A good one before and after each bad one, so that whatever a bad one leaves behind meets a good one.
            good.Add(await Tell(api, (await api.NewPerson()).Id));
            bad[await Tell(api, await Store(server, address))] = address;
        }

        good.Add(await Tell(api, (await api.NewPerson()).Id));

        Assert.All(await Ends(api, good), status => Assert.Equal("Sent", status));
        foreach (var (notification, address) in bad) Assert.Equal((address, "Failed"), (address, Assert.Single(await Ends(api, [notification]))));
        // And one to the first administrator, who was welcomed.
        Assert.Equal(good.Count + 1, sink.Mails.Count);
        Assert.Equal(Server.AdminEmail, Assert.Single(sink.Mails, mail => mail.To.Length < 32).To);
        Assert.DoesNotContain(sink.Commands, command => command.Contains("eve@", StringComparison.Ordinal));

        // The job goes on, and one that is set back fails again.
        (await api.Send(HttpMethod.Patch, $"/api/notifications/{bad.Keys.First()}", Jwt.Admin, new JsonObject { ["status"] = "Pending" })).Done();
        string[] more = [bad.Keys.First(), await Tell(api, (await api.NewPerson()).Id)];
        Assert.Equal(["Failed", "Sent"], await Ends(api, more));
    }

    [Fact]
    public async Task No_route_stores_such_an_address()
    {
        await using var server = await Server.Start();
        foreach (var address in Stored)
        {
            var body = new JsonObject { ["first_name"] = "ann", ["last_name"] = "smith", ["email"] = address };
            (await server.Api.Send(HttpMethod.Post, "/api/users", Jwt.Internal, body)).Failed(HttpStatusCode.BadRequest);
        }
    }

    private static async Task<string> Store(Server server, string address)
    {
        var id = UserId.New(TimeProvider.System.GetUtcNow());
        var grains = server.App.Services.GetRequiredService<IGrainFactory>();
        Assert.True((await grains.GetGrain<IUserGrain>(id.ToString()).Create(new("ann", "smith", address))).IsDone);
        return id.ToString();
    }

    private static async Task<string> Tell(Api api, string user) =>
        (await api.Send(HttpMethod.Post, "/api/notifications", Jwt.Internal, NotificationCalls.Body(user))).Done().Id();

    private static Task<string[]> Ends(Api api, IEnumerable<string> notifications) => Eventually.Sees(
        "all of them sent or failed",
        () => Task.WhenAll(notifications.Select(async id => (await api.Get($"/api/notifications/{id}", Jwt.Admin)).Done().Text("status"))),
        all => !all.Contains("Pending"));
}
