using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Ticketing.ApiGateway;
using Ticketing.ApiGateway.Auth;

namespace Ticketing.OnSale.Serving;

/// <summary>What no ticket shop on this stack can be faster than: the server reads the same body and answers as many bytes; then the token is checked too; then a grain is called that does nothing.</summary>
internal sealed class Limits : IPart
{
    private readonly WebApplication app;

    private Limits(WebApplication app) => this.app = app;

    public string Address => app.Urls.First();

    public static async Task<Limits> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo => Ports.Alone(silo, "limits"));
        builder.Services.AddSingleton<Admission>().AddSingleton(TimeProvider.System).AddSingleton(Tokening.Settings()).AddSingleton<EndedTokens>().AddSingleton<Tokens>();
        var app = builder.Build();
        var (tokens, grains) = (app.Services.GetRequiredService<Tokens>(), app.Services.GetRequiredService<IGrainFactory>());
        app.MapPost("/parse", (RequestDelegate)(async http => await Answer(http, await Parse(http))));
        app.MapPost("/token", (RequestDelegate)(async http =>
        {
            await Check(http, tokens);
            await Answer(http, await Parse(http));
        }));
        app.MapPost("/grain", (RequestDelegate)(async http =>
        {
            await Check(http, tokens);
            var body = await Parse(http);
            await grains.GetGrain<IEmptyGrain>(body.EventId!).Call();
            await Answer(http, body);
        }));
        app.MapGet("/fixed", (RequestDelegate)(http => Answer(http, Sure)));
        await app.StartAsync();
        return new(app);
    }

    public async Task<JsonObject> Do(string command, JsonObject arguments)
    {
        if (command != "calls") throw new ArgumentException(command);
        var grain = app.Services.GetRequiredService<IGrainFactory>().GetGrain<IEmptyGrain>("hot");
        return new() { ["perSecond"] = await Callers.Rush((int)arguments["callers"]!, (long)arguments["count"]!, _ => grain.Call()) };
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    // Read and written as the product does it, so that the difference is what the product does besides.
    private static ValueTask<LimitBody> Parse(HttpContext http) => http.ReadBody(LimitJson.Default.LimitBody);

    private static async Task Check(HttpContext http, Tokens tokens)
    {
        if (await tokens.Verify(http.Request.Headers.Authorization.ToString().AsSpan("Bearer ".Length)) is null) throw new UnauthorizedAccessException();
    }

    private static async Task Answer(HttpContext http, LimitBody body)
    {
        if (body.SeatNumber == 0) throw new JsonException();
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = Fixed.Length;
        await http.Response.BodyWriter.WriteAsync(Fixed);
    }

    private static readonly LimitBody Sure = new() { SeatNumber = 1 };

    private static readonly ReadOnlyMemory<byte> Fixed = """
        {"success":true,"message":"Ticket purchase done","data":{"id":"65f0c1d2e3a4b5c6d7e8f901","purchase_date":"2026-11-28T09:30:00.123Z","seat_number":12345,"status":"Pending","price":45,"currency":"Eur","event_id":"65f0c1d2e3a4b5c6d7e8f902","user_id":"65f0c1d2e3a4b5c6d7e8f903","payment_id":"65f0c1d2e3a4b5c6d7e8f904"}}
        """u8.ToArray();
}

/// <summary>A purchase's body, read and not looked at.</summary>
internal sealed class LimitBody
{
    public string? CardNumber { get; set; }

    public DateTimeOffset? ExpirationDate { get; set; }

    public string? Cvv { get; set; }

    public string? CardHolder { get; set; }

    public string? Currency { get; set; }

    public uint SeatNumber { get; set; }

    public string? EventId { get; set; }

    public string? UserId { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LimitBody))]
internal sealed partial class LimitJson : JsonSerializerContext;
