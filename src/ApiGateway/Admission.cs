namespace Ticketing.ApiGateway;

/// <summary>Whether requests are let in. Closing it is the first step of a stop: what is under way finishes, nothing new begins.</summary>
public sealed class Admission
{
    private volatile bool closed;

    /// <summary>Whether requests are refused with 503; health alone is still answered.</summary>
    public bool IsClosed => closed;

    /// <summary>Refuses every request from now on. Closing twice is harmless.</summary>
    public void Close() => closed = true;
}
