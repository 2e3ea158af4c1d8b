using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ticketing.Silo.Tests.Watching;

/// <summary>An OpenTelemetry collector that keeps what it is sent, as it came.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<(string Signal, string Text)> arrived = new();

    private Collector(WebApplication app) => this.app = app;

    public string Address => app.Urls.First();

    /// <summary>All that has come.</summary>
    public IReadOnlyList<(string Signal, string Text)> Arrived => [.. arrived];

    public static async Task<Collector> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var collector = new Collector(app);
        app.MapPost("/v1/{signal}", collector.Take);
        await app.StartAsync();
        return collector;
    }

    /// <summary>All that has come of one signal. Texts of a message stand in it as they are.</summary>
    public string Of(string signal) => string.Concat(arrived.Where(one => one.Signal == signal).Select(one => one.Text));

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private async Task Take(HttpContext http, string signal)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        arrived.Enqueue((signal, Encoding.UTF8.GetString(body.ToArray())));
        http.Response.ContentType = "application/x-protobuf";
    }
}
