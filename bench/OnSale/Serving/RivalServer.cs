using System.Text.Json.Nodes;
using Ticketing.ApiGateway;
using Ticketing.ApiGateway.Auth;
using Ticketing.ApiGateway.Tickets;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Payments;
using Ticketing.OnSale.Rivals;
using Ticketing.Payments.Simulated;
using Ticketing.Storage;
using Ticketing.Storage.Sqlite;

namespace Ticketing.OnSale.Serving;

/// <summary>
/// A rival behind the product's own HTTP front: purchases are let in, read, checked and answered by the product's code, and sold by the rival. It has a silo beside it, and the
/// product's grain storage, because the front asks that for the tokens that were ended.
/// </summary>
internal sealed class RivalServer : IPart
{
    /// <summary>What the parts begin with.</summary>
    public const string Prefix = "rival-";

    /// <summary>Where tickets are bought.</summary>
    public const string Path = $"/api/{Word}";

    /// <summary>The environment variable that names the rival's database, if it has one.</summary>
    public const string Database = "RIVAL_DATABASE";

    /// <summary>The environment variable that names the directory of the embedded engine.</summary>
    public const string Data = "RIVAL_DIRECTORY";

    private const string Word = "rivals";

    private readonly WebApplication app;
    private readonly IRival rival;
    private readonly TimeProvider time;

    private RivalServer(WebApplication app, IRival rival)
    {
        (this.app, this.rival) = (app, rival);
        time = app.Services.GetRequiredService<TimeProvider>();
    }

    public string Address => app.Urls.First();

    public static async Task<RivalServer> Start(string part)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.UseOrleans(silo => Ports.Alone(silo, Word));
        builder.Services.AddTicketingStorage().AddSingleton<IEngine>(_ => new SqliteEngine(Environment.GetEnvironmentVariable(Data)!));
        builder.Services.AddSingleton<IPaymentProvider>(new SimulatedPaymentProvider(TimeProvider.System, new()));
        builder.Services.AddTicketingGateway(Tokening.Settings());
        var app = builder.Build();
        var rival = Of(part[Prefix.Length..], app.Services);
        app.Use(ActivatorUtilities.CreateInstance<Front>(app.Services).Invoke);
        new Routes(app, Word, ActivatorUtilities.CreateInstance<Gateway>(app.Services))
            .Post("", Access.Authenticated, (http, gateway) => TicketEndpoints.Buy(http, gateway, (_, key, purchase) => rival.Buy(key, purchase)), new("Ticket purchase"));
        await app.StartAsync();
        await app.Services.GetRequiredService<EndedTokens>().Filled;
        return new(app, rival);
    }

    public async Task<JsonObject> Do(string command, JsonObject arguments)
    {
        switch (command)
        {
            case "event":
                var key = EventKey.New(time.GetUtcNow());
                await rival.Create(key, (uint)arguments["seats"]!);
                return new() { ["id"] = key.ToString() };
            case "count":
                var stock = await rival.Count(EventKey.Parse((string)arguments["id"]!));
                return new() { ["sold"] = stock.Sold, ["tickets"] = stock.Tickets, ["seats"] = stock.Seats, ["payments"] = stock.Payments };
            case "connections":
                await ((PostgresRival)rival).Connect((int)arguments["count"]!);
                return [];
            default:
                throw new ArgumentException(command);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await rival.DisposeAsync();
        await app.DisposeAsync();
    }

    private static IRival Of(string name, IServiceProvider services)
    {
        var (grains, cards, time) = (services.GetRequiredService<IGrainFactory>(), services.GetRequiredService<IPaymentProvider>(), services.GetRequiredService<TimeProvider>());
        return name switch
        {
            "postgres" => new PostgresRival(Environment.GetEnvironmentVariable(Database)!, cards, time),
            "state" => new StateRival(key => grains.GetGrain<IOneAtATimeGrain>(key)),
            "state-interleaved" => new StateRival(key => grains.GetGrain<IInterleavedGrain>(key)),
            "mongo" => new MongoRival(Environment.GetEnvironmentVariable(Database)!, cards, time),
            _ => throw new ArgumentException($"no rival {name}"),
        };
    }
}
