using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Ticketing.OnSale.Rivals;

/// <summary>A PostgreSQL of this run's own: a cluster in a directory of its own, reached through a socket there and by no port, gone at the end.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "postgres";

    // Durable as PostgreSQL is by default, which is said here so that nobody need look it up. A quarter of a gigabyte of buffers holds all that is sold here, and a log of this
    // size no checkpoint interrupts.
    private static readonly string[] Settings =
    [
        "fsync=on", "synchronous_commit=on", "full_page_writes=on", "shared_buffers=256MB", "max_wal_size=4GB", "max_connections=100", "listen_addresses=",
    ];

    private static readonly string[] Needed = ["initdb", "postgres", "pg_ctl"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly string programs;
    private readonly DataDirectory directory = new();
    private readonly List<string> said = [];
    private Process? process;

    private PostgresServer(string programs) => this.programs = programs;

    /// <summary>How it is reached.</summary>
    public string Database => new NpgsqlConnectionStringBuilder { Host = directory.Path, Username = User, Database = User }.ToString();

    private string Data => Path.Combine(directory.Path, "data");

    /// <summary>Starts it.</summary>
    /// <returns>The server, or why there is none.</returns>
    public static async Task<(PostgresServer? Server, string? Why)> Start()
    {
        if (Programs() is not { } programs) return (null, "there is no PostgreSQL on this machine (Debian: apt install postgresql)");
        var server = new PostgresServer(programs);
        try
        {
            await server.Begin();
            return (server, null);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception or NpgsqlException)
        {
            await server.DisposeAsync();
            return (null, $"PostgreSQL cannot be started: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= Abandon;
        if (process is { HasExited: false })
        {
            // Nothing of it is wanted any more.
            await Run("pg_ctl", "stop", "-m", "immediate", "-D", Data);
            process.Kill();
            await process.WaitForExitAsync();
        }

        process?.Dispose();
        directory.Dispose();
    }

    private async Task Begin()
    {
        // PostgreSQL refuses to run as root, but not as the user that Debian makes for it.
        if (Environment.IsPrivilegedProcess) await Must(Command("chown", [$"{User}:", directory.Path]));
        await Must(AsUser("initdb", "-D", Data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"));
        process = Process.Start(AsUser("postgres", ["-D", Data, "-k", directory.Path, .. Settings.SelectMany(setting => new[] { "-c", setting })]))!;
        AppDomain.CurrentDomain.ProcessExit += Abandon;
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (var began = Stopwatch.GetTimestamp(); !await Answers(); await Task.Delay(Look, TimeProvider.System))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > Patience) throw new InvalidOperationException(Said());
        }
    }

    private async Task<bool> Answers()
    {
        try
        {
            await using var connection = new NpgsqlConnection(Database + ";Pooling=false");
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>When this process ends before its time.</summary>
    private void Abandon(object? sender, EventArgs e) => process?.Kill();

    private void Note(string? line)
    {
        lock (said)
        {
            if (line is not null) said.Add(line);
        }
    }

    private string Said()
    {
        lock (said) return said.Count == 0 ? "it says nothing" : said[^1];
    }

    private Task<(int Code, string Said)> Run(string program, params string[] arguments) => Run(AsUser(program, arguments));

    private static async Task Must(ProcessStartInfo start)
    {
        var (code, said) = await Run(start);
        if (code != 0) throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{start.FileName} ended with {code}: {said}"));
    }

    private static async Task<(int Code, string Said)> Run(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var said = await errors + await output;
        await process.WaitForExitAsync();
        return (process.ExitCode, said.Trim());
    }

    private ProcessStartInfo AsUser(string program, params string[] arguments)
    {
        var path = Path.Combine(programs, program);
        return Environment.IsPrivilegedProcess ? Command("setpriv", [$"--reuid={User}", $"--regid={User}", "--clear-groups", "--", path, .. arguments]) : Command(path, arguments);
    }

    private ProcessStartInfo Command(string program, string[] arguments) =>
        new(program, arguments) { WorkingDirectory = directory.Path, RedirectStandardOutput = true, RedirectStandardError = true };

    /// <summary>Where its programs are: of Debian's the newest, which are not on the path; else those that are.</summary>
    private static string? Programs()
    {
        const string Debian = "/usr/lib/postgresql";
        var installed = Directory.Exists(Debian) ? Directory.GetDirectories(Debian).OrderByDescending(Version).Select(one => Path.Combine(one, "bin")) : [];
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return installed.Concat(onPath).FirstOrDefault(one => Needed.All(program => File.Exists(Path.Combine(one, program))));

        static int Version(string directory) => int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
    }
}
