using System.Diagnostics;

namespace Ticketing.Compose.Tests;

/// <summary>The script <c>deploy/update</c>, with a program in Docker's place that notes what it was told.</summary>
public sealed class UpdateTests : IDisposable
{
    /// <summary>Knows of containers only their ids, in a file; a new one that is not to become healthy stays, and the command fails.</summary>
    private const string Docker = """
        #!/bin/sh
        case "$1 $2" in
          'compose ps') cat running ;;
          'compose build') echo "$COMPOSE_FILE: $*" >> told ;;
          'compose up')
            echo "$*" >> told
            echo "new-$(wc -l < told)" >> running
            [ ! -e broken ] ;;
          logs*) echo "the last words of $4" ;;
          *)
            echo "$*" >> told
            for last; do :; done
            grep -vx "$last" running > left
            mv left running ;;
        esac
        """;

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("compose-update-");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public void A_new_one_is_healthy_before_an_old_one_is_stopped()
    {
        // It is a script for the shell of a server.
        if (OperatingSystem.IsWindows()) return;
        var (code, told, _) = Run(["old-1", "old-2"], "silo");
        Assert.Equal(0, code);
        const string Up = "compose up --detach --no-deps --no-build --no-recreate --wait --wait-timeout 180 --scale silo=3 silo";
        Assert.Equal(["docker-compose.prod.yml: compose build silo", Up, "stop old-1", "rm old-1", Up, "stop old-2", "rm old-2"], told);
        Assert.Equal(["new-2", "new-5"], Running());
    }

    [Fact]
    public void Silos_come_before_gateways()
    {
        if (OperatingSystem.IsWindows()) return;
        var (code, told, _) = Run(["old"]);
        Assert.Equal(0, code);
        Assert.Equal("docker-compose.prod.yml: compose build silo gateway", told[0]);
        Assert.Equal(["silo", "gateway"], told.Where(line => line.StartsWith("compose up", StringComparison.Ordinal)).Select(line => line.Split(' ')[^1]));
    }

    [Fact]
    public void A_new_one_that_does_not_become_healthy_goes_and_the_old_ones_stay()
    {
        if (OperatingSystem.IsWindows()) return;
        File.WriteAllText(Path.Combine(directory.FullName, "broken"), "");
        var (code, told, errors) = Run(["old-1", "old-2"], "gateway");
        Assert.Equal(1, code);
        Assert.Equal("rm --force new-2", told[^1]);
        Assert.DoesNotContain(told, line => line.StartsWith("stop", StringComparison.Ordinal));
        Assert.Equal(["old-1", "old-2"], Running());
        Assert.Contains("the last words of new-2", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_none_runs_there_is_nothing_to_replace()
    {
        if (OperatingSystem.IsWindows()) return;
        var (code, _, errors) = Run([], "silo");
        Assert.Equal((1, "No silo runs: start it by docker compose up\n"), (code, errors));
    }

    private string[] Running() => File.ReadAllLines(Path.Combine(directory.FullName, "running"));

    private (int Code, string[] Told, string Errors) Run(string[] running, params string[] arguments)
    {
        var (docker, script) = (Path.Combine(directory.FullName, "docker"), Directory.CreateDirectory(Path.Combine(directory.FullName, "deploy")));
        File.WriteAllText(docker, Docker.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(docker, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        File.WriteAllLines(Path.Combine(directory.FullName, "running"), running);
        // A copy, since it goes to the directory above its own.
        File.WriteAllText(Path.Combine(script.FullName, "update"), Repository.Read("deploy/update"));
        var start = new ProcessStartInfo("bash", [Path.Combine(script.FullName, "update"), .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{directory.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment.Remove("COMPOSE_FILE");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, File.ReadAllLines(Path.Combine(directory.FullName, "told")), errors);
    }
}
