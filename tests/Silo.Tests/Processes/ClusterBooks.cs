using System.Text.Json.Nodes;

namespace Ticketing.Silo.Tests.Processes;

/// <summary>What must be true of a cluster after a load.</summary>
internal static class ClusterBooks
{
    private const int MailsPerTicket = 2;
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static int Sold(Load load) => load.Attempts.Count(attempt => attempt.Ticket is not null);

    /// <summary>What <see cref="Books"/> checks, by either gateway; each ticket is paid once, and each has its mails.</summary>
    public static async Task Check(Cluster cluster, Load load, IReadOnlyList<string> events, int seatsPerEvent)
    {
        foreach (var api in cluster.Apis) await Books.Check(api, load, events, seatsPerEvent);
        await Books.CheckPayments(cluster.Apis[0], Patience);
        await CheckMails(cluster);
        await EveryKeyStillHasItsAnswer(cluster.Apis[^1], load);
    }

    /// <summary>
    /// Has the program itself verify the cluster's database while it is served; then stops the cluster and has it copy the database, which replays every ledger, follows every
    /// chain, and compares what they add up to with every record.
    /// </summary>
    public static async Task Prove(Cluster cluster)
    {
        await using var verification = Child.Start(Path.GetTempPath(), new() { ["DATABASE_URL"] = cluster.Url }, "verify", "--all", "DATABASE_URL");
        var verdict = await verification.Exit(Patience);
        Assert.True(verdict == 0, string.Join('\n', verification.Output.Concat(verification.Errors)));
        await cluster.Stop();
        await Books.Prove(cluster.Url, Patience);
    }

    /// <summary>Checks that no process logged what nobody caused: faults of our own, or answers of 500.</summary>
    public static void AssertNoSurprises(Cluster cluster)
    {
        string[] faults = [.. cluster.Started.SelectMany(child => child.Output.Concat(child.Errors)).Where(IsSurprise)];
        Assert.True(faults.Length == 0, $"{faults.Length} faults were logged:\n{string.Join('\n', faults.Take(8).Select(line => line.Length <= 700 ? line : line[..700]))}");
    }

    private static bool IsSurprise(string line) =>
        line.Contains("Unhandled exception", StringComparison.Ordinal)
        || line.Contains("answered 500", StringComparison.Ordinal)
        || (line.Contains(" crit: ", StringComparison.Ordinal) && !line.Contains("does not answer", StringComparison.Ordinal))
        || (line.Contains(" fail: Ticketing.", StringComparison.Ordinal) && !line.Contains("does not answer", StringComparison.Ordinal));

    private static async Task CheckMails(Cluster cluster)
    {
        var notifications = await Eventually.Sees(
            "every notification sent", () => cluster.Apis[0].All("/api/notifications", Jwt.Admin), all => all.All(one => one.Text("status") == "Sent"), Patience);
        var tickets = (await cluster.Apis[0].All("/api/tickets", Jwt.Admin)).GroupBy(ticket => ticket.Text("user_id")).ToDictionary(group => group.Key, group => group.Count());
        foreach (var (buyer, count) in tickets)
            Assert.Equal(MailsPerTicket * count, notifications.Count(one => one.Text("user_id") == buyer && !IsWelcome(one)));
        var files = Directory.EnumerateFiles(cluster.Mail, "*.eml").Select(Path.GetFileNameWithoutExtension).ToHashSet();
        Assert.All(notifications, one => Assert.Contains(one.Id(), files));
    }

    private static bool IsWelcome(JsonNode notification) => notification.Text("message").Contains("elcome", StringComparison.Ordinal);

    private static async Task EveryKeyStillHasItsAnswer(Api api, Load load)
    {
        foreach (var attempt in load.Attempts.Where(attempt => attempt.Ticket is not null).Take(300))
        {
            var again = await Tickets.TicketCalls.Buy(api, attempt.Buyer, attempt.EventId, attempt.Seat, attempt.Key);
            Assert.Equal(attempt.Ticket, again.Done().ToJsonString());
        }
    }
}
