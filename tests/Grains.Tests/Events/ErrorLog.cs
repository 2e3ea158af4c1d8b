using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Ticketing.Grains.Tests.Events;

/// <summary>Collects what is logged as an error or worse: it fails the test that does not expect it.</summary>
internal sealed class ErrorLog : ILoggerProvider
{
    private readonly ConcurrentQueue<string> errors = new();
    private string[] allowed = [];

    /// <summary>Expects errors that contain one of these texts, until the end of the test.</summary>
    public void Allow(params string[] texts) => allowed = texts;

    /// <summary>Fails on any error that nobody expects, and begins anew.</summary>
    public void AssertNone()
    {
        var unexpected = errors.Where(error => !allowed.Any(text => error.Contains(text, StringComparison.Ordinal))).ToArray();
        errors.Clear();
        allowed = [];
        Assert.Empty(unexpected);
    }

    public ILogger CreateLogger(string categoryName) => new Category(categoryName, errors);

    public void Dispose()
    {
    }

    private sealed class Category(string name, ConcurrentQueue<string> errors) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) errors.Enqueue($"{logLevel} {name}: {formatter(state, exception)} {exception}");
        }
    }
}
