using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ticketing.ApiGateway.Watching;

/// <summary>
/// How a program of ours can be watched: metrics at <see cref="MetricsPath"/>; and where <see cref="Endpoint"/> names an OpenTelemetry collector, metrics, traces
/// and logs are sent there. The other <c>OTEL_…</c> variables mean what OpenTelemetry says they do.
/// </summary>
public static class WatchingExtensions
{
    /// <summary>Where Prometheus reads metrics.</summary>
    public const string MetricsPath = "/metrics";

    /// <summary>The environment variable that names the collector; without it nothing leaves the process.</summary>
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    // The name of our own meter stands in Grains as well, which this project may not know.
    private static readonly string[] Meters = ["Ticketing", "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    // Whoever asks this every few seconds is no story worth telling.
    private static readonly string[] Untold = [MetricsPath, "/health"];

    // A label that says which of its own addresses a server was called by tells nothing, and is an address.
    private static readonly string[] KestrelTags = ["network.type", "network.protocol.name", "network.protocol.version", "tls.protocol.version", "error.type"];

    /// <summary>Whether metrics, traces and logs are sent to a collector.</summary>
    public static bool Exports(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration[Endpoint]);

    /// <summary>What is wrong with the variables that name the collector, in one line; nothing when all is well.</summary>
    public static string? Problem(IConfiguration configuration)
    {
        if (!Exports(configuration)) return null;
        if (!Uri.TryCreate(configuration[Endpoint], UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            return $"{Endpoint} is '{configuration[Endpoint]}': an address like http://collector:4317";
        return configuration[Protocol] is null or "" or "grpc" or "http/protobuf" ? null : $"{Protocol} is '{configuration[Protocol]}': grpc or http/protobuf";
    }

    /// <summary>Registers metrics, and traces and logs where they are sent to a collector. A process without a collector makes no spans at all.</summary>
    /// <param name="builder">The program.</param>
    /// <param name="program">Its name: <c>silo</c> or <c>gateway</c>. The service is called <c>ticketing-silo</c> then, unless <c>OTEL_SERVICE_NAME</c> says otherwise.</param>
    public static WebApplicationBuilder AddTicketingWatching(this WebApplicationBuilder builder, string program)
    {
        var exports = Exports(builder.Configuration);
        var watching = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService($"ticketing-{program}", serviceVersion: Version, serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}")
                .AddEnvironmentVariableDetector())
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Meters).AddRuntimeInstrumentation().AddView(View).AddPrometheusExporter();
                if (exports) metrics.AddOtlpExporter();
            });
        if (!exports) return builder;
        watching.WithTracing(traces => traces
            .AddAspNetCoreInstrumentation(requests => requests.Filter = http => !Array.Exists(Untold, path => http.Request.Path.StartsWithSegments(path, StringComparison.Ordinal)))
            .AddSource("Microsoft.Orleans.*")
            .AddProcessor<SpanTags>()
            .AddOtlpExporter());
        watching.WithLogging(logs => logs.AddOtlpExporter(), options => options.IncludeFormattedMessage = true);
        return builder;
    }

    /// <summary>Maps <see cref="MetricsPath"/>, for near callers only; whoever else asks is told that there is nothing.</summary>
    public static WebApplication MapTicketingWatching(this WebApplication app)
    {
        app.MapPrometheusScrapingEndpoint(MetricsPath, null, branch => branch.Use(static (http, next) => Nearness.IsNear(http) ? next(http) : http.NotFound()), null)
            .DisableHttpMetrics();
        return app;
    }

    private static string Version => typeof(WatchingExtensions).Assembly.GetName().Version!.ToString(3);

    private static MetricStreamConfiguration? View(System.Diagnostics.Metrics.Instrument instrument) =>
        instrument.Meter.Name == "Microsoft.AspNetCore.Server.Kestrel" ? new() { TagKeys = KestrelTags } : null;
}
