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
            using var place = new SqliteWorkplace(settings.DataDirectory, Workplace, "a backup is restored into an empty data directory");
            await output.WriteLineAsync($"{set.Directory} is restored into {settings.DataDirectory}");
            await output.WriteLineAsync();
            var restored = await Restore(set, settings, place, output, interrupted.Token);
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

    private static async Task<Restored> Restore(BackupSet set, Settings settings, SqliteWorkplace place, TextWriter output, CancellationToken interrupted)
    {
        var backups = new BackupDirectory(settings.BackupDirectory);
        var restored = await Task.Run(() => new Restoration(set, backups, place.Engine, TimeProvider.System, output.WriteLine).Run(interrupted), interrupted);
        place.Complete();
        return restored;
    }
}
