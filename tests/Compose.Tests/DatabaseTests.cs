using System.Diagnostics;

namespace Ticketing.Compose.Tests;

/// <summary>MongoDB as a replica set of one, with accounts and a key.</summary>
public class DatabaseTests
{
    [Theory]
    [MemberData(nameof(ComposeFile.Both), MemberType = typeof(ComposeFile))]
    public void It_is_a_replica_set_with_a_key_in_a_volume_and_an_account(string file)
    {
        var database = ComposeFile.Of(file).Services["database"];
        Assert.Equal(["mongod", "--replSet", "rs0", "--bind_ip_all", "--keyFile", "/data/configdb/key"], database.List("command"));
        var account = new Dictionary<string, string> { ["DATABASE_ROOT_USERNAME"] = "ada", ["DATABASE_ROOT_PASSWORD"] = "lovelace" };
        Assert.Equal("ada", Variables.Resolve(database.Environment["MONGO_INITDB_ROOT_USERNAME"]!, account));
        Assert.Equal("lovelace", Variables.Resolve(database.Environment["MONGO_INITDB_ROOT_PASSWORD"]!, account));
    }

    [Theory]
    [MemberData(nameof(ComposeFile.Both), MemberType = typeof(ComposeFile))]
    public void The_programs_log_in_with_its_account_or_go_to_the_database_that_is_named(string file)
    {
        var account = new Dictionary<string, string> { ["DATABASE_ROOT_USERNAME"] = "ada", ["DATABASE_ROOT_PASSWORD"] = "lovelace" };
        var named = new Dictionary<string, string>(account) { ["DATABASE_URL"] = "mongodb://elsewhere/?replicaSet=rs1" };
        foreach (var program in ComposeFile.Of(file).Programs)
        {
            Assert.Equal("mongodb://ada:lovelace@database:27017/ticketing?replicaSet=rs0&authSource=admin", Variables.Resolve(program.Environment["DATABASE_URL"]!, account));
            Assert.Equal("mongodb://elsewhere/?replicaSet=rs1", Variables.Resolve(program.Environment["DATABASE_URL"]!, named));
        }
    }

    [Fact]
    public void The_script_of_the_entrypoint_makes_a_key_once_for_mongods_user_alone_and_goes_on_with_the_images_own()
    {
        Assert.Equal(ComposeFile.Development.Services["database"].List("entrypoint"), ComposeFile.Production.Services["database"].List("entrypoint"));
        // It is a script for the shell of the image.
        if (OperatingSystem.IsWindows()) return;
        var directory = Directory.CreateTempSubdirectory("compose-key-");
        try
        {
            var (first, second) = (Run(directory.FullName), Run(directory.FullName));
            Assert.Equal((0, "mongod --keyFile with blanks"), (first.ExitCode, first.Arguments));
            Assert.Equal("999:999", first.Owner);
            // Mongod takes 6 to 1024 characters of base64.
            Assert.Matches("^[A-Za-z0-9+/=]{1008}$", first.Key);
            Assert.Equal(UnixFileMode.UserRead, first.Mode);
            Assert.Equal(first, second);
            Assert.Equal(["chown", "docker-entrypoint.sh", "key", "owner"], directory.EnumerateFiles().Select(file => file.Name).Where(name => name != "arguments").Order());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static Start Run(string directory)
    {
        foreach (var (name, script) in new[] { ("chown", "echo \"$1\" > owner"), ("docker-entrypoint.sh", "echo \"$@\" > arguments") })
        {
            File.WriteAllText(Path.Combine(directory, name), $"#!/bin/sh\n{script}\n");
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path.Combine(directory, name), UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        }

        var entrypoint = ComposeFile.Production.Services["database"].List("entrypoint").Select(part => Variables.Resolve(part, Variables.None).Replace("/data/configdb/", "", StringComparison.Ordinal));
        var start = new ProcessStartInfo(entrypoint.First(), [.. entrypoint.Skip(1), "mongod", "--keyFile", "with blanks"]) { WorkingDirectory = directory };
        start.Environment["PATH"] = $"{directory}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return new(process.ExitCode, Read("arguments"), Read("owner"), Read("key"), OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(Path.Combine(directory, "key")));

        string Read(string name) => File.ReadAllText(Path.Combine(directory, name)).TrimEnd('\n');
    }

    private sealed record Start(int ExitCode, string Arguments, string Owner, string Key, UnixFileMode Mode);
}
