using System.Runtime.CompilerServices;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Backups;

namespace Ticketing.Storage.Backups;

/// <summary>The backups' contents as files. What takes long runs on a thread of its own, not on a grain's nor on one of the few that all grains and requests share.</summary>
internal sealed class BackupFiles(IEngine engine, BackupDirectory directory, TimeProvider? time = null) : IBackupFiles
{
    private const int RowsAtOnce = 500;
    // A batch of a journal has a few hundred kilobytes at most, mostly far less.
    private const int BatchesAtOnce = 16;

    public Task<BackupSeal> Write(BackupFile file, CancellationToken cancellation) => OnItsOwn(
        async () =>
        {
            try
            {
                var path = directory.FileOf(file);
                if (BackupCheck.Kept(path, file) is { } kept) return kept;
                using var writer = new BackupWriter(path, file, (time ?? TimeProvider.System).GetUtcNow());
                var records = await WriteRows(writer, file.Service, cancellation);
                return writer.Finish(records);
            }
            catch (UnauthorizedAccessException e)
            {
                throw new IOException(e.Message, e);
            }
        },
        cancellation);

    public async IAsyncEnumerable<BackupPage> Read(BackupFile file, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var contents = Contents.Of(file.Service);
        using var reader = await Task.Run(() => new BackupReader(directory.FileOf(file), file.Service), cancellation);
        while (await Task.Run(() => NextRows(reader, contents, cancellation), cancellation) is { Count: > 0 } rows) yield return contents.Page(rows);
    }

    public Task<string?> Verify(BackupFile file, BackupSeal seal, CancellationToken cancellation) => OnItsOwn(
        () =>
        {
            try
            {
                var path = directory.FileOf(file);
                BackupCheck.Seal(path, seal);
                var records = BackupCheck.Contents(path, file.Service, cancellation);
                return Task.FromResult(records == seal.Records ? null : $"{Path.GetFileName(path)} holds {records} records, not {seal.Records}");
            }
            catch (InvalidDataException e)
            {
                return Task.FromResult<string?>(e.Message);
            }
        },
        cancellation);

    public Task Delete(BackupFile file) => Task.Run(() =>
    {
        var path = directory.FileOf(file);
        BackupWriter.Delete(path);
        try
        {
            Directory.Delete(Path.GetDirectoryName(path)!);
        }
        catch (IOException)
        {
            // Others of the same moment are still there, or it is gone already.
        }
    });

    /// <summary>Runs work that takes minutes and hardly ever waits. Only a database that does wait would bring it back to the shared threads.</summary>
    private static Task<T> OnItsOwn<T>(Func<Task<T>> work, CancellationToken cancellation) =>
        Task.Factory.StartNew(work, cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    private async Task<long> WriteRows(BackupWriter writer, BackupService service, CancellationToken cancellation)
    {
        var contents = Contents.Of(service);
        var records = 0L;
        // Twenty-odd bytes an event are all that is kept in memory: a scan that lasted for all journals would hold up the database's own tidying.
        var journals = new List<(EventKey Key, long Version)>();
        foreach (var table in contents.Tables)
        {
            await foreach (var row in engine.Scan(table).WithCancellation(cancellation))
            {
                writer.Write(table, row);
                if (table == contents.Tables[0] && contents.Shows(row)) records++;
                if (table == Tables.Events) journals.Add((new EventKey(row.Key.Id), row.Version));
            }
        }

        foreach (var (key, version) in journals) await WriteJournal(writer, key, version, cancellation);
        return records;
    }

    /// <summary>
    /// A journal as far as its event's record knows it: the two were written together, and so all ledgers of the file are those of one moment, however much
    /// was sold while it was written.
    /// </summary>
    private async Task WriteJournal(BackupWriter writer, EventKey key, long version, CancellationToken cancellation)
    {
        var position = 0L;
        for (var number = 0L; position < version;)
        {
            cancellation.ThrowIfCancellationRequested();
            var batches = await engine.ReadJournal(key.Value, number, BatchesAtOnce);
            if (batches.Count == 0) throw new InvalidDataException($"event {key}: its journal ends at position {position}, its record at {version}");
            foreach (var batch in batches)
            {
                if (position == version) return;
                writer.Write(key, batch);
                (number, position) = (batch.Number, position + LedgerReplay.Positions(batch));
            }
        }
    }

    private static List<Row> NextRows(BackupReader reader, Contents contents, CancellationToken cancellation)
    {
        var rows = new List<Row>();
        while (rows.Count < RowsAtOnce && reader.Next() is { } line)
        {
            cancellation.ThrowIfCancellationRequested();
            if (line is BackupRow { Table: var table, Row: var row } && table == contents.Tables[0] && contents.Shows(row)) rows.Add(row);
        }

        return rows;
    }
}
