using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Backups;
using Ticketing.Grains.Events;

namespace Ticketing.Storage.Backups;

/// <summary>Something that a backup's file holds.</summary>
internal abstract record BackupLine;

/// <summary>A record.</summary>
internal sealed record BackupRow(RecordTable Table, Row Row) : BackupLine;

/// <summary>A batch of a journal.</summary>
internal sealed record BackupBatch(EventKey Journal, JournalBatch Batch) : BackupLine;

/// <summary>Reads a backup's file line by line. That it is whole is known only when <see cref="Next"/> has answered that there is no more.</summary>
internal sealed class BackupReader : IDisposable
{
    /// <summary>Far more than any line has: a batch of a journal has a few hundred kilobytes at most.</summary>
    private const int LongestLine = 64 << 20;

    private readonly string name;
    private readonly Contents contents;
    private readonly FileStream file;
    private readonly GZipStream stream;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Dictionary<string, long> counts = [];
    private byte[] buffer = new byte[1 << 17];
    private int start;
    private int end;
    private long lines;
    private bool finished;

    /// <summary>Opens a file and reads what it says it is.</summary>
    /// <exception cref="InvalidDataException">There is no such file, or it is something else.</exception>
    public BackupReader(string path, BackupService service)
    {
        name = Path.GetFileName(path);
        contents = Contents.Of(service);
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException(e is FileNotFoundException or DirectoryNotFoundException ? $"{name} is missing" : $"{name} cannot be read: {e.Message}", e);
        }

        stream = new GZipStream(file, CompressionMode.Decompress);
        try
        {
            Guarded(() =>
            {
                using var header = Line();
                ReadHeader(header.RootElement, service);
                return true;
            });
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Which backup the file says it is.</summary>
    public BackupFile Backup { get; private set; } = null!;

    /// <summary>The moment that the file is of, or one shortly before.</summary>
    public DateTimeOffset TakenAt { get; private set; }

    /// <summary>How many records the list of the service showed, as the file says at its end.</summary>
    public long Records { get; private set; }

    /// <summary>How many rows and batches there were so far.</summary>
    public long Count { get; private set; }

    /// <summary>The next row or batch, or nothing at the end of a file that is whole.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public BackupLine? Next() => finished ? null : Guarded(() =>
    {
        using var line = Line();
        var root = line.RootElement;
        if (root.TryGetProperty(BackupFormat.End, out var end))
        {
            CheckHash(root);
            CheckCounts(end);
            Finish(root);
            return null;
        }

        Count++;
        if (root.TryGetProperty(BackupFormat.Journal, out var journal))
        {
            Counted(BackupFormat.Journal);
            return new BackupBatch(EventKey.Parse(journal.GetString()!), BackupFormat.ReadBatch(root));
        }

        var word = root.GetProperty(BackupFormat.Table).GetString();
        var table = contents.Tables.FirstOrDefault(one => one.Name == word) ?? throw new InvalidDataException($"a record of the unknown table '{word}'");
        Counted(table.Name);
        return (BackupLine)new BackupRow(table, BackupFormat.ReadRow(root, table));
    });

    /// <summary>Goes to the end without looking at what rows and batches hold: it is known then that all lines are those that were written.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public void Skip() => Guarded(() =>
    {
        while (!finished)
        {
            var bytes = Bytes();
            if (!bytes.Span.StartsWith("{\"end\""u8))
            {
                hash.AppendData(bytes.Span);
                continue;
            }

            using var line = JsonDocument.Parse(bytes);
            CheckHash(line.RootElement);
            Finish(line.RootElement);
        }

        return true;
    });

    public void Dispose()
    {
        stream.Dispose();
        file.Dispose();
        hash.Dispose();
    }

    private void ReadHeader(JsonElement header, BackupService service)
    {
        if (header.GetProperty(BackupFormat.Format).GetString() != BackupFormat.Name) throw new InvalidDataException("it is no backup of this program");
        var version = header.GetProperty(BackupFormat.VersionOfFormat).GetInt32();
        if (version != BackupFormat.Version) throw new InvalidDataException($"it has format {version}; this program reads format {BackupFormat.Version}");
        var of = header.GetProperty(BackupFormat.Service).GetString();
        if (of != service.ToString()) throw new InvalidDataException($"it is a backup of {of}, not of {service}");
        var createdAt = DateTimeOffset.FromUnixTimeMilliseconds(header.GetProperty(BackupFormat.CreatedAt).GetInt64());
        Backup = new(BackupId.Parse(header.GetProperty(BackupFormat.Id).GetString()!), service, createdAt);
        TakenAt = DateTimeOffset.FromUnixTimeMilliseconds(header.GetProperty(BackupFormat.TakenAt).GetInt64());
    }

    private void CheckHash(JsonElement root)
    {
        if (root.GetProperty(BackupFormat.Hash).GetString() != Convert.ToHexStringLower(hash.GetHashAndReset()))
            throw new InvalidDataException("its lines are not those that were written");
    }

    private void CheckCounts(JsonElement said)
    {
        foreach (var table in said.EnumerateObject())
        {
            if (counts.GetValueOrDefault(table.Name) != table.Value.GetInt64())
                throw new InvalidDataException($"it holds {counts.GetValueOrDefault(table.Name)} of {table.Name}, not the {table.Value.GetInt64()} that it says");
        }

        if (said.GetPropertyCount() != counts.Count) throw new InvalidDataException("it holds more than it says");
    }

    private void Finish(JsonElement root)
    {
        if (start < end || stream.ReadByte() >= 0) throw new InvalidDataException("something follows its last line");
        Records = root.GetProperty(BackupFormat.Records).GetInt64();
        finished = true;
    }

    private void Counted(string table) => counts[table] = counts.GetValueOrDefault(table) + 1;

    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or JsonException or FormatException or InvalidOperationException or KeyNotFoundException or OverflowException or ArgumentException)
        {
            throw new InvalidDataException($"{name} is damaged at line {lines}: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>The next line. All but the last one are part of the hash in the last one.</summary>
    private JsonDocument Line()
    {
        var line = Bytes();
        var document = JsonDocument.Parse(line);
        if (!document.RootElement.TryGetProperty(BackupFormat.End, out _)) hash.AppendData(line.Span);
        return document;
    }

    private ReadOnlyMemory<byte> Bytes()
    {
        lines++;
        var scanned = start;
        int length;
        while ((length = buffer.AsSpan(scanned, end - scanned).IndexOf((byte)'\n')) < 0)
        {
            scanned = Fill(end - start);
        }

        var line = buffer.AsMemory(start, scanned + length + 1 - start);
        start += line.Length;
        return line;
    }

    /// <summary>Reads more, behind what is there already.</summary>
    /// <returns>Where the new bytes begin.</returns>
    private int Fill(int kept)
    {
        if (start > 0)
        {
            Buffer.BlockCopy(buffer, start, buffer, 0, kept);
            (start, end) = (0, kept);
        }

        if (end == buffer.Length)
        {
            if (buffer.Length >= LongestLine) throw new InvalidDataException("a line without an end");
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var read = stream.Read(buffer, end, buffer.Length - end);
        if (read == 0) throw new InvalidDataException("it ends before its last line");
        end += read;
        return end - read;
    }
}
