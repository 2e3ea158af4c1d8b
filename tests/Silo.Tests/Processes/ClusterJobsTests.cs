using System.Globalization;
using Ticketing.Mail.Tests;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Users;
using Xunit.Abstractions;

namespace Ticketing.Silo.Tests.Processes;

/// <summary>The cron jobs of a cluster: three silos run them, and each row is worked on by one.</summary>
[Collection(ClusterCollection.Name)]
public sealed class ClusterJobsTests(ITestOutputHelper output)
{
    private const int SeatsPerEvent = 200;
    private const int Services = 6;

    [SkippableFact]
    public async Task Each_row_of_a_job_is_processed_once_with_three_silos()
    {
        await using var sink = new SmtpSink();
        await using var cluster = await Cluster.Start(changes: new()
        {
            ["MAIL_HOSTNAME"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{sink.Port}"),
            ["MAIL_USERNAME"] = "tickets@example.org",
            ["Ticketing__MailSecurity"] = "None",
            ["Ticketing__BackupsEveryMinutes"] = "1",
            ["Ticketing__BackupsKeptHours"] = "1",
        });
        var api = cluster.Apis[0];
        var buyers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => api.NewPerson()));
        var events = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => api.NewEvent(SeatsPerEvent)));
        var load = new Load(buyers, events, SeatsPerEvent, seed: 13, thinkMilliseconds: 250);
        load.Serve(cluster.Apis);
        await Eventually.Sees("sales", () => Task.FromResult(ClusterBooks.Sold(load)), sold => sold > 150, ClusterBooks.Patience);
        await load.Finish();
        await Books.Check(api, load, events, SeatsPerEvent);
        await Books.CheckPayments(api, ClusterBooks.Patience);
        var notifications = await Eventually.Sees(
            "every notification sent", () => api.All("/api/notifications", Jwt.Admin), all => all.All(one => one.Text("status") == "Sent"), ClusterBooks.Patience);

        var mails = sink.Mails.Select(mail => mail.Header("Message-Id")).ToArray();
        Assert.Equal(mails.Length, mails.Distinct().Count());
        Assert.Equal(notifications.Count, mails.Length);
        // Whoever settled a payment twice would have told its ticket's holder of it twice.
        var tickets = await api.All("/api/tickets", Jwt.Admin);
        Assert.Equal(2 * tickets.Count, notifications.Count(one => buyers.Any(buyer => buyer.Id == one.Text("user_id"))));
        var backups = await Eventually.Sees(
            "a set of backups", () => api.All("/api/backups", Jwt.Admin), all => all.Count(one => one.Text("status") == "Completed") >= Services, ClusterBooks.Patience);
        Assert.Equal(backups.Count, backups.Select(one => (one.Text("service_name"), one["created_at"]!.ToJsonString())).Distinct().Count());
        output.WriteLine($"{ClusterBooks.Sold(load)} sold, {mails.Length} mails, each once; {backups.Count} backups");
        ClusterBooks.AssertNoSurprises(cluster);
    }
}
