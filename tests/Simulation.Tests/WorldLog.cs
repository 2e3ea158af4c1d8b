using Microsoft.Extensions.Logging;
using Ticketing.Storage;

namespace Ticketing.Simulation.Tests;

/// <summary>The log of a world: an error in it breaks a promise, as it would fail any test.</summary>
internal sealed class WorldLog(World world, Action<string>? trace) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error || trace is not null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        trace?.Invoke($"           {logLevel}: {formatter(state, exception)} {exception?.GetType().Name} {exception?.Message}");
        // That storage or a silo cannot be reached is what these worlds are made of; anything else is a fault of the program.
        var isExpected = exception is null || exception.GetBaseException() is TimeoutException or OrleansException or StorageException;
        if (logLevel >= LogLevel.Error && !isExpected) world.Books.Violate($"an error in the log: {formatter(state, exception)} {exception}");
    }
}

/// <summary>The same, for who wants to be named.</summary>
internal sealed class WorldLog<T>(WorldLog log) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        log.Log(logLevel, eventId, state, exception, formatter);
}
