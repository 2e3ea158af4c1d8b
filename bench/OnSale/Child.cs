using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Ticketing.OnSale;

/// <summary>A server in a process of its own: this program again, in the part that <see cref="Serving.Server"/> plays. It is told what to do line by line.</summary>
internal sealed class Child : IAsyncDisposable
{
    /// <summary>What its answers begin with; other lines are its log.</summary>
    public const string Mark = "@ ";

    private const int FewMethods = 25;
    // It also rests for a while before it begins anew.
    private const int QuietTurns = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Process process;
    private readonly List<string> log = [];

    private Child(Process process) => this.process = process;

    /// <summary>Where it serves HTTP.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>What it wrote besides answers.</summary>
    public IReadOnlyList<string> Log => log;

    /// <summary>Starts a server and waits until it serves.</summary>
    /// <param name="part">What it serves: see <see cref="Serving.Server"/>.</param>
    /// <param name="environment">Its settings.</param>
    public static async Task<Child> Start(string part, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // Started by `dotnet`, the program is the first argument of that.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        start.ArgumentList.Add("serve");
        start.ArgumentList.Add(part);
        // What the generator is told of its sockets is not meant for the server.
        foreach (var name in Benchmark.OfSockets) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var child = new Child(Process.Start(start)!);
        try
        {
            child.Address = new((string)(await child.Answer())["address"]!);
            return child;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>Tells it to do something.</summary>
    /// <param name="command">The command's name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>Its answer.</returns>
    public async Task<JsonNode> Ask(string command, JsonObject? arguments = null)
    {
        arguments ??= [];
        arguments["do"] = command;
        await process.StandardInput.WriteLineAsync(arguments.ToJsonString());
        await process.StandardInput.FlushAsync();
        return await Answer();
    }

    /// <summary>Has something done again and again until the server's compiler rests: code that runs often is compiled once more, for speed, while it runs.</summary>
    /// <param name="scale">How often at most.</param>
    /// <param name="once">What.</param>
    public async Task Warm(Scale scale, Func<Task> once)
    {
        var compiled = await Compiled();
        var quiet = 0;
        for (var turn = 1; turn <= scale.Warmups && quiet < QuietTurns; turn++)
        {
            await once();
            var now = await Compiled();
            quiet = now - compiled < FewMethods ? quiet + 1 : 0;
            compiled = now;
        }

        async Task<int> Compiled() => (int)(await Ask("compiled"))["methods"]!;
    }

    /// <summary>Ends it in order.</summary>
    public async Task Stop()
    {
        process.StandardInput.Close();
        await ReadToEnd();
        await process.WaitForExitAsync().WaitAsync(Patience);
        if (process.ExitCode != 0) throw new BrokenServer($"a server ended with {process.ExitCode}", log);
    }

    /// <summary>Ends it at once, as kill -9 does.</summary>
    public async Task Kill()
    {
        process.Kill();
        await ReadToEnd();
        await process.WaitForExitAsync().WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    /// <summary>What it writes while it ends belongs to its log.</summary>
    private async Task ReadToEnd()
    {
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line) log.Add(line);
    }

    private async Task<JsonNode> Answer()
    {
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (!line.StartsWith(Mark, StringComparison.Ordinal))
            {
                log.Add(line);
                continue;
            }

            var answer = JsonNode.Parse(line[Mark.Length..])!;
            return answer is JsonObject said && said.TryGetPropertyValue("fault", out var fault) ? throw new BrokenServer((string)fault!, log) : answer;
        }

        throw new BrokenServer("a server ended", log);
    }
}

/// <summary>A server failed.</summary>
internal sealed class BrokenServer(string message, params IEnumerable<string> log) : Exception(string.Join('\n', log.TakeLast(20).Prepend(message)));
