using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Ticketing.Storage.Sqlite;

namespace Ticketing.Storage.Tests.Sqlite;

/// <summary>One process owns the data directory, and what is in it is ours or left alone.</summary>
public sealed class SqliteDirectoryTests : IDisposable
{
    private readonly SqliteDatabase database = new();

    public void Dispose() => database.Dispose();

    [Fact]
    public void A_directory_that_is_not_there_is_made()
    {
        var directory = Path.Combine(database.Directory, "a", "b c", "dätä");
        new SqliteEngine(directory).Dispose();
        Assert.True(File.Exists(Path.Combine(directory, "ticketing.db")));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
    }

    [Fact]
    public void A_second_engine_in_the_same_process_is_refused_until_the_first_is_closed()
    {
        using (database.Open()) Assert.Contains("in use", Refusal(), StringComparison.Ordinal);
        database.Open().Dispose();
    }

    [Fact]
    public async Task A_second_process_is_refused_and_the_first_goes_on()
    {
        using var engine = database.Open();
        await using (var second = new ChildProcess("open", database.Directory))
            Assert.Equal($"the data directory {database.Directory} is in use by another process: end it, or choose another directory", await second.ReadLine());
        var unit = Samples.Append(Samples.Id(), Samples.Batch(1));
        engine.Commit([unit]);
        Assert.Equal(UnitOutcome.Committed, unit.Outcome);
    }

    [Fact]
    public async Task The_directory_of_another_process_is_refused_until_that_is_gone_however_it_went()
    {
        var first = new ChildProcess("open", database.Directory);
        await using (first)
        {
            Assert.Equal("opened", await first.ReadLine());
            Assert.Contains("in use", Refusal(), StringComparison.Ordinal);
            first.Kill();
        }

        database.Open().Dispose();
    }

