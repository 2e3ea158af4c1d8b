namespace Ticketing.Silo.Tests.Processes;

/// <summary>Work that is killed in the middle.</summary>
internal static class Interruption
{
    private const int MostTooQuick = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Kills a process (SIGKILL) in the middle of what it does. One that has done it before it is killed was too quick, and another is started.</summary>
    /// <param name="start">Starts one.</param>
    /// <param name="isBegun">Whether it has begun.</param>
    /// <param name="isDone">Whether it has done it.</param>
    /// <param name="ask">Asks it to begin, if it does not by itself.</param>
    public static async Task Interrupt(Func<Child> start, Func<bool> isBegun, Func<bool> isDone, Func<Child, Task>? ask = null)
    {
        for (var attempt = 1; attempt <= MostTooQuick; attempt++)
        {
            await using var child = start();
            if (ask is not null) await ask(child);
            // On a thread of its own: tests take turns, and when it is this one's turn again the work may be done.
            var isSeen = await Task.Factory.StartNew(
                () => SpinWait.SpinUntil(() => isBegun() || isDone() || child.HasExited, Patience), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            var hasFailed = child.HasExited && !isDone();
            await child.Kill();
            Assert.True(isSeen && !hasFailed, $"it {(hasFailed ? "ended by itself" : "never began")}:\n{string.Join('\n', child.Output.Concat(child.Errors))}");
            if (!isDone()) return;
        }

        Assert.Fail($"it was too quick {MostTooQuick} times");
    }
}
