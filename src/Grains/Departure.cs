namespace Ticketing.Grains;

/// <summary>
/// How an activation goes that is not worth its memory: anybody can ask for what is not there. It stays for a moment, to answer a crowd. If each answer ended
/// an activation, the runtime would pass the others' calls on from one to the next, and after a few steps answer them with a fault.
/// </summary>
internal sealed class Departure
{
    /// <summary>The moment: far longer than a crowd's calls are on their way, and short enough that a flood of ids fills no memory.</summary>
    internal static readonly TimeSpan Stay = TimeSpan.FromSeconds(1);

    private IGrainTimer? timer;

    /// <summary>Lets an activation go in a moment; once is enough.</summary>
    /// <param name="grain">The activation.</param>
    /// <param name="isNobody">Whether it is still not worth its memory, asked when the moment is over; absent when going costs nothing but another activation.</param>
    public void Begin(IGrainBase grain, Func<bool>? isNobody = null) => timer ??= grain.RegisterGrainTimer(
        () =>
        {
            timer?.Dispose();
            timer = null;
            if (isNobody?.Invoke() != false) grain.DeactivateOnIdle();
            return Task.CompletedTask;
        },
        new(Stay, Timeout.InfiniteTimeSpan));
}
