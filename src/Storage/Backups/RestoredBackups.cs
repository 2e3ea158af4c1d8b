using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Backups;

namespace Ticketing.Storage.Backups;

/// <summary>
/// Notes again what is known of the backups whose complete files are in the installation's own directory, the restored set among them when it lies there: so they are listed, verified and
/// pruned, and the schedule does not take their names anew. They count as ended now, so that none is pruned before whoever restored had time to look.
/// </summary>
internal sealed class RestoredBackups(IEngine engine, BackupDirectory directory, Restored restored, DateTimeOffset now)
{
    private readonly UnitGroup group = new(engine);
    private readonly HashSet<RecordId> known = [];

    /// <summary>Adopts them. What is no complete backup is left alone.</summary>
    /// <returns>How many were adopted.</returns>
    public long Adopt(Action<long> progress, CancellationToken cancellation)
    {
        foreach (var path in Files())
        {
            cancellation.ThrowIfCancellationRequested();
            if (Read(path) is { } backup && known.Add(backup.Id.Value)) Note(backup);
            else restored.BackupsLeftAlone++;
            progress(known.Count);
        }

        group.Flush();
        return restored.Backups = known.Count;
    }

    private IEnumerable<string> Files()
    {
        if (!Directory.Exists(directory.Path)) return [];
        return Directory.EnumerateDirectories(directory.Path).Where(BackupSet.IsMoment)
            .SelectMany(moment => Directory.EnumerateFiles(moment, "*" + BackupDirectory.Extension)).Order(StringComparer.Ordinal);
    }

    private BackupRecord? Read(string path)
    {
        if (!BackupCheck.IsComplete(path) || !Enum.TryParse<BackupService>(Path.GetFileName(path).Split('-')[0], out var service)) return null;
        try
        {
            using var reader = new BackupReader(path, service);
            reader.Skip();
            // One that was renamed or moved would not be found under its own name.
            if (directory.FileOf(reader.Backup) != path) return null;
            return new(reader.Backup.Id, service, BackupStatus.Completed, reader.Backup.CreatedAt, now, reader.Records, new FileInfo(path).Length, BackupCheck.NotedChecksum(path));
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Note(BackupRecord backup)
    {
        var state = new BackupState { Backup = backup };
        group.Add(new WriteUnit(new(Tables.Backups, WriteRule.IfExpected, 0, Tables.Backups.Key(state), Versions.Next(), Tables.Backups.Write(state))));
    }
}
