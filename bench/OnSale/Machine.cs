using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Ticketing.OnSale;

/// <summary>What the figures were taken on.</summary>
internal static class Machine
{
    /// <summary>The load average of the last minute, as far as the system tells.</summary>
    public static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    /// <summary>One paragraph: machine, disk, runtime, how it was run.</summary>
    public static string Circumstances(Options options, int rounds, TimeSpan took) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Processor()}, {Environment.ProcessorCount} processors with the load generator on them, {RuntimeInformation.OSDescription}, .NET {Environment.Version}. A write of 4 KiB that is flushed takes {Flush():N2} ms (median). "
        + $"{rounds} rounds in {took.TotalMinutes:N1} minutes, seed {options.Seed}, load average at the end {Load()}. {Scale.Callers} callers over HTTP, each on a connection of its own, one request at a time; the dashboard is off.{(options.IsQuick ? " QUICK: whether it runs, not how fast." : "")}{Build}");

#if DEBUG
    private const string Build = " DEBUG BUILD: its times say nothing.";
#else
    private const string Build = "";
#endif

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