    [Fact]
    public void A_path_below_a_file_is_one_clear_line()
    {
        var file = Path.Combine(database.Directory, "file");
        File.WriteAllText(file, "");
        Assert.Contains("cannot be used", Refusal(Path.Combine(file, "data")), StringComparison.Ordinal);
        Assert.Contains("cannot be used", Refusal(file), StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_cannot_be_written_is_one_clear_line()
    {
        if (OperatingSystem.IsWindows()) return;
        // Not even root writes here.
        Assert.Contains("cannot be used", Refusal("/proc/ticketing"), StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(database.Directory, "lock"));
        Assert.Contains("cannot be used", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_in_place_of_the_file_is_one_clear_line()
    {
        Directory.CreateDirectory(database.File);
        Assert.Contains("cannot be opened", Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(50)]
    [InlineData(100_000)]
    public void A_file_that_is_no_database_is_refused_and_left_alone(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        File.WriteAllBytes(database.File, bytes);
        Assert.Contains("no database", Refusal(), StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(database.File));
    }

    [Theory]
    [InlineData("CREATE TABLE notes (text TEXT);")]
    [InlineData("PRAGMA application_id = 7;")]
    [InlineData("CREATE TABLE journal (event BLOB); PRAGMA user_version = 1;")]
    public void A_database_of_another_program_is_refused_and_left_alone(string sql)
    {
        Alter(sql);
        var bytes = File.ReadAllBytes(database.File);
        Assert.Contains("another program", Refusal(), StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(database.File));
    }

    [Fact]
    public void A_database_of_a_newer_version_is_refused_and_left_alone()
    {
        database.Open().Dispose();
        Alter("PRAGMA user_version = 99;");
        var bytes = File.ReadAllBytes(database.File);
        var line = Refusal();
        Assert.Contains("99", line, StringComparison.Ordinal);
        Assert.Contains("newer", line, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(database.File));
    }

    [Fact]
    public void An_empty_file_is_no_new_database_and_a_refused_directory_can_be_mended()
    {
        File.WriteAllText(database.File, "");
        Assert.Contains("it is empty", Refusal(), StringComparison.Ordinal);
        File.Delete(database.File);
        database.Open().Dispose();
        database.Open().Dispose();
    }

    [Fact]
    public void A_first_start_that_was_cut_short_is_begun_anew()
    {
        foreach (var name in new[] { "new.db", "new.db-journal", "new.db-wal" }) File.WriteAllText(Path.Combine(database.Directory, name), "what a killed process left");
        database.Open().Dispose();
        Assert.Empty(Directory.GetFiles(database.Directory, "new.db*"));
    }

    [Fact]
    public void A_commit_is_flushed_before_it_is_acknowledged()
    {
        using var engine = (SqliteEngine)database.Open();
        Assert.Equal("wal", engine.Setting("journal_mode"));
        // 2 is FULL (https://www.sqlite.org/pragma.html#pragma_synchronous).
        Assert.Equal(2L, engine.Setting("synchronous"));
    }

    [Fact]
    public void A_lock_of_another_program_is_one_clear_line_and_no_more_than_a_pause()
    {
        using var engine = database.Open();
        var append = Samples.Append(Samples.Id(), Samples.Batch(1));
        using (var other = Connect())
        using (other.BeginTransaction(deferred: false))
        {
            var start = Stopwatch.GetTimestamp();
            Assert.Contains("locked by another program", Assert.Throws<StorageException>(() => engine.Commit([append])).Message, StringComparison.Ordinal);
            Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        }

        engine.Commit([append]);
        Assert.Equal(UnitOutcome.Committed, append.Outcome);
    }

    [Fact]
    public async Task A_closed_engine_answers_nothing_and_closing_twice_is_harmless()
    {
        var engine = database.Open();
        Assert.Null(await engine.ReadSnapshot(Samples.Id()));
        engine.Dispose();
        engine.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await engine.ReadSnapshot(Samples.Id()));
    }

    [Fact]
    public async Task Damage_found_later_is_one_clear_line_and_not_an_empty_answer()
    {
        var append = Samples.Append(Samples.Id(), Samples.Batch(1), Samples.Purchase());
        using (var engine = database.Open()) engine.Commit([append]);
        var page = RootOf("journal");
        using var damaged = database.Open();
        using (var file = File.OpenWrite(database.File))
        {
            file.Position = (page - 1) * 4096;
            file.Write(Enumerable.Repeat((byte)0xA5, 4096).ToArray());
        }

        var reading = await Assert.ThrowsAsync<StorageException>(async () => await damaged.ReadJournal(append.Key, 0, 10));
        Assert.Contains("damaged", reading.Message, StringComparison.Ordinal);
        Assert.Contains("restore <directory>", reading.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("payments", "shard next_at", "SEARCH payments USING INDEX payments_shard_next_at (shard=? AND next_at<?)")]
    [InlineData("tickets", "user_id", "SEARCH tickets_by_user_id USING PRIMARY KEY (user_id=?)")]
    [InlineData("tickets", "event_id after", "SEARCH tickets_by_event_id USING PRIMARY KEY (event_id=? AND id>?)")]
    [InlineData("users", "email", "SEARCH users USING INDEX users_email (email=?)")]
    [InlineData("ended_tokens", "ended_at>", "SEARCH ended_tokens USING INDEX ended_tokens_ended_at (ended_at>?)")]
    [InlineData("ended_tokens", "ended_at> after", "SEARCH ended_tokens USING INDEX ended_tokens_ended_at (ended_at>?)")]
    [InlineData("ended_tokens", "expires<", "SEARCH ended_tokens USING INDEX ended_tokens_expires (expires<?)")]
    [InlineData("reminders", "hash> hash<", "SEARCH reminders USING INDEX reminders_hash (hash>? AND hash<?)")]
    public void What_is_asked_often_is_found_by_an_index(string table, string columns, string plan)
    {
        database.Open().Dispose();
        var records = Tables.All.Single(one => one.Name == table);
        var names = columns.Split(' ');
        var where = names.Where(name => name != "after").Select(name => new Condition(name.TrimEnd('<', '>'), TestOf(name), Cell.Of(1))).ToArray();
        var after = names.Contains("after") ? Cell.Of(1) : Cell.None;
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + Listing.Select(new(records, where, after, 10));
        for (var i = 0; i <= names.Length; i++) command.Parameters.AddWithValue($"${i}", 1);
        using var reader = command.ExecuteReader();
        Assert.True(reader.Read());
        Assert.Equal(plan, reader.GetString(3));

        static Test TestOf(string name) => name.EndsWith('>') ? Test.MoreThan : name.EndsWith('<') || name == "next_at" ? Test.AtMost : Test.Equal;
    }

    private long RootOf(string table)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'";
        return (long)command.ExecuteScalar()!;
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={database.File};Pooling=False");
        connection.Open();
        return connection;
    }

    private void Alter(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>The one line in which the engine says that it will not open.</summary>
    private string Refusal(string? directory = null)
    {
        var line = Assert.Throws<StorageException>(() => new SqliteEngine(directory ?? database.Directory)).Message;
        Assert.DoesNotContain('\n', line);
        Assert.Contains(directory ?? database.Directory, line, StringComparison.Ordinal);
        return line;
    }
}
