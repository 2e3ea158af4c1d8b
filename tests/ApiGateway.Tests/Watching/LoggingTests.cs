using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Ticketing.ApiGateway.Watching;

namespace Ticketing.ApiGateway.Tests.Watching;

/// <summary>What goes along with the lines of the log.</summary>
public sealed class LoggingTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_line_has_the_trace_it_belongs_to_if_there_is_one_and_never_the_path_of_the_request(bool isTraced)
    {
        using var listener = new ActivityListener
        {
            // Those of this test's own server: another's have no such tag.
            ShouldListenTo = source => isTraced && source.Name == nameof(LoggingTests),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        using var spans = new ActivitySource(nameof(LoggingTests));
        using var scopes = new Scopes();
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddTicketingLogging(isDevelopment: false);
        builder.Logging.ClearProviders().AddProvider(scopes);
        await using var app = builder.Build();
        ActivityTraceId? trace = null;
        app.MapGet("/secret/{name}", (string name, ILogger<LoggingTests> log) =>
        {
            using var span = spans.StartActivity("work");
            trace = span?.TraceId;
            log.LogWarning("something happened to nobody in particular");
        });
        await app.StartAsync();

        using var client = new HttpClient();
        (await client.GetAsync(new Uri($"{app.Urls.First()}/secret/ada?token=hunter2"))).EnsureSuccessStatusCode();
        await app.StopAsync();

        var line = Assert.Single(scopes.Lines);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", line, StringComparison.Ordinal);
        Assert.Equal(isTraced, trace is not null);
        Assert.Equal(isTraced, line.Contains($"TraceId={trace}", StringComparison.Ordinal) && trace is not null);
    }

    /// <summary>Notes the scopes of each warning.</summary>
    private sealed class Scopes : ILoggerProvider, ISupportExternalScope, ILogger
    {
        private IExternalScopeProvider scopes = new LoggerExternalScopeProvider();

        public ConcurrentQueue<string> Lines { get; } = new();

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel < LogLevel.Warning) return;
            var parts = new List<string> { formatter(state, exception) };
            scopes.ForEachScope((scope, all) => all.AddRange(Parts(scope)), parts);
            Lines.Enqueue(string.Join(' ', parts));
        }

        public void Dispose()
        {
        }

        private static IEnumerable<string> Parts(object? scope) =>
            scope is IEnumerable<KeyValuePair<string, object?>> pairs ? pairs.Select(pair => $"{pair.Key}={pair.Value}") : [$"{scope}"];
    }
}
