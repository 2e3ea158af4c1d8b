namespace Ticketing.Storage;

/// <summary>
/// Tells a caller in another process that storage does not answer in words that it knows: a time-out, whose outcome is unknown and which may be repeated. The
/// exception itself is no type of theirs.
/// </summary>
internal sealed class StorageTrouble : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (StorageException e) when (e.IsAway)
        {
            throw new TimeoutException(e.Message);
        }
    }

    /// <summary>The same for what an activation reads while it wakes, which happens before any call of it.</summary>
    public static async ValueTask<T> Told<T>(ValueTask<T> read)
    {
        try
        {
            return await read;
        }
        catch (StorageException e) when (e.IsAway)
        {
            throw new TimeoutException(e.Message);
        }
    }
}
