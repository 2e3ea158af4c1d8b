using System.Security.Cryptography;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Backups;
using Ticketing.Storage.Moving;
using Ticketing.Storage.Sqlite;

namespace Ticketing.Storage.Tests.Sqlite;

/// <summary>The files of a database as they lie on a disk, in memory, and what an engine that opens them finds.</summary>
internal sealed record Image(byte[] Database, byte[]? Log, byte[]? Index)
{
    public static Image Read(string directory)
    {
        var file = Path.Combine(directory, "ticketing.db");
        return new(Bytes(file)!, Bytes(file + "-wal"), Bytes(file + "-shm"));
    }

    /// <summary>Puts the files into an empty directory.</summary>
    public void Write(string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (var old in Directory.EnumerateFiles(directory)) File.Delete(old);
        var file = Path.Combine(directory, "ticketing.db");
        File.WriteAllBytes(file, Database);
        if (Log is not null) File.WriteAllBytes(file + "-wal", Log);
        if (Index is not null) File.WriteAllBytes(file + "-shm", Index);
    }

    /// <summary>Opens the files as the program does, and reads all that can be asked for.</summary>
    /// <param name="directory">Where the files are put.</param>
    /// <param name="further">What else is asked of an engine that is not refused.</param>
    /// <returns>All of it, in lines; or nothing, and the one line that refuses it.</returns>
    public async Task<(List<string>? Contents, string? Refusal)> Open(string directory, Func<IEngine, Task>? further = null)
    {
        Write(directory);
        SqliteEngine engine;
        try
        {
            engine = new SqliteEngine(directory);
        }
        catch (StorageException e)
        {
            var left = Read(directory);
            Assert.True(left.Database.AsSpan().SequenceEqual(Database), $"the refused database was changed: {e.Message}");
            Assert.True(left.Log.AsSpan().SequenceEqual(Log), $"the log of a refused database was changed: {e.Message}");
            return (null, e.Message);
        }

        using (engine)
        {
            try
            {
                var contents = await Contents(engine);
                if (further is not null) await further(engine);
                return (contents, null);
            }
            catch (Exception e) when (e is StorageException or InvalidDataException)
            {
                return (null, e.Message);
            }
        }
    }

    /// <summary>Every journal, replayed with its chain; every snapshot; every row of every table by its key, by a scan, and by each index.</summary>
    public static async Task<List<string>> Contents(IEngine engine)
    {
        var lines = new List<string>();
        await foreach (var key in engine.Journals())
        {
            var replay = new LedgerReplay(new EventKey(key));
            await foreach (var batch in engine.Batches(key))
            {
                replay.Add(batch);
                lines.Add(Line(Piece.Of(key, batch)));
            }

            lines.AddRange(replay.Tickets.Select(ticket => $"{ticket}"));
            if (await engine.ReadSnapshot(key) is { } snapshot) lines.Add(Line(Piece.Of(key, snapshot)));
        }

        foreach (var table in Tables.All)
        {
            var rows = new List<Row>();
            await foreach (var row in engine.Scan(table)) rows.Add(row);
            foreach (var row in rows) lines.Add($"{table.Name} {Line(Piece.Of((await engine.Find(table, row.Key))!))}");
            lines.AddRange((await engine.List(new(table, [], Cell.None, int.MaxValue))).Select(row => $"{table.Name} {Line(Piece.Of(row))}"));
            foreach (var index in table.Indexes) lines.AddRange(await Listed(engine, table, rows, index));
        }

        return lines;
    }

    /// <summary>What each value of an index finds.</summary>
    private static async Task<List<string>> Listed(IEngine engine, RecordTable table, List<Row> rows, string[] index)
    {
        var columns = index.Select(name => table.Columns.ToList().FindIndex(column => column.Name == name)).ToArray();
        var lines = new List<string>();
        foreach (var row in rows.DistinctBy(row => string.Join('/', columns.Select(column => Text(row.Members[column])))))
        {
            if (columns.Any(column => !row.Members[column].HasValue)) continue;
            Condition[] where = [.. index.Select((name, i) => new Condition(name, Test.Equal, row.Members[columns[i]]))];
            var found = await engine.List(new(table, where, Cell.None, int.MaxValue));
            lines.AddRange(found.Select(one => $"{table.Name} by {string.Join(' ', index)}: {Line(Piece.Of(one))}"));
        }

        return lines;
    }

    private static string Text(Cell cell) => !cell.HasValue ? "-" : cell.Type switch
    {
        ColumnType.Id => $"{cell.Id}",
        ColumnType.Number => $"{cell.Number}",
        ColumnType.Text => cell.Text,
        _ => Convert.ToHexString(cell.Bytes),
    };

    private static string Line(Piece piece) => $"{piece.Key} {Convert.ToHexString(SHA256.HashData(piece.Bytes))}";

    private static byte[]? Bytes(string file)
    {
        if (!File.Exists(file)) return null;
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
