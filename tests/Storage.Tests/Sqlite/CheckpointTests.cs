using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Ticketing.Storage.Sqlite;

namespace Ticketing.Storage.Tests.Sqlite;

/// <summary>The log is carried over into the database beside the commits.</summary>
public class CheckpointTests
{
    private const int PageSize = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_log_that_is_written_without_a_pause_begins_anew_and_nothing_is_lost()
    {
        using var house = new SqliteDatabase();
        using var writer = Connect(house.File);
        Schema.Execute(writer, "PRAGMA journal_mode = WAL; CREATE TABLE pages (number INTEGER PRIMARY KEY, bytes BLOB);");
        using var checkpoints = new Checkpoints(writer, Connect(house.File), every: 50, longest: 200);
        using var insert = writer.CreateCommand();
        insert.CommandText = "INSERT INTO pages (bytes) VALUES (zeroblob(3500))";

        var (written, began) = (0L, Stopwatch.GetTimestamp());
        // Each row is a page at least: without checkpoints the log would hold them all.
        while (written < 2000 || new FileInfo(house.File + "-wal").Length > written * PageSize / 2)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"{written:N0} pages were written, and the log has {new FileInfo(house.File + "-wal").Length / PageSize:N0}");
            insert.ExecuteNonQuery();
            checkpoints.Committed();
            written++;
        }

        Assert.Equal(written, (long)Scalar(writer, "SELECT count(*) FROM pages")!);
        Assert.Equal("ok", Scalar(writer, "PRAGMA integrity_check"));
    }

    [Fact]
    public void A_reader_keeps_what_it_reads_while_the_log_is_carried_over()
    {
        using var house = new SqliteDatabase();
        using var writer = Connect(house.File);
        Schema.Execute(writer, "PRAGMA journal_mode = WAL; CREATE TABLE pages (number INTEGER PRIMARY KEY, bytes BLOB); INSERT INTO pages (bytes) VALUES (zeroblob(3500));");
        using var reader = Connect(house.File);
        Schema.Execute(reader, "BEGIN");
        Assert.Equal(1L, Scalar(reader, "SELECT count(*) FROM pages"));

        using (var checkpoints = new Checkpoints(writer, Connect(house.File), every: 50, longest: 200))
        {
            for (var i = 0; i < 1000; i++)
            {
                Schema.Execute(writer, "INSERT INTO pages (bytes) VALUES (zeroblob(3500))");
                checkpoints.Committed();
            }
        }

        Assert.Equal(1L, Scalar(reader, "SELECT count(*) FROM pages"));
        Schema.Execute(reader, "COMMIT");
        Assert.Equal(1001L, Scalar(reader, "SELECT count(*) FROM pages"));
    }

    private static SqliteConnection Connect(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        return connection;
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
