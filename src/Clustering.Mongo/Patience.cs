namespace Ticketing.Clustering.Mongo;

/// <summary>How a start waits for what is not there yet.</summary>
public static class Patience
{
    /// <summary>Asks again for a while.</summary>
    /// <param name="ask">What is asked.</param>
    /// <param name="mayReturn">Whether asking again can help after a fault; any other fault is the caller's at once.</param>
    /// <param name="patience">For how long; the last fault is the caller's then.</param>
    /// <param name="pause">The time between two askings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static async Task<T> Ask<T>(Func<Task<T>> ask, Func<Exception, bool> mayReturn, TimeSpan patience, TimeSpan pause, TimeProvider time, CancellationToken cancellation = default)
    {
        for (var begun = time.GetTimestamp(); ;)
        {
            try
            {
                return await ask();
            }
            catch (Exception e) when (mayReturn(e) && time.GetElapsedTime(begun) < patience)
            {
                await Task.Delay(pause, time, cancellation);
            }
        }
    }
}
