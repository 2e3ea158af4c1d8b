using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Backups;
using Ticketing.Grains.Events;

namespace Ticketing.Storage.Backups;

/// <summary>Writes a backup's file line by line. Beside its name until it is complete and flushed.</summary>
internal sealed class BackupWriter : IDisposable
{
    private const string Draft = ".draft";
    private const UnixFileMode OnlyMine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string name;
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> line = new();
    private readonly Utf8JsonWriter json;
    private readonly IncrementalHash content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SHA256 checksum = SHA256.Create();
    private readonly FileStream file;
    private readonly CryptoStream hashed;
    private readonly GZipStream stream;

    /// <summary>Begins a file; what an interrupted attempt left is overwritten.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public BackupWriter(string name, BackupFile backup)
    {
        this.name = name;
        BackupDirectory.Make(Path.GetDirectoryName(name)!);
        file = Create(name + Draft);
        hashed = new CryptoStream(file, checksum, CryptoStreamMode.Write, leaveOpen: true);
        stream = new GZipStream(hashed, CompressionLevel.Fastest, leaveOpen: true);
        json = new Utf8JsonWriter(line, BackupFormat.Options);
        WriteHeader(backup);
    }

    /// <summary>Removes a file, its checksum first, and what an interrupted attempt left of it.</summary>
    public static void Delete(string name)
    {
        if (!Directory.Exists(Path.GetDirectoryName(name))) return;
        File.Delete(name + BackupDirectory.ChecksumExtension);
        File.Delete(name);
        File.Delete(name + Draft);
    }

    public void Write(RecordTable table, Row row)
    {
        BackupFormat.Write(json, table, row);
        Count(table.Name);
        EndLine();
    }

    public void Write(EventKey journal, JournalBatch batch)
    {
        BackupFormat.Write(json, journal, batch);
        Count(BackupFormat.Journal);
        EndLine();
    }

    /// <summary>Ends the file, flushes it to the disk and gives it its name. Its checksum beside it comes last: only with that it is complete.</summary>
    /// <param name="records">How many records the list showed.</param>
    public BackupSeal Finish(long records)
    {
        WriteFooter(records);
        stream.Dispose();
        hashed.FlushFinalBlock();
        file.Flush(flushToDisk: true);
        var seal = new BackupSeal(records, file.Length, Convert.ToHexStringLower(checksum.Hash!));
        file.Dispose();
        File.Delete(name + BackupDirectory.ChecksumExtension);
        File.Move(name + Draft, name, overwrite: true);
        using (var beside = Create(name + BackupDirectory.ChecksumExtension + Draft))
        {
            beside.Write(System.Text.Encoding.UTF8.GetBytes($"{seal.Checksum}  {Path.GetFileName(name)}\n"));
            beside.Flush(flushToDisk: true);
        }

        File.Move(name + BackupDirectory.ChecksumExtension + Draft, name + BackupDirectory.ChecksumExtension);
        return seal;
    }

    /// <summary>Gives up what was not finished, and its room on the disk.</summary>
    public void Dispose()
    {
        try
        {
            stream.Dispose();
            hashed.Dispose();
            file.Dispose();
        }
        catch (IOException)
        {
            // What made the attempt fail has been told already.
            file.SafeFileHandle.Dispose();
        }

        File.Delete(name + Draft);
        json.Dispose();
        content.Dispose();
        checksum.Dispose();
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 1 << 17 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OnlyMine;
        return new FileStream(path, options);
    }

    private void WriteHeader(BackupFile backup)
    {
        json.WriteStartObject();
        json.WriteString(BackupFormat.Format, BackupFormat.Name);
        json.WriteNumber(BackupFormat.VersionOfFormat, BackupFormat.Version);
        json.WriteString(BackupFormat.Program, $"Ticketing {typeof(BackupWriter).Assembly.GetName().Version}");
        json.WriteString(BackupFormat.Service, backup.Service.ToString());
        json.WriteNumber(BackupFormat.CreatedAt, backup.CreatedAt.ToUnixTimeMilliseconds());
        json.WriteString(BackupFormat.Id, backup.Id.ToString());
        json.WriteEndObject();
        EndLine();
    }

    private void WriteFooter(long records)
    {
        json.WriteStartObject();
        json.WriteStartObject(BackupFormat.End);
        foreach (var (table, count) in counts) json.WriteNumber(table, count);
        json.WriteEndObject();
        json.WriteNumber(BackupFormat.Records, records);
        json.WriteString(BackupFormat.Hash, Convert.ToHexStringLower(content.GetHashAndReset()));
        json.WriteEndObject();
        EndLine();
    }

    private void Count(string table) => counts[table] = counts.GetValueOrDefault(table) + 1;

    private void EndLine()
    {
        json.Flush();
        line.Write("\n"u8);
        content.AppendData(line.WrittenSpan);
        stream.Write(line.WrittenSpan);
        line.ResetWrittenCount();
        json.Reset();
    }
}
