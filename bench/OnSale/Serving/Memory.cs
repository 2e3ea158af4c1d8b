using System.Globalization;

namespace Ticketing.OnSale.Serving;

/// <summary>What this process holds and writes.</summary>
internal static class Memory
{
    /// <summary>The bytes of all living objects.</summary>
    public static long Collected()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>The bytes that this process has had written to a disk, as the kernel counts them.</summary>
    public static long Written()
    {
        const string Name = "write_bytes: ";
        if (!OperatingSystem.IsLinux()) return 0;
        var line = File.ReadLines("/proc/self/io").First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture);
    }
}
