using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Ticketing.OnSale;

/// <summary>What the figures were taken on.</summary>
internal static class Machine
{
    /// <summary>The load average of the last minute; no number where the system does not tell.</summary>
    public static double Load() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : double.NaN;

    /// <summary>One paragraph: machine, disk, runtime, how it was run.</summary>
    public static string Circumstances(Options options, int rounds, TimeSpan took) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Processor()}, {Environment.ProcessorCount} processors with the load generator on them, {RuntimeInformation.OSDescription}, .NET {Environment.Version}. A write of 4 KiB that is flushed takes {Flush():N2} ms (median). "
        + $"{rounds} rounds in {took.TotalMinutes:N1} minutes, seed {options.Seed}, load average at the end {Load():N2}. {Scale.Callers} callers over HTTP, each on a connection of its own, one request at a time; the dashboard is off.{(options.IsQuick ? " QUICK: whether it runs, not how fast." : "")}{Build}");

#if DEBUG
    private const string Build = " DEBUG BUILD: its times say nothing.";
#else
    private const string Build = "";
#endif

    /// <summary>
    /// What the machine takes away by itself: on each processor a thread does the same little sum again and again. On a virtual machine whose host is busy, both stand still or
    /// crawl for a while, and no counter of the system tells.
    /// </summary>
    /// <param name="time">How long to look.</param>
    /// <returns>The share of that time that went with sums that took more than three times as long as most, and the longest of them in milliseconds.</returns>
    public static (double Share, double Longest) Stalls(TimeSpan time)
    {
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new List<double>()).Select(times => (Times: times, Thread: new Thread(() => Compute(times, time)))).ToArray();
        foreach (var (_, thread) in threads) thread.Start();
        foreach (var (_, thread) in threads) thread.Join();
        var all = threads.SelectMany(one => one.Times).ToArray();
        var usual = Row.MedianOf(all);
        return (all.Where(one => one > 3 * usual).Sum(one => one - usual) / all.Sum(), all.Max());
    }

    private static void Compute(List<double> times, TimeSpan time)
    {
        const int Steps = 500_000;
        var (began, sum) = (Stopwatch.GetTimestamp(), 1u);
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            var since = Stopwatch.GetTimestamp();
            for (var i = 0; i < Steps; i++) sum = unchecked((sum * 1664525) + 1013904223);
            times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds + (sum == 0 ? double.Epsilon : 0));
        }
    }

    private static string Processor()
    {
        const string Name = "model name";
        var line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':') + 1)..].Trim();
    }

    private static double Flush()
    {
        var file = Path.GetTempFileName();
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        return Row.MedianOf(Enumerable.Range(0, 50).Select(_ =>
        {
            var began = Stopwatch.GetTimestamp();
            stream.Write(new byte[4096]);
            stream.Flush(flushToDisk: true);
            return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }).ToArray());
    }
}
