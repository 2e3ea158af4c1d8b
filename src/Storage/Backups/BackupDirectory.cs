using System.Globalization;
using Ticketing.Grains.Backups;

namespace Ticketing.Storage.Backups;

/// <summary>Where the backups' files are: a directory for each moment, so that a set lies together.</summary>
/// <param name="Path">The directory; made when the first backup is written, for this user alone.</param>
public sealed record BackupDirectory(string Path)
{
    /// <summary>The end of the name of a file with a backup.</summary>
    internal const string Extension = ".jsonl.gz";

    /// <summary>What is added to a file's name for its checksum, in the format of <c>sha256sum</c>.</summary>
    internal const string ChecksumExtension = ".sha256";

    private const string Moment = "yyyyMMdd'T'HHmmss'Z'";
    private const UnixFileMode OnlyMine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The file of a backup. Two of one service in one second differ by their ids.</summary>
    internal string FileOf(BackupFile file) => System.IO.Path.Combine(
        Path, file.CreatedAt.UtcDateTime.ToString(Moment, CultureInfo.InvariantCulture), $"{file.Service}-{file.Id}{Extension}");

    /// <summary>A directory that holds e-mail addresses and password hashes is for this user alone.</summary>
    internal static void Make(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
            return;
        }

        // The mode is given to the last directory alone.
        if (System.IO.Path.GetDirectoryName(directory) is { } parent && !Directory.Exists(parent)) Make(parent);
        Directory.CreateDirectory(directory, OnlyMine);
    }
}
