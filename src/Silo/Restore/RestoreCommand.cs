using System.Runtime.InteropServices;
using Ticketing.ApiGateway;
using Ticketing.Storage;
using Ticketing.Storage.Backups;
using Ticketing.Storage.Sqlite;

namespace Ticketing.Silo.Restore;

/// <summary>
/// Brings an empty installation back from a set of backups. Works in a directory beside the database's place; what was made there takes that place in one
/// step, after everything was proven. Until then, and when anything goes wrong, the installation is as empty as before.
/// </summary>
internal static class RestoreCommand
{
    private const string Workplace = "restoring";
    private const string Database = "ticketing.db";

    /// <summary>Runs it.</summary>
    /// <param name="arguments">A set or the directory of all sets, and settings like <c>--name=value</c>.</param>
    /// <param name="read">Reads settings: the installation, as it will be served.</param>
    /// <param name="output">Where progress and the report go.</param>
    /// <param name="errors">Where the one line goes that says why nothing was restored.</param>
    /// <returns>0, or 1 when nothing was restored.</returns>
    public static async Task<int> Run(string[] arguments, Func<string[], Settings> read, TextWriter output, TextWriter errors)
    {
        using var interrupted = new CancellationTokenSource();
        using var ctrlC = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        try
        {
            if (arguments is not [var directory, .. var further] || directory.Length == 0 || directory.StartsWith('-'))
                throw new SettingsException("restore needs a directory: that of a set of backups, or of all");
            if (further.FirstOrDefault(one => !one.StartsWith("--", StringComparison.Ordinal) || !one.Contains('=', StringComparison.Ordinal)) is { } strange)
                throw new SettingsException($"restore takes one directory, and does not know what '{strange}' is");
            var settings = read(further);
            var set = BackupSet.In(directory);
            using var ownership = SqliteEngine.Own(settings.DataDirectory);
            if (Directory.EnumerateFiles(settings.DataDirectory, Database + "*").Any())
                throw new SettingsException($"{settings.DataDirectory} holds a database already; a backup is restored into an empty data directory");
            await output.WriteLineAsync($"{set.Directory} is restored into {settings.DataDirectory}");
            await output.WriteLineAsync();
            var restored = await Restore(set, settings, output, interrupted.Token);
            RestoreReport.Write(output, restored);
            return 0;
        }
        catch (Exception e) when (e is InvalidDataException or StorageException or SettingsException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            var reason = e is OperationCanceledException ? "it was interrupted" : e.Message.ReplaceLineEndings("\n").Split('\n')[0];
            await errors.WriteLineAsync($"Nothing was restored: {reason}");
            return 1;
        }

        void Interrupt(PosixSignalContext context)
        {
            context.Cancel = true;
            interrupted.Cancel();
        }
    }

    private static async Task<Restored> Restore(BackupSet set, Settings settings, TextWriter output, CancellationToken interrupted)
    {
        var data = settings.DataDirectory;
        var backups = new BackupDirectory(settings.BackupDirectory);
        var workplace = Path.Combine(data, Workplace);
        Remove(workplace);
        try
        {
            Restored restored;
            using (var engine = new SqliteEngine(workplace))
                restored = await Task.Run(() => new Restoration(set, backups, engine, TimeProvider.System, output.WriteLine).Run(interrupted), interrupted);
            var made = Path.Combine(workplace, Database);
            if (Directory.EnumerateFiles(workplace, Database + "-*").Any()) throw new StorageException($"{made} could not be closed");
            using (var file = new FileStream(made, FileMode.Open, FileAccess.ReadWrite)) file.Flush(flushToDisk: true);
            File.Move(made, Path.Combine(data, Database));
            return restored;
        }
        finally
        {
            Remove(workplace);
        }
    }

    private static void Remove(string directory)
    {
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
    }
}
