using System.Globalization;
using Ticketing.Grains.Abstractions.Backups;

namespace Ticketing.Storage.Backups;

/// <summary>A complete backup of each service, in one directory.</summary>
/// <param name="Directory">The directory.</param>
/// <param name="Files">The file of each service.</param>
public sealed record BackupSet(string Directory, IReadOnlyDictionary<BackupService, string> Files)
{
    /// <summary>Finds a set: the directory's own, or the newest complete one below it.</summary>
    /// <exception cref="InvalidDataException">There is none. The message is one line.</exception>
    public static BackupSet In(string directory)
    {
        try
        {
            if (!System.IO.Directory.Exists(directory)) throw new InvalidDataException($"there is no directory {directory}");
            if (System.IO.Directory.EnumerateFiles(directory, "*" + BackupDirectory.Extension).Any())
                return new(directory, Complete(directory, out var missing) ?? throw new InvalidDataException($"there is no complete backup of {missing} in {directory}"));
            foreach (var moment in System.IO.Directory.EnumerateDirectories(directory).Where(IsMoment).OrderDescending(StringComparer.Ordinal))
            {
                if (Complete(moment, out _) is { } files) return new(moment, files);
            }

            throw new InvalidDataException($"there is no complete set of backups in {directory}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{directory} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The newest file of each service that has its checksum, which comes last; nothing when one is missing.</summary>
    private static Dictionary<BackupService, string>? Complete(string directory, out BackupService missing)
    {
        var files = new Dictionary<BackupService, string>();
        foreach (var service in Enum.GetValues<BackupService>())
        {
            missing = service;
            var newest = System.IO.Directory.EnumerateFiles(directory, $"{service}-*{BackupDirectory.Extension}")
                .Where(BackupCheck.IsComplete).Max(StringComparer.Ordinal);
            if (newest is null) return null;
            files.Add(service, newest);
        }

        missing = default;
        return files;
    }

    /// <summary>Whether a directory bears the name of a moment.</summary>
    internal static bool IsMoment(string path) => DateTimeOffset.TryParseExact(
        Path.GetFileName(path), BackupDirectory.Moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);
}
