using Ticketing.Silo.Tests.Auth;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Processes;
using Ticketing.Silo.Tests.Tickets;

namespace Ticketing.Silo.Tests.Watching;

/// <summary>What leaves the process for a collector. A process sends what it has left when it ends, so nothing is waited for.</summary>
public sealed class ExportTests
{
    private const string Query = "hunter2";
    private const string Warning = "could not be handed to";

    [Fact]
    public async Task Metrics_traces_and_logs_are_sent_where_a_collector_is_named_and_hold_no_secret()
    {
        await using var collector = await Collector.Start();
        var secrets = await Work(new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            // No mail server: a warning to send along.
            ["MAIL_HOSTNAME"] = "127.0.0.1:9",
            ["MAIL_USERNAME"] = "tickets@example.org",
            ["Ticketing__MailSecurity"] = "None",
        }, Warning);

        Assert.Equal(["logs", "metrics", "traces"], collector.Arrived.Select(one => one.Signal).Distinct().Order());
        Assert.All(collector.Arrived, one => Assert.Contains("ticketing-silo", one.Text, StringComparison.Ordinal));
        Contains(collector.Of("metrics"), "ticketing.purchases", "ticketing.commit.flush.duration", "ticketing.mails.postponed", "seat-taken", "http.server.request.duration");
        Contains(collector.Of("traces"), "/api/tickets", "Microsoft.Orleans.Application", "IEventGrain", "Buy");
        Contains(collector.Of("logs"), Warning);
        Assert.DoesNotContain("/metrics", collector.Of("traces"), StringComparison.Ordinal);
        foreach (var (signal, text) in collector.Arrived)
        {
            foreach (var secret in secrets) Assert.False(text.Contains(secret, StringComparison.Ordinal), $"{signal} hold '{secret}'");
        }

        // Spans have no ids either: an account's is an e-mail.
        Assert.DoesNotContain("@example.org", collector.Of("traces"), StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9a-f]{24}", collector.Of("traces") + collector.Of("metrics"));
    }

    [Fact]
    public async Task Nothing_is_sent_where_none_is_named_whatever_else_is_set()
    {
        await using var collector = await Collector.Start();
        await Work(new()
        {
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] = $"{collector.Address}/v1/metrics",
            ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = $"{collector.Address}/v1/traces",
            ["OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"] = $"{collector.Address}/v1/logs",
        });
        Assert.Empty(collector.Arrived);
    }

    [Fact]
    public async Task A_collector_whose_name_is_none_ends_the_start_with_one_line()
    {
        using var directory = new DataDirectory();
        await using var child = Child.Start(directory.Path, new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector" });
        Assert.Equal(1, await child.Exit(TimeSpan.FromSeconds(60)));
        Assert.StartsWith("Ticketing cannot start: OTEL_EXPORTER_OTLP_ENDPOINT is 'collector'", Assert.Single(child.Errors), StringComparison.Ordinal);
    }

    private static void Contains(string text, params string[] parts) => Assert.All(parts, part => Assert.Contains(part, text, StringComparison.Ordinal));

    /// <summary>Runs a process that sells and refuses, and ends it in order.</summary>
    /// <param name="environment">What is set.</param>
    /// <param name="line">What its log must have said before; absent to end it at once.</param>
    /// <returns>What must not be told.</returns>
    private static async Task<string[]> Work(Dictionary<string, string?> environment, string line = "")
    {
        using var directory = new DataDirectory();
        await using var child = Child.Start(directory.Path, environment);
        using var api = await child.Ready();
        var eventId = await api.NewEvent();
        var buyer = await api.NewAccount();
        (await api.Buy(buyer, eventId, 1)).Done();
        await api.Buy(buyer, eventId, 1);
        await api.LogIn(buyer.Email, "Wrong-Horse-7");
        await api.Get($"/api/events?limit=7&name={Query}");
        await api.Get("/metrics");
        await Eventually.Sees(line, () => Task.FromResult(child.Output), output => output.Any(one => one.Contains(line, StringComparison.Ordinal)));
        child.Interrupt();
        Assert.Equal(0, await child.Exit(TimeSpan.FromSeconds(60)));
        return [TicketCalls.GoodCard, "Ada Lovelace", buyer.Token, buyer.Token.Split('.')[2], buyer.Email, AccountCalls.Password, "Wrong-Horse-7", Query, Jwt.ExternalKey, Jwt.InternalKey];
    }
}
