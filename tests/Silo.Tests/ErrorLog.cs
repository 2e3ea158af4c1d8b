using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Ticketing.Silo.Tests;

/// <summary>Collects what a server logs as an error or worse. None is expected, whatever a test does.</summary>
internal sealed class ErrorLog : ILoggerProvider
{
    private readonly ConcurrentQueue<string> errors = new();

    /// <summary>Checks that no error was logged since the last check.</summary>
    public void AssertNone()
    {
        var seen = errors.ToArray();
        errors.Clear();
        Assert.True(seen.Length == 0, $"{seen.Length} errors were logged:\n{string.Join('\n', seen.Take(5))}");
    }

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, errors);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<string> errors) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is LogLevel.Error or LogLevel.Critical;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) errors.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
        }
    }
}
