using System.Diagnostics;

namespace Ticketing.Silo.Tests.Processes;

/// <summary>A test that mounts a file system: only where this process may, on Linux as root.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountFactAttribute : FactAttribute
{
    public MountFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) Skip = "Needs to mount a file system: Linux, as root.";
    }
}

/// <summary>A disk of few mebibytes, part of which is taken by a file that can be removed to make room.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly DataDirectory mountPoint = new();

    public string Path => mountPoint.Path;

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    public static async Task<SmallDisk> Mount(int mebibytes, int ballastMebibytes)
    {
        var disk = new SmallDisk();
        await Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", disk.Path);
        await File.WriteAllBytesAsync(disk.Ballast, new byte[ballastMebibytes * 1024 * 1024]);
        return disk;
    }

    public void MakeRoom() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        await Run("umount", Path);
        mountPoint.Dispose();
    }

    private static async Task Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
