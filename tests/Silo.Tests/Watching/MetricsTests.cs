using System.Net;
using System.Text.RegularExpressions;
using Ticketing.Silo.Tests.Auth;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Processes;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Watching;

/// <summary>The page of metrics, of a process of its own: metrics count for a whole process, whatever runs in it.</summary>
public sealed partial class MetricsTests
{
    [Fact]
    public async Task After_purchases_and_refusals_the_page_says_how_many_by_rule_and_names_nobody()
    {
        using var directory = new DataDirectory();
        await using var child = Child.Start(directory.Path);
        using var api = await child.Ready();
        Assert.Contains(await api.Metrics(), sample => sample is { Name: "ticketing_purchases_total", Value: 0 });

        var eventId = await api.NewEvent();
        var buyer = await api.NewPerson();
        var first = (await api.Buy(buyer, eventId, 1, "once")).Done();
        (await api.Buy(buyer, eventId, 1, "once")).Done();
        (await api.Buy(buyer, eventId, 2)).Done();
        for (var i = 0; i < 3; i++) (await api.Buy(buyer, eventId, 1)).Failed(HttpStatusCode.Conflict, "seat-taken");
        (await api.Buy(buyer, eventId, 51)).Failed(HttpStatusCode.Conflict, "seat-beyond-capacity");
        (await api.LogIn("nobody@example.org", "Wrong-Horse-7")).Failed(HttpStatusCode.Unauthorized, "wrong-credentials");
        await api.TicketBecomes(first.Id(), "Active");
        (await api.Cancel(buyer, first.Id())).Done();

        // The welcome to the administrator, two mails for each ticket and one for the cancelled one; the page may be a moment old.
        var page = await Eventually.Sees("all mails counted", api.Metrics, seen => seen.Value("ticketing_mails_sent_total") == 6 && seen.Value("ticketing_payments_pending") == 0);

        Assert.Equal(2, page.Value("ticketing_purchases_total"));
        Assert.Equal(
            [("seat-beyond-capacity", 1), ("seat-taken", 3), ("wrong-credentials", 1)],
            page.Where(sample => sample.Name == "ticketing_refusals_total").Select(sample => (sample.Labels["rule"], sample.Value)).Order());
        Assert.Equal(0, page.Value("ticketing_mails_failed_total"));
        Assert.Equal(0, page.Value("ticketing_commit_failures_total"));
        Assert.True(page.Value("ticketing_commit_flush_duration_seconds_count") >= 3);
        Assert.Contains(page, sample => sample.Name == "ticketing_outbox_age_seconds");
        Assert.Contains(page, sample => sample.Name.StartsWith("orleans_", StringComparison.Ordinal));
        Assert.Contains(page, sample => sample.Name.StartsWith("dotnet_gc_", StringComparison.Ordinal));
        Assert.Contains(page, sample => sample.Name.StartsWith("http_server_request_duration", StringComparison.Ordinal) && sample.Labels.GetValueOrDefault("http_route")?.TrimEnd('/') == "/api/tickets");
        Assert.Contains(page, sample => sample.Name == "target_info" && sample.Labels["service_name"] == "ticketing-silo");
        Assert.All(page.SelectMany(sample => sample.Labels), label => Assert.DoesNotMatch(Person(), label.Value));
        Assert.All(page.SelectMany(sample => sample.Labels), label => Assert.DoesNotContain(buyer.Id, label.Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whoever_comes_through_a_proxy_is_told_that_there_is_nothing()
    {
        await using var server = await Server.Start();
        await Refused(server, "203.0.113.7");
        await Refused(server, "127.0.0.1");
        Assert.Equal(HttpStatusCode.OK, (await server.Api.Get("/metrics")).Status);
        // The path belongs to the page alone, and to reading.
        (await server.Api.Get("/metrics/more")).Failed(HttpStatusCode.NotFound);
        (await server.Api.Send(HttpMethod.Post, "/metrics")).Failed(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Also_when_the_proxy_is_trusted()
    {
        await using var server = await Server.Start(changes: new() { ["Ticketing:TrustedProxies"] = "127.0.0.1" });
        await Refused(server, "203.0.113.7");
        await Refused(server, "10.0.0.9");
        Assert.Equal(HttpStatusCode.OK, (await server.Api.Get("/metrics")).Status);
    }

    private static async Task Refused(Server server, string client)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { { "X-Forwarded-For", client } } };
        var reply = await server.Api.Send(request);
        reply.Failed(HttpStatusCode.NotFound);
        Assert.DoesNotContain("ticketing_", reply.Text, StringComparison.Ordinal);
    }

    // Ids, e-mails, IP addresses.
    [GeneratedRegex(@"[0-9a-f]{24}|[^@\s]+@[^@\s]+|\b\d{1,3}(\.\d{1,3}){3}\b|::")]
    private static partial Regex Person();
}
