using System.Diagnostics;

namespace Ticketing.Storage.Tests;

/// <summary>This assembly as a second process (see Program.cs). It does not outlive the test.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process process;

    public ChildProcess(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardInput = true };
        // Under `dotnet test` the process is dotnet, or the host that the test platform made of it.
        if (!Path.GetFileNameWithoutExtension(start.FileName).Equals("dotnet", StringComparison.OrdinalIgnoreCase)) start.FileName = "dotnet";
        start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        process = Process.Start(start)!;
    }

    /// <summary>Its next line; nothing when it said all.</summary>
    public ValueTask<string?> ReadLine() => process.StandardOutput.ReadLineAsync(default);

    /// <summary>Ends it at once, as a lost power supply would.</summary>
    public void Kill() => process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
