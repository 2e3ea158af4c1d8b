namespace Ticketing.Grains;

/// <summary>How long to wait before something that went wrong is tried again.</summary>
internal static class Backoff
{
    /// <summary>The first wait doubled with every attempt, up to a limit.</summary>
    /// <param name="attempts">How often it went wrong, from 1.</param>
    /// <param name="first">The wait after the first failure.</param>
    /// <param name="most">The longest wait.</param>
    public static TimeSpan After(int attempts, TimeSpan first, TimeSpan most)
    {
        // Twenty doublings of a second are twelve days, beyond every limit; more would overflow.
        var wait = first * Math.Pow(2, Math.Clamp(attempts - 1, 0, 20));
        return wait < most ? wait : most;
    }
}
