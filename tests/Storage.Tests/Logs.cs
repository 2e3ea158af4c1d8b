using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Ticketing.Storage.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class Logs : ILogger<CommitLoop>
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> lines = new();

    public IEnumerable<string> Errors => from line in lines where line.Level >= LogLevel.Error select line.Text;

    public IEnumerable<string> All => from line in lines select line.Text;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue((logLevel, formatter(state, exception)));
}
