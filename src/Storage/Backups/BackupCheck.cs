using System.Security.Cryptography;
using System.Text.Json;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Backups;
using Ticketing.Grains.Events;

namespace Ticketing.Storage.Backups;

/// <summary>Whether a backup's file is what was written. What is wrong is told by an <see cref="InvalidDataException"/>.</summary>
internal static class BackupCheck
{
    /// <summary>Compares a file with its length and checksum.</summary>
    public static void Seal(string path, BackupSeal seal)
    {
        var name = Path.GetFileName(path);
        if (!File.Exists(path)) throw new InvalidDataException($"{name} is missing");
        var (bytes, checksum) = Measure(path);
        if (bytes != seal.Bytes) throw new InvalidDataException($"{name} is damaged: it has {bytes} bytes, not {seal.Bytes}");
        if (checksum != seal.Checksum) throw new InvalidDataException($"{name} is damaged: its checksum is not the one that was noted");
    }

    /// <summary>Compares a file with the checksum beside it.</summary>
    public static void Checksum(string path)
    {
        var name = Path.GetFileName(path);
        if (Measure(path).Checksum != NotedChecksum(path)) throw new InvalidDataException($"{name} is damaged: its checksum is not the one in {name}{BackupDirectory.ChecksumExtension}");
    }

    /// <summary>The seal of a file that is complete already: its checksum is beside it, and is its own.</summary>
    /// <returns>The seal, or nothing when there is no such file or its bytes are no longer those that were written.</returns>
    /// <exception cref="IOException">The file is another backup, or one of another program: it must not be replaced.</exception>
    public static BackupSeal? Kept(string path, BackupFile file)
    {
        if (!IsComplete(path)) return null;
        var (bytes, checksum) = Measure(path);
        if (checksum != NotedChecksum(path)) return null;
        try
        {
            using var reader = new BackupReader(path, file.Service);
            reader.Skip();
            if (reader.Backup.Id == file.Id) return new(reader.Records, bytes, checksum);
        }
        catch (InvalidDataException e)
        {
            throw new IOException($"{path} is complete and cannot be read by this program; it is left alone: {e.Message}", e);
        }

        throw new IOException($"{path} is another backup; it is left alone");
    }

    /// <summary>Whether a file was finished: its checksum is beside it.</summary>
    public static bool IsComplete(string path) => File.Exists(path) && File.Exists(path + BackupDirectory.ChecksumExtension);

    /// <summary>The checksum beside a file.</summary>
    public static string NotedChecksum(string path) => File.ReadAllText(path + BackupDirectory.ChecksumExtension).Split(' ')[0];

    /// <summary>Reads a file to its end. Every record must be readable; of events, every ledger is replayed and must come out as its record.</summary>
    /// <returns>How many records the list of the service showed.</returns>
    public static long Contents(string path, BackupService service, CancellationToken cancellation)
    {
        var contents = Backups.Contents.Of(service);
        var records = 0L;
        using var reader = new BackupReader(path, service);
        var ledgers = new Ledgers(Path.GetFileName(path));
        while (reader.Next() is { } line)
        {
            cancellation.ThrowIfCancellationRequested();
            switch (line)
            {
                case BackupRow { Table: var table, Row: var row }:
                    if (table == contents.Tables[0] && Shows(contents, row, path)) records++;
                    if (table == Tables.Events) ledgers.Expect(row);
                    break;
                case BackupBatch batch:
                    ledgers.Begin(batch.Journal).Add(batch.Batch);
                    break;
                default: throw new InvalidOperationException($"no check of {line.GetType().Name}");
            }
        }

        ledgers.End();
        if (records != reader.Records) throw new InvalidDataException($"{Path.GetFileName(path)} holds {records} records, not the {reader.Records} that it says");
        return records;
    }

    /// <summary>Whether the list of the service shows a record, which must be readable.</summary>
    public static bool Shows(Contents contents, Row row, string path)
    {
        try
        {
            return contents.Shows(row);
        }
        catch (Exception e) when (e is ArgumentException or InvalidCastException or NullReferenceException or OverflowException)
        {
            throw new InvalidDataException($"{Path.GetFileName(path)} is damaged: record {row.Key.Id} cannot be read: {e.Message}", e);
        }
    }

    private static (long Bytes, string Checksum) Measure(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return (file.Length, Convert.ToHexStringLower(SHA256.HashData(file)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{Path.GetFileName(path)} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The ledgers of a file, one after the other, each compared at its end with the event's record, of which a hash is kept.</summary>
    internal sealed class Ledgers(string name)
    {
        private readonly Dictionary<RecordId, byte[]> expected = [];
        private LedgerReplay? current;

        public void Expect(Row row) => expected.Add(row.Key.Id, HashOf(row));

        /// <summary>The replay that a batch of this journal continues, or begins.</summary>
        public LedgerReplay Begin(EventKey key)
        {
            if (current is { } same && same.Key == key) return same;
            EndCurrent();
            return current = new LedgerReplay(key);
        }

        /// <summary>Checks that each event had its journal.</summary>
        public void End()
        {
            EndCurrent();
            if (expected.Count > 0) throw new InvalidDataException($"{name} is damaged: event {expected.First().Key} has no journal");
        }

        private void EndCurrent()
        {
            if (current is null) return;
            if (!expected.Remove(current.Key.Value, out var hash)) throw new InvalidDataException($"{name} is damaged: event {current.Key} has a journal and no record, or two journals");
            if (current.Event is not { } record || !hash.AsSpan().SequenceEqual(HashOf(RowOf(record))))
                throw new InvalidDataException($"{name} is damaged: event {current.Key} is not what its ledger adds up to");
            current = null;
        }

        private static Row RowOf(EventChanged record) => new(Tables.Events.Key(record), record.Event.Version, Tables.Events.Write(record));

        private static byte[] HashOf(Row row)
        {
            using var bytes = new MemoryStream();
            using (var json = new Utf8JsonWriter(bytes, BackupFormat.Options)) BackupFormat.Write(json, Tables.Events, row);
            return SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        }
    }
}
