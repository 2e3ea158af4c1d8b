using Microsoft.Extensions.Logging;

namespace Ticketing.Grains;

/// <summary>The one way in which small owners write their state.</summary>
internal static class GrainState
{
    /// <summary>
    /// Replaces the state as a whole. On a failure the previous state is put back and the grain deactivates: the write may or may not have
    /// reached the store, and the next activation reads which.
    /// </summary>
    /// <returns>Whether it is durable; if not, nobody can say, and the answer to the caller is unknown.</returns>
    public static Task<bool> TryReplace<T>(this IPersistentState<T> state, T next, IGrainContext grain, ILogger log)
    {
        var previous = state.State;
        state.State = next;
        return Attempt(state, state.WriteStateAsync, previous, grain, log);
    }

    /// <summary>Removes the state, with the same care as <see cref="TryReplace"/>.</summary>
    /// <returns>Whether it is durably gone.</returns>
    public static Task<bool> TryClear<T>(this IPersistentState<T> state, IGrainContext grain, ILogger log) =>
        Attempt(state, state.ClearStateAsync, state.State, grain, log);

    private static async Task<bool> Attempt<T>(IPersistentState<T> state, Func<Task> write, T previous, IGrainContext grain, ILogger log)
    {
        try
        {
            await write();
            return true;
        }
        catch (Exception exception)
        {
            state.State = previous;
            // A store that cannot write tells so itself, once for all grains; anything else is this grain's own trouble.
            var level = exception.GetBaseException() is TimeoutException ? LogLevel.Debug : LogLevel.Warning;
            Log.WriteFailed(log, level, exception, grain.GrainId.Type);
            grain.Deactivate(new(DeactivationReasonCode.ApplicationError, "a write of its state failed"));
            return false;
        }
    }
}

/// <summary>What the grains' state has to log. Keys are left out: some are e-mail addresses.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1, Message = "A grain of type {GrainType} could not store its state; it deactivates and its caller is told to ask again")]
    public static partial void WriteFailed(ILogger log, LogLevel level, Exception exception, GrainType grainType);
}
