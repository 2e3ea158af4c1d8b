namespace Ticketing.ApiGateway;

/// <summary>Whether requests are let in. Closing it is the first step of a stop: what is under way finishes, nothing new begins.</summary>
public sealed class Admission : IDisposable
{
    /// <summary>How long a body may take to arrive whose request was let in before.</summary>
    internal static readonly TimeSpan Arrival = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource overdue = new();
    private volatile bool closed;

    /// <summary>Whether requests are refused with 503; health alone is still answered.</summary>
    public bool IsClosed => closed;

    /// <summary>
    /// Cancelled some time after the closing: a request whose body has not arrived by then is given up. It would hold up the end for as long as a stop may take, and
    /// leave no time for what comes after.
    /// </summary>
    internal CancellationToken Overdue => overdue.Token;

    /// <summary>Refuses every request from now on. Closing twice is harmless.</summary>
    public void Close()
    {
        closed = true;
        overdue.CancelAfter(Arrival);
    }

    /// <inheritdoc/>
    public void Dispose() => overdue.Dispose();
}
