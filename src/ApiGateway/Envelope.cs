using Ticketing.Grains.Abstractions;

namespace Ticketing.ApiGateway;

/// <summary>The one form of a good answer (contract.md 1.2). Members without a value are left out.</summary>
internal sealed class Envelope<T>(string message, T? data)
{
    public bool Success { get; } = true;

    public string Message => message;

    public T? Data => data;

    /// <summary>Where the next page of a list begins; absent on the last one.</summary>
    public RecordId? NextCursor { get; init; }
}

/// <summary>The one form of a bad answer: what failed and why. <paramref name="code"/> names the rule where a named rule refused.</summary>
internal sealed class Failure(string message, string error, string? code)
{
    public bool Success { get; }

    public string Message => message;

    public string Error => error;

    public string? Code => code;
}
