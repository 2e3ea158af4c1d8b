namespace Ticketing.Storage.Moving;

/// <summary>Tells how far long work is: a line for each step, and every few seconds one in between.</summary>
/// <param name="time">The clock.</param>
/// <param name="tell">Gets the lines.</param>
internal sealed class Progress(TimeProvider time, Action<string> tell)
{
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(5);

    /// <summary>Does a step.</summary>
    /// <param name="what">Its name.</param>
    /// <param name="work">Does it, and calls its argument for each record.</param>
    public async Task Step(string what, Func<Action, Task> work)
    {
        var (began, told, count) = (time.GetTimestamp(), time.GetTimestamp(), 0L);
        await work(() =>
        {
            if ((++count & 0xFF) != 0 || time.GetElapsedTime(told) < Rhythm) return;
            told = time.GetTimestamp();
            Tell("…");
        });
        Tell(" ");

        void Tell(string sign) => tell($"  {what,-16} {count,12:N0} {sign} {time.GetElapsedTime(began).TotalSeconds,8:N1} s");
    }
}
