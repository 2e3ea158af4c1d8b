using System.Diagnostics;
using Ticketing.ApiGateway;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Silo.Demo;

/// <summary>
/// A small real on-sale over HTTP in a throw-away data directory: one event of 500 seats, 2,000 buyers at once. Prints what happened and checks that nothing
/// was sold twice and nothing is missing.
/// </summary>
internal static class OnSale
{
    private const int Seats = 500;
    private const int BuyerCount = 2000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Runs it.</summary>
    /// <returns>0, or 1 when an invariant does not hold.</returns>
    public static async Task<int> Run(TextWriter output)
    {
        var directory = Directory.CreateTempSubdirectory("ticketing-demo-").FullName;
        try
        {
            var environment = new Dictionary<string, string?>
            {
                ["Ticketing:DataDirectory"] = directory,
                ["Ticketing:Dashboard"] = "false",
                ["Ticketing:PaymentsEverySeconds"] = "2",
                ["Ticketing:NotificationsEverySeconds"] = "2",
                ["Ticketing:BackupsEveryMinutes"] = "0",
                ["ADMIN_EMAIL"] = "admin@demo.example",
                ["ADMIN_PASSWORD"] = Guid.NewGuid().ToString("n"),
                ["urls"] = "http://127.0.0.1:0",
            };
            var settings = Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(environment).Build(), isDevelopment: true);
            await using var app = await TicketingHost.Build(settings, builder => builder.Logging.SetMinimumLevel(LogLevel.Warning));
            await app.StartTicketing(settings);
            var report = await Sell(app, settings, output);
            await app.StopAsync();
            report.Write(output);
            return report.Holds ? 0 : 1;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<Report> Sell(WebApplication app, Settings settings, TextWriter output)
    {
        using var client = new ApiClient(new Uri(app.Urls.First()));
        var tokens = app.Services.GetRequiredService<Tokens>();
        var time = app.Services.GetRequiredService<TimeProvider>();
        var admin = await client.LogIn(settings.AdminEmail!, settings.AdminPassword!);
        var eventId = await client.CreateEvent(admin, Seats, time.GetUtcNow().AddDays(30));

        output.WriteLine($"{BuyerCount:N0} profiles are being made ...");
        var buyers = new Buyer[BuyerCount];
        await Parallel.ForEachAsync(Enumerable.Range(0, BuyerCount), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) =>
        {
            var id = await client.CreateProfile(tokens.MintInternal(), $"buyer{i}@demo.example");
            buyers[i] = new Buyer(id, tokens.MintExternal(UserId.Parse(id), Role.User), new Random(i));
        });

        output.WriteLine($"The sale opens: {BuyerCount:N0} buyers at once for {Seats:N0} seats.");
        var watch = Stopwatch.StartNew();
        var buying = Task.WhenAll(buyers.Select(buyer => buyer.Buy(client, eventId, Seats)));
        while (await Task.WhenAny(buying, Task.Delay(TimeSpan.FromSeconds(0.5), time)) != buying) Progress();
        await buying;
        var took = watch.Elapsed;
        Progress();

        var sold = buyers.Count(buyer => buyer.Ticket is not null);
        var tickets = await Settled(client, admin, sold, settings, output, time);
        var mails = await Mails(settings, Report.MailsOf(sold), time);
        return Report.Of(buyers, tickets, await client.RemainingSeats(eventId), Seats, took, mails);

        void Progress() => output.WriteLine(
            $"  {watch.Elapsed.TotalSeconds,5:N1} s   sold {buyers.Count(buyer => buyer.Ticket is not null),5:N0}   sent away {buyers.Count(buyer => buyer.SentAway),6:N0}");
    }

    private static async Task<IReadOnlyList<TicketSeen>> Settled(ApiClient client, string admin, int sold, Settings settings, TextWriter output, TimeProvider time)
    {
        output.WriteLine($"Payments are settled every {settings.Payments.Period.TotalSeconds:N0} s, mails sent every {settings.Notifications.Period.TotalSeconds:N0} s ...");
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var tickets = await client.Tickets(admin);
            var active = tickets.Count(ticket => ticket.Status == "Active");
            output.WriteLine($"  {watch.Elapsed.TotalSeconds,5:N1} s   active {active,5:N0} of {sold:N0}");
            if (active >= sold || watch.Elapsed > Patience) return tickets;
            await Task.Delay(TimeSpan.FromSeconds(1), time);
        }
    }

    private static async Task<int> Mails(Settings settings, int expected, TimeProvider time)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var directory = new DirectoryInfo(TicketingHost.MailDirectory(settings));
            var written = directory.Exists ? directory.EnumerateFiles("*.eml").Count() : 0;
            if (written >= expected || watch.Elapsed > Patience) return written;
            await Task.Delay(TimeSpan.FromSeconds(0.5), time);
        }
    }
}
