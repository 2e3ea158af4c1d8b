using Microsoft.Data.Sqlite;
using Ticketing.Storage.Sqlite;
using Ticketing.Storage.Tests.Moving;
using Xunit.Abstractions;

namespace Ticketing.Storage.Tests.Sqlite;

/// <summary>
/// A database whose bytes are not what was written is refused in one line that names the way back, and left as it is; or what was damaged is of no use, and all that can be asked
/// for is what it was. <c>TICKETING_DAMAGES</c> says how many are tried, <c>TICKETING_SEED</c> which.
/// </summary>
public sealed class DamagedFileTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Page = 4096;
    private const int Frame = Page + 24;
    private const int LogHeader = 32;

    private static readonly int Damages = TornWriteTests.Number("TICKETING_DAMAGES", 300);

    private readonly int seed = TornWriteTests.Number("TICKETING_SEED", Environment.TickCount & 0xFFFF);
    private readonly House house = House.Build();
    private Image killed = null!;
    private Image closed = null!;
    private List<string> expected = null!;

    public async Task InitializeAsync()
    {
        output.WriteLine($"TICKETING_SEED={seed}");
        await house.Furnish(batches: 20, reminders: 150);
        await house.AddLargeSnapshot(20_000);
        using (var other = Connect(house.Directory)) Run(other, "PRAGMA wal_checkpoint(TRUNCATE)");
        for (var seat = 100u; seat < 120; seat++)
        {
            house.Installation.Buy(house.Ledger, seat);
            Assert.True(await house.Ledger.Commit(Samples.Noon));
        }

        killed = Image.Read(house.Directory);
        expected = await Image.Contents(house.Engine);
        var directory = house.Fresh();
        killed.Write(directory);
        new SqliteEngine(directory).Dispose();
        closed = Image.Read(directory);
        Assert.Null(closed.Log);
        Assert.True(killed.Log!.Length > 40 * Frame && closed.Database.Length > 60 * Page, "the database is too small to try much");
        Assert.Equal(expected, (await closed.Open(house.Fresh())).Contents);
        Assert.Equal(expected, (await killed.Open(house.Fresh())).Contents);
    }

    public async Task DisposeAsync() => await house.DisposeAsync();

    [Fact]
    public Task A_damaged_database_is_refused_and_left_as_it_is_or_its_damage_changes_nothing() =>
        Try("closed", Damages / 2, random => closed with { Database = Damaged(closed.Database, random, 0, Page) });

    [Fact]
    public Task A_damaged_database_beside_its_log_is_refused_and_left_as_it_is_or_its_damage_changes_nothing() =>
        Try("killed", Damages / 4, random => killed with { Database = Damaged(killed.Database, random, 0, Page) });

    [Fact]
    public Task A_damaged_log_of_a_killed_process_is_refused_and_left_as_it_is_or_its_damage_changes_nothing() =>
        Try("log", Damages / 4, random => killed with { Log = Damaged(killed.Log!, random, LogHeader, Frame) });

    [Fact]
    public Task Every_byte_of_the_first_hundred_is_right_or_refused_or_of_no_use()
    {
        var position = 0;
        return Try("header", 100, random =>
        {
            var bytes = closed.Database.ToArray();
            bytes[position++] ^= (byte)(1 << random.Next(8));
            return closed with { Database = bytes };
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(Page)]
    [InlineData(Page + 1)]
    public async Task A_database_cut_to_almost_nothing_is_refused_with_and_without_its_log(int size)
    {
        foreach (var image in new[] { closed, killed, killed with { Index = null } })
        {
            var (_, refusal) = await (image with { Database = image.Database[..size] }).Open(house.Fresh());
            Clear(refusal);
        }
    }

    [Fact]
    public async Task A_log_without_its_database_is_refused_and_not_removed()
    {
        var directory = house.Fresh();
        killed.Write(directory);
        var file = Path.Combine(directory, "ticketing.db");
        File.Delete(file);
        Clear(Assert.Throws<StorageException>(() => new SqliteEngine(directory)).Message);
        Assert.Equal(killed.Log, await File.ReadAllBytesAsync(file + "-wal"));
        Assert.False(File.Exists(file));
    }

    [Theory]
    [InlineData("DROP TABLE credentials")]
    [InlineData("DROP TABLE tickets_by_event_id")]
    [InlineData("DROP INDEX payments_shard_next_at")]
    [InlineData("ALTER TABLE users DROP COLUMN first_name")]
    [InlineData("DELETE FROM tickets WHERE seat_number = 7; PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'seat_number', 'seat_numbes') WHERE name = 'tickets'")]
    public void A_database_that_lacks_what_it_had_is_refused_and_not_given_an_empty_one(string sql)
    {
        var directory = house.Fresh();
        closed.Write(directory);
        using (var connection = Connect(directory)) Run(connection, sql);
        Clear(Assert.Throws<StorageException>(() => new SqliteEngine(directory)).Message);
    }

    [Theory]
    [InlineData("UPDATE tickets SET price = 1 WHERE seat_number = 7", "a row of tickets is not what was written")]
    [InlineData("UPDATE credentials SET role = 'Admin'", "a row of credentials is not what was written")]
    [InlineData("UPDATE states SET id = id || 'x' WHERE id = (SELECT max(id) FROM states)", "a row of states is not what was written")]
    [InlineData("UPDATE journal SET batch = zeroblob(16) WHERE number = 3", "a row of journal is not what was written")]
    [InlineData("UPDATE snapshots SET number = number - 1", "a row of snapshots is not what was written")]
    [InlineData("UPDATE users SET row_checksum = NULL", "a row of users is not what was written")]
    public async Task A_row_that_is_not_what_was_written_is_refused_at_the_start_and_while_the_database_is_open(string sql, string said)
    {
        var directory = house.Fresh();
        closed.Write(directory);
        using (var engine = new SqliteEngine(directory))
        {
            using (var connection = Connect(directory)) Run(connection, sql);
            var met = await Assert.ThrowsAsync<StorageException>(async () => await Image.Contents(engine));
            Assert.Contains(said, met.Message, StringComparison.Ordinal);
            Clear(met.Message);
            // One damaged row takes nothing else with it.
            var unit = Samples.Append(Samples.Id(), Samples.Batch(1), Samples.Purchase());
            engine.Commit([unit]);
            Assert.Equal(UnitOutcome.Committed, unit.Outcome);
        }

        Assert.Contains(said, Assert.Throws<StorageException>(() => new SqliteEngine(directory)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_too_large_to_wait_for_is_looked_at_while_it_is_open_and_given_up_when_damage_is_found()
    {
        var directory = house.Fresh();
        closed.Write(directory);
        using (var engine = new SqliteEngine(directory, lookedAtFirst: 0))
        {
            await engine.LookedAt;
            Assert.Equal(expected, await Image.Contents(engine));
        }

        using (var connection = Connect(directory)) Run(connection, "UPDATE credentials SET role = 'Admin'");
        using var damaged = new SqliteEngine(directory, lookedAtFirst: 0);
        await damaged.LookedAt;
        var reading = await Assert.ThrowsAsync<StorageException>(async () => await damaged.Find(Tables.Events, Cell.Of(house.Ledger.Sale.Record().Id.Value)));
        var writing = Assert.Throws<StorageException>(() => damaged.Commit([Samples.Append(Samples.Id(), Samples.Batch(1))]));
        Clear(reading.Message);
        Assert.Equal((true, true, reading.Message), (reading.IsAway, writing.IsAway, writing.Message));
    }

    [Fact]
    public void A_look_at_a_large_database_ends_with_the_engine()
    {
        var directory = house.Fresh();
        closed.Write(directory);
        for (var i = 0; i < 10; i++) new SqliteEngine(directory, lookedAtFirst: 0).Dispose();
    }

    private async Task Try(string what, int times, Func<Random, Image> damage)
    {
        var (refused, harmless) = (0, 0);
        for (var i = 0; i < times; i++)
        {
            // Each by itself, so that one can be looked at alone.
            var image = damage(new Random(seed + i));
            var (contents, refusal) = await image.Open(house.Installation.Fresh("damaged"));
            if (refusal is not null)
            {
                refused++;
                Clear(refusal);
                continue;
            }

            harmless++;
            if (contents!.SequenceEqual(expected)) continue;
            Assert.Fail($"{what}, damage {i} of seed {seed}, is served: {expected.Except(contents!).FirstOrDefault()} is {contents!.Except(expected).FirstOrDefault()}");
        }

        output.WriteLine($"{what}: {refused} refused, {harmless} of no use");
    }

    private static void Clear(string? refusal)
    {
        Assert.NotNull(refusal);
        Assert.DoesNotContain('\n', refusal);
        Assert.Contains("damaged", refusal, StringComparison.Ordinal);
        Assert.Contains("restore <directory>", refusal, StringComparison.Ordinal);
    }

    /// <summary>Bytes that were damaged as disks, controllers and people do it.</summary>
    private static byte[] Damaged(byte[] whole, Random random, int header, int piece)
    {
        var bytes = whole.ToArray();
        var pieces = (bytes.Length - header) / piece;
        var at = random.Next(bytes.Length);
        var one = bytes.AsSpan(header + (random.Next(pieces) * piece), piece);
        var other = bytes.AsSpan(header + (random.Next(pieces) * piece), piece);
        switch (random.Next(8))
        {
            case 0 or 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 2: bytes[at] = (byte)random.Next(256); break;
            case 3: one.Clear(); break;
            case 4:
                var kept = one.ToArray();
                other.CopyTo(one);
                kept.CopyTo(other);
                break;
            case 5: other.CopyTo(one); break;
            case 6: random.NextBytes(bytes.AsSpan(at & ~511, Math.Min(512, bytes.Length - (at & ~511)))); break;
            default: return bytes[..(random.Next(2) == 0 ? at : header + (at / piece * piece))];
        }

        return bytes;
    }

    private static SqliteConnection Connect(string directory)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(directory, "ticketing.db")};Pooling=False");
        connection.Open();
        return connection;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
