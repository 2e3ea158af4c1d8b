using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Ticketing.OnSale.Load;
using Ticketing.OnSale.Serving;
using Ticketing.Silo.Verifying;

namespace Ticketing.OnSale.Scenes;

/// <summary>The product in a process of its own, and what is asked of it besides requests.</summary>
internal sealed class Shop : IAsyncDisposable
{
    /// <summary>Where tickets are bought.</summary>
    public const string Path = "/api/tickets";

    private const string Never = "3600";
    private const int MailsPerTicket = 2;
    // The administrator's welcome.
    private const int OtherMails = 1;

    private readonly Child child;
    private readonly string place;

    private Shop(Child child, string place) => (this.child, this.place) = (child, place);

    public Uri Address => child.Address;

    /// <summary>Opens it.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="directory">Where its data are.</param>
    /// <param name="paymentsEverySeconds">How often payments are settled; absent for not while it runs.</param>
    /// <param name="database">A MongoDB database, if it is not to be SQLite.</param>
    public static async Task<Shop> Open(Stage stage, DataDirectory directory, string? paymentsEverySeconds = null, string? database = null)
    {
        var environment = new Dictionary<string, string>(stage.Keys)
        {
            ["Ticketing__DataDirectory"] = directory.Path,
            ["Ticketing__PaymentsEverySeconds"] = paymentsEverySeconds ?? Never,
        };
        if (database is not null)
        {
            environment["DATABASE_URL"] = database;
            // A member of a cluster listens for others: here for nobody, beside whatever else runs on this machine.
            environment["Ticketing__AdvertisedAddress"] = IPAddress.Loopback.ToString();
            foreach (var port in new[] { "SiloPort", "GatewayPort" }) environment[$"Ticketing__{port}"] = Ports.Free().ToString(CultureInfo.InvariantCulture);
        }

        return new(await Child.Start("sale", environment), database ?? directory.Path);
    }

    /// <summary>Makes events.</summary>
    /// <returns>Their ids.</returns>
    public async Task<string[]> Events(int count, int seats) =>
        [.. ((JsonArray)(await child.Ask("events", new JsonObject { ["count"] = count, ["seats"] = seats }))["ids"]!).Select(id => (string)id!)];

    /// <summary>Sells in process.</summary>
    /// <returns>Purchases a second.</returns>
    public async Task<double> Sell(string id, int callers, int count) =>
        (double)(await child.Ask("purchases", new JsonObject { ["event"] = id, ["callers"] = callers, ["count"] = count }))["perSecond"]!;

    /// <summary>Sees to it that so many seats of these events are taken.</summary>
    /// <exception cref="BrokenInvariant">They are not.</exception>
    public async Task ExpectSold(string[] ids, long count)
    {
        var sold = (long)(await child.Ask("sold", new JsonObject { ["ids"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]) }))["seats"]!;
        if (sold != count) throw new BrokenInvariant($"{count:N0} purchases were answered with a ticket, and {sold:N0} seats are taken");
    }

    /// <summary>Sells over HTTP until the compiler rests.</summary>
    public Task Warm(Stage stage, Crowd crowd) => child.Warm(stage.Scale, async () =>
    {
        var seats = stage.Scale.Warmup;
        var events = await Events(1, seats);
        (await crowd.Rush(Asked.Purchases(Path, stage.Buyers, events, seats, atOnce: false, Stage.NextRun), seats)).Expect(200, seats);
        await crowd.Rush(Asked.Late(Path, stage.Buyers, events[0], seats, Stage.NextRun), seats / 5);
        await crowd.Rush(Asked.Read($"/api/events/{events[0]}"), seats / 5);
    });

    public async Task<Counters> Counters()
    {
        var answer = await child.Ask("counters");
        return new((double)answer["cpuMicroseconds"]!, (long)answer["allocated"]!, (long)answer["flushes"]!, (long)answer["written"]!, (double)answer["paused"]!);
    }

    /// <summary>The bytes of all living objects.</summary>
    public async Task<long> Collected() => (long)(await child.Ask("collected"))["bytes"]!;

    /// <summary>Sends all events to sleep.</summary>
    public async Task Sleep()
    {
        if ((int)(await child.Ask("sleep"))["asleep"]! is var awake and not 0) throw new InvalidOperationException($"{awake} events do not go to sleep");
    }

    /// <summary>Wakes an event.</summary>
    /// <returns>How long that took, in milliseconds.</returns>
    public async Task<double> Wake(string id) => (double)(await child.Ask("wake", new JsonObject { ["event"] = id }))["milliseconds"]!;

    /// <summary>How many payments are still to be settled.</summary>
    public async Task<int> Pending() => (int)(await child.Ask("drained"))["pending"]!;

    /// <summary>Sees to it that so many tickets are Active, and that two mails of each are queued.</summary>
    /// <exception cref="BrokenInvariant">They are not.</exception>
    public async Task ExpectSettled(int tickets)
    {
        var settled = await child.Ask("settled");
        var (active, mails) = ((int)settled["active"]!, (int)settled["mails"]!);
        if ((active, mails) != (tickets, (MailsPerTicket * tickets) + OtherMails)) throw new BrokenInvariant($"of {tickets:N0} paid tickets {active:N0} are Active, and {mails:N0} mails are queued");
    }

    /// <summary>Ends it at once, as kill -9 does.</summary>
    /// <exception cref="BrokenInvariant">The log tells of a fault.</exception>
    public async Task Kill()
    {
        await child.Kill();
        ExpectNoFault();
    }

    /// <summary>Closes it, and has every sale checked.</summary>
    /// <exception cref="BrokenInvariant">One does not hold, or the log tells of a fault.</exception>
    public async Task Close(DataDirectory? directory)
    {
        await child.Stop();
        ExpectNoFault();
        if (directory is null) return;
        await using var said = new StringWriter();
        if (await VerifyCommand.Run(["--all", place], () => throw new InvalidOperationException(), said, said) != 0) throw new BrokenInvariant(said.ToString());
    }

    public ValueTask DisposeAsync() => child.DisposeAsync();

    private void ExpectNoFault()
    {
        if (child.Log.FirstOrDefault(line => line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains(" crit: ", StringComparison.Ordinal)) is { } fault)
            throw new BrokenInvariant($"the log tells of a fault: {string.Join('\n', child.Log.SkipWhile(line => line != fault).Take(4))}");
    }
}

/// <summary>What a server process has used so far.</summary>
internal sealed record Counters(double CpuMicroseconds, long Allocated, long Flushes, long Written, double PausedMilliseconds);
