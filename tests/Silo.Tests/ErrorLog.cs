using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Ticketing.Silo.Tests;

/// <summary>Collects what a server logs as an error. None is expected, unless a test says so by taking it out.</summary>
internal sealed class ErrorLog : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> lines = new();

    /// <summary>The lines of a level and above so far.</summary>
    public IReadOnlyList<string> From(LogLevel level) => [.. lines.Where(line => line.Level >= level).Select(line => line.Text)];

    /// <summary>Forgets what was logged: it was expected.</summary>
    public void Clear() => lines.Clear();

    public void AssertNone() => Assert.Empty(From(LogLevel.Error));

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, lines);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<(LogLevel Level, string Text)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) lines.Enqueue((logLevel, $"{logLevel} {category}: {formatter(state, exception)} {exception}"));
        }
    }
}
