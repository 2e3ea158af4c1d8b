using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Ticketing.Silo.Tests.Processes;

/// <summary>The program in a process of its own, as an operator runs it. Ended with the object, whatever became of it.</summary>
internal sealed partial class Child : IAsyncDisposable
{
    private const int SigInt = 2;
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan KillPatience = TimeSpan.FromMinutes(1);
    private static readonly string[] Foreign = ["Ticketing__", "ADMIN_", "JWT_", "MAIL_", "DASHBOARD_", "DATABASE_", "OTEL_", "ASPNETCORE_", "DOTNET_ENVIRONMENT"];

    private readonly Process process;
    private readonly Lock gate = new();
    private readonly List<string> output = [];
    private readonly List<string> errors = [];
    private readonly TaskCompletionSource<Uri> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Child(ProcessStartInfo start)
    {
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Note(output, line.Data);
        process.ErrorDataReceived += (_, line) => Note(errors, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it has written to its standard output.</summary>
    public IReadOnlyList<string> Output => Lines(output);

    /// <summary>What it has written to its standard error output.</summary>
    public IReadOnlyList<string> Errors => Lines(errors);

    /// <summary>Checks that it has logged no error, nor a warning: what the tests do to it is nothing to warn of.</summary>
    public void AssertNoFaults()
    {
        string[] faults = [.. Output.Where(line => Fault().IsMatch(line)), .. Errors];
        Assert.True(faults.Length == 0, $"{faults.Length} faults were logged:\n{string.Join('\n', faults.Take(5).Select(Short))}");
    }

    public int Id => process.Id;

    /// <summary>Starts the program on a data directory, in Development, on a free port, with quick jobs.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="changes">Environment variables other than usual; absent values are not set.</param>
    /// <param name="arguments">What stands on the command line.</param>
    public static Child Start(string directory, Dictionary<string, string?>? changes = null, params string[] arguments) =>
        Start("Ticketing.Silo", directory, changes, arguments);

    /// <summary>Starts a gateway, whose settings are all among the changes.</summary>
    public static Child StartGateway(string directory, Dictionary<string, string?> changes, params string[] arguments) =>
        Start("Ticketing.ApiGateway", directory, changes, arguments);

    private static Child Start(string program, string directory, Dictionary<string, string?>? changes, string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, $"{program}.dll") },
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(name => Foreign.Any(name.StartsWith)).ToArray()) start.Environment.Remove(name);
        foreach (var (name, value) in Usual(directory)) start.Environment[name] = value;
        foreach (var (name, value) in changes ?? [])
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }

        return new(start);
    }

    /// <summary>Waits until it says that it is open.</summary>
    /// <returns>Its API; that of a silo alone has its health and no more.</returns>
    public async Task<Api> Ready()
    {
        var ended = process.WaitForExitAsync();
        var first = await Task.WhenAny(ready.Task, ended, Task.Delay(StartPatience));
        Assert.True(first == ready.Task, $"it did not open:\n{string.Join('\n', Output)}\n{string.Join('\n', Errors)}");
        return new Api(await ready.Task);
    }

    /// <summary>Ends it without a warning (SIGKILL), and waits until it is gone.</summary>
    public Task Kill()
    {
        process.Kill();
        return Exit(KillPatience);
    }

    /// <summary>Ctrl-C.</summary>
    public void Interrupt() => Assert.Equal(0, Signal(process.Id, SigInt));

    /// <summary>Asks it to end, as an operating system or a container's does (SIGTERM).</summary>
    public void Terminate() => Assert.Equal(0, Signal(process.Id, SigTerm));

    /// <summary>Freezes it (SIGSTOP): it keeps its memory and its connections, and does nothing.</summary>
    public void Freeze() => Assert.Equal(0, Signal(process.Id, SigStop));

    /// <summary>Lets it go on (SIGCONT), as if no time had passed.</summary>
    public void Thaw() => Assert.Equal(0, Signal(process.Id, SigCont));

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> Exit(TimeSpan patience)
    {
        using var cancellation = new CancellationTokenSource(patience);
        await process.WaitForExitAsync(cancellation.Token);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await Kill();
        process.Dispose();
    }

    private static Dictionary<string, string> Usual(string directory) => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Development",
        ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
        ["Ticketing__DataDirectory"] = directory,
        ["Ticketing__PaymentsEverySeconds"] = "1",
        ["Ticketing__NotificationsEverySeconds"] = "1",
        ["Ticketing__SimulatedPaymentDelayMilliseconds"] = "0",
        ["Ticketing__BackupsEveryMinutes"] = "0",
        ["Ticketing__PasswordCost"] = "4",
        ["JWT_EXTERNAL_SIGNATURE"] = Jwt.ExternalKey,
        ["JWT_INTERNAL_SIGNATURE"] = Jwt.InternalKey,
        ["ADMIN_EMAIL"] = Server.AdminEmail,
        ["ADMIN_PASSWORD"] = Server.AdminPassword,
    };

    private static string Short(string line) => line.Length <= 500 ? line : line[..500];

    private void Note(List<string> lines, string? line)
    {
        if (line is null) return;
        lock (gate) lines.Add(line);
        if (ApiLine().Match(line) is { Success: true } match) ready.TrySetResult(new Uri(match.Groups[1].Value));
    }

    private string[] Lines(List<string> lines)
    {
        lock (gate) return [.. lines];
    }

    [GeneratedRegex(@"^  (?:API|Health) +(http://[^/]+)/(?:api|health/ready)$")]
    private static partial Regex ApiLine();

    [GeneratedRegex("^[0-9:]{8} (warn|fail|crit): |Unhandled exception")]
    private static partial Regex Fault();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
