using System.Text.Json.Nodes;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Silo;
using Ticketing.Storage;

namespace Ticketing.OnSale.Serving;

/// <summary>The product, whole and unchanged, on the engine that its settings name.</summary>
internal sealed class Sale : IPart
{
    /// <summary>A card that is taken.</summary>
    public static readonly CardDetails Card = new("4242424242424242", new(2099, 12, 31, 0, 0, 0, TimeSpan.Zero), "123", "Ada Lovelace");

    private readonly WebApplication app;
    private readonly IGrainFactory grains;
    private readonly TimeProvider time;
    private int made;

    private Sale(WebApplication app)
    {
        this.app = app;
        grains = app.Services.GetRequiredService<IGrainFactory>();
        time = app.Services.GetRequiredService<TimeProvider>();
    }

    public string Address => app.Urls.First();

    public static async Task<Sale> Start()
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Ticketing:BackupsEveryMinutes"] = "0",
            ["Ticketing:Dashboard"] = "false",
        }).Build();
        // Mails are sent at no time that is measured.
        var settings = Settings.Read(configuration, isDevelopment: true) with { Notifications = new() { Period = TimeSpan.FromHours(1) } };
        var app = await TicketingHost.Build(settings, builder => builder.Logging.SetMinimumLevel(LogLevel.Warning));
        await app.StartTicketing(settings);
        return new(app);
    }

    public async Task<JsonObject> Do(string command, JsonObject arguments) => command switch
    {
        "events" => new() { ["ids"] = new JsonArray([.. (await Events((int)arguments["count"]!, (uint)arguments["seats"]!)).Select(id => (JsonNode)id)]) },
        "purchases" => new() { ["perSecond"] = await Purchases((string)arguments["event"]!, (int)arguments["callers"]!, (long)arguments["count"]!) },
        "sold" => new() { ["seats"] = await Sold([.. ((JsonArray)arguments["ids"]!).Select(id => (string)id!)]) },
        "counters" => Counters(),
        "collected" => new() { ["bytes"] = Memory.Collected() },
        "wake" => new() { ["milliseconds"] = await Waking.Wake(app, (string)arguments["event"]!) },
        "sleep" => new() { ["asleep"] = await Waking.Sleep(app) },
        "drained" => await Drain.Look(app),
        "settled" => await Drain.Count(app),
        _ => throw new ArgumentException(command),
    };

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private async Task<string[]> Events(int count, uint seats)
    {
        var ids = new string[count];
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) =>
        {
            var number = Interlocked.Increment(ref made);
            var id = EventKey.New(time.GetUtcNow()).ToString();
            var details = new EventDetails($"On sale {number}", "A concert that sells out in a moment.", "Main hall", time.GetUtcNow().AddDays(30), seats, 45);
            var answer = await grains.GetGrain<IEventGrain>(id).Create(new(OperationId.New(), 1), new(UserId.New(time.GetUtcNow()), Role.Admin), details);
            ids[i] = answer.IsDone ? id : throw new BrokenState($"an event was not made: {answer}");
        });
        return ids;
    }

    private async Task<double> Purchases(string id, int callers, long count)
    {
        var grain = grains.GetGrain<IEventGrain>(id);
        var users = Enumerable.Range(0, 1000).Select(_ => UserId.New(time.GetUtcNow())).ToArray();
        return await Callers.Rush(callers, count, async number =>
        {
            var answer = await grain.Buy(new(new(OperationId.New(), (ulong)number), users[number % users.Length], (uint)number + 1, Currency.Eur, Card));
            if (!answer.IsDone) throw new BrokenState($"purchase {number} was answered {answer}");
        });
    }

    private async Task<long> Sold(string[] ids)
    {
        var list = grains.GetGrain<IEventListGrain>(0);
        var sold = 0L;
        foreach (var id in ids)
        {
            var record = await list.Find(EventKey.Parse(id)) ?? throw new BrokenState($"event {id} is gone");
            sold += record.Details.Capacity - record.RemainingSeats;
        }

        return sold;
    }

    private JsonObject Counters()
    {
        var loop = app.Services.GetRequiredService<CommitLoop>();
        return new()
        {
            ["cpuMicroseconds"] = Environment.CpuUsage.TotalTime.TotalMicroseconds,
            ["allocated"] = GC.GetTotalAllocatedBytes(),
            ["flushes"] = loop.Flushes,
            ["units"] = loop.Units,
            ["written"] = Memory.Written(),
            ["paused"] = GC.GetTotalPauseDuration().TotalMilliseconds,
        };
    }
}

/// <summary>The product's state is not what it must be.</summary>
internal sealed class BrokenState(string message) : Exception(message);
