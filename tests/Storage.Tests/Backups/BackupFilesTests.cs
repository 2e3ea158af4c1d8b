using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Backups;
using Ticketing.Grains.Events;
using Ticketing.Storage.Backups;
using Xunit.Abstractions;

namespace Ticketing.Storage.Tests.Backups;

/// <summary>What a backup holds, and what is noticed when it does not.</summary>
public sealed class BackupFilesTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly Installation installation = Installation.Open();

    public static TheoryData<BackupService> Services => new(Enum.GetValues<BackupService>());

    private IBackupFiles Files => installation.Files;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await installation.DisposeAsync();

    [Theory]
    [MemberData(nameof(Services))]
    public async Task An_empty_installation_has_empty_backups(BackupService service)
    {
        var (file, seal) = await Write(service);
        Assert.Equal(0, seal.Records);
        Assert.Empty(await Pages(file));
        Assert.Null(await Files.Verify(file, seal, CancellationToken.None));
    }

    [Fact]
    public async Task Every_list_reads_from_its_backup_as_it_was_and_every_record_is_in_it_the_deleted_too()
    {
        await Fill();
        var (users, seal) = await Write(BackupService.Users);
        Assert.Equal(3, seal.Records);
        Assert.Equal(["Zoë\0 \"Ångström\" 日本語 🎟️\n", "Ada", "Ada"], (await Pages(users)).Cast<UserBackupPage>().SelectMany(page => page.Items).Select(user => user.FirstName));
        var (payments, paid) = await Write(BackupService.Payments);
        Assert.Equal(4, paid.Records);
        Assert.Equal(4, (await Pages(payments)).Cast<PaymentBackupPage>().Sum(page => page.Items.Length));
        Assert.Equal(5, Rows(payments).Count);
        var (notifications, told) = await Write(BackupService.Notifications);
        Assert.Equal(Rows(notifications).Count - 1, told.Records);
        Assert.Equal(told.Records, (await Pages(notifications)).Cast<NotificationBackupPage>().Sum(page => page.Items.Length));
        var (events, sold) = await Write(BackupService.Events);
        Assert.Equal(["Carmen"], (await Pages(events)).Cast<EventBackupPage>().SelectMany(page => page.Items).Select(one => one.Details.Title));
        Assert.Equal((1, 2), (sold.Records, Rows(events).Count));
        var (tickets, all) = await Write(BackupService.Tickets);
        Assert.Equal(4, all.Records);
        Assert.Equal([TicketStatus.Active, TicketStatus.Cancelled, TicketStatus.Pending, TicketStatus.Cancelled],
            (await Pages(tickets)).Cast<TicketBackupPage>().SelectMany(page => page.Items).OrderBy(ticket => ticket.Id.Value).Select(ticket => ticket.Status));
        var (credentials, _) = await Write(BackupService.Auth);
        Assert.Equal(3, (await Pages(credentials)).Cast<CredentialBackupPage>().SelectMany(page => page.Items).Count(one => one.PasswordHash == "$2a$04$hash"));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Every_row_comes_back_cell_by_cell(BackupService service)
    {
        await Fill();
        var (file, seal) = await Write(service);
        Assert.Null(await Files.Verify(file, seal, CancellationToken.None));
        var rows = Rows(file);
        Assert.NotEmpty(rows);
        foreach (var (table, row) in rows)
        {
            var stored = await installation.Engine.Find(table, row.Key);
            Assert.Equal(stored!.Version, row.Version);
            Assert.Equal(stored.Members.Select(Text), row.Members.Select(Text));
        }

        foreach (var table in Contents.Of(service).Tables)
            Assert.Equal((await installation.Engine.List(new(table, [], Cell.None, 1000))).Count, rows.Count(one => one.Table == table));
    }

    [Fact]
    public async Task A_journal_comes_back_byte_by_byte()
    {
        var ledger = await Fill();
        var (file, _) = await Write(BackupService.Events);
        using var reader = new BackupReader(installation.PathOf(file), BackupService.Events);
        var batches = new List<JournalBatch>();
        while (reader.Next() is { } line)
            if (line is BackupBatch batch && batch.Journal == ledger.Sale.Record().Id) batches.Add(batch.Batch);
        var stored = await installation.Engine.ReadJournal(ledger.Sale.Record().Id.Value, 0, 1000);
        Assert.Equal(stored.Select(Text), batches.Select(Text));
    }

    [Fact]
    public async Task Sha256sum_finds_the_files_right()
    {
        await Fill();
        var directory = await installation.BackUp();
        Assert.Equal(12, Directory.GetFiles(directory).Length);
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "sha256sum -c *.sha256"]) { WorkingDirectory = directory, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(6, output.Split(": OK").Length - 1);
    }

    [Fact]
    public async Task Nobody_else_may_read_the_files()
    {
        if (OperatingSystem.IsWindows()) return;
        await Fill();
        var directory = await installation.BackUp();
        foreach (var one in new[] { installation.Backups, directory }) Assert.Equal("700", Convert.ToString((int)File.GetUnixFileMode(one), 8));
        foreach (var one in Directory.GetFiles(directory)) Assert.Equal("600", Convert.ToString((int)File.GetUnixFileMode(one), 8));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Every_cut_and_every_flipped_bit_is_found_and_the_file_named(BackupService service)
    {
        await Fill();
        var (file, seal) = await Write(service);
        var path = installation.PathOf(file);
        var whole = await File.ReadAllBytesAsync(path);
        var seed = Environment.TickCount;
        var luck = new Random(seed);
        output.WriteLine($"seed {seed}");
        for (var i = 0; i < 40; i++)
        {
            // The last bytes are gzip's own end: without them all lines are there still, and only the seal tells.
            var at = luck.Next(whole.Length - 16);
            var damaged = i % 2 == 0 ? whole[..at] : [.. whole];
            if (i % 2 == 1) damaged[at] ^= (byte)(1 << luck.Next(8));
            await File.WriteAllBytesAsync(path, damaged);
            Assert.Contains(Path.GetFileName(path), await Files.Verify(file, seal, CancellationToken.None), StringComparison.Ordinal);
            // A cut is noticed without the seal, too: a file without its last line is no backup.
            if (i % 2 == 0) await Assert.ThrowsAsync<InvalidDataException>(async () => await Pages(file));
        }

        File.Delete(path);
        Assert.Equal($"{Path.GetFileName(path)} is missing", await Files.Verify(file, seal, CancellationToken.None));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await Pages(file));
    }

    [Theory]
    [InlineData("\"Ticketing ", "\"Ticketinh ", "its lines are not those that were written")]
    [InlineData("\"format_version\":1", "\"format_version\":2", "it has format 2")]
    [InlineData("\"service\":\"Events\"", "\"service\":\"Users\"", "it is a backup of Users")]
    [InlineData("\"format\":\"ticketing", "\"format\":\"somebodys", "it is no backup of this program")]
    [InlineData("{\"end\"", "{\"end\":{}}\n{\"end\"", "")]
    public async Task An_edited_file_is_found_even_with_a_new_checksum(string was, string becomes, string said)
    {
        await Fill();
        var (file, _) = await Write(BackupService.Events);
        var seal = Rewrite(file, text => text.Replace(was, becomes, StringComparison.Ordinal));
        Assert.Contains(said, await Files.Verify(file, seal, CancellationToken.None), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a record that its ledger does not know", "is not what its ledger adds up to")]
    [InlineData("a journal without its first batch", "batch 1 of the journal is missing")]
    [InlineData("a journal of nobody", "has a journal and no record")]
    [InlineData("a batch that sells a seat twice", "a seat sold twice")]
    public async Task A_ledger_that_contradicts_itself_is_found_though_the_file_is_whole(string how, string said)
    {
        var ledger = await Fill();
        var key = ledger.Sale.Record().Id;
        var file = Installation.File(BackupService.Events);
        var row = await installation.Engine.Find(Tables.Events, Cell.Of(key.Value));
        var batches = await installation.Engine.ReadJournal(key.Value, 0, 100);
        using (var writer = new BackupWriter(installation.PathOf(file), file, Samples.Noon))
        {
            if (how.StartsWith("a record", StringComparison.Ordinal)) row!.Members[6] = Cell.Of(row.Members[6].Number + 1);
            if (!how.EndsWith("nobody", StringComparison.Ordinal)) writer.Write(Tables.Events, row!);
            foreach (var batch in batches.Skip(how.Contains("without", StringComparison.Ordinal) ? 1 : 0)) writer.Write(key, batch);
            if (how.EndsWith("twice", StringComparison.Ordinal))
            {
                var sold = EntryFormat.Read(batches.First(batch => EntryFormat.Read(batch.Payload).OfType<Purchased>().Any()).Payload).OfType<Purchased>().First();
                var payload = EntryFormat.Write([sold with { TicketId = new(Samples.Id()), Operation = installation.Operation() }]);
                writer.Write(key, new JournalBatch(batches[^1].Number + 1, Guid.NewGuid(), payload, Ledger.Chain(batches[^1].Chain, batches[^1].Number + 1, payload)));
            }

            writer.Finish(1);
        }

        Assert.Contains(said, await Files.Verify(file, SealOf(file), CancellationToken.None), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_interrupted_attempt_left_is_no_backup_and_is_overwritten()
    {
        await Fill();
        var file = Installation.File(BackupService.Users);
        var path = installation.PathOf(file);
        using (var interrupted = new BackupWriter(path, file, Samples.Noon))
        {
            foreach (var row in await installation.Engine.List(new(Tables.Users, [], Cell.None, 10))) interrupted.Write(Tables.Users, row);
            Assert.True(File.Exists(path + ".draft"));
            Assert.False(File.Exists(path));
        }

        Assert.False(File.Exists(path + ".draft"));
        // A process that was killed cannot tidy up.
        await File.WriteAllTextAsync(path + ".draft", new string('x', 100_000));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await Pages(file));
        var seal = await Files.Write(file, CancellationToken.None);
        Assert.Null(await Files.Verify(file, seal, CancellationToken.None));
        Assert.Equal([Path.GetFileName(path), Path.GetFileName(path) + ".sha256"], Directory.GetFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_complete_file_is_never_replaced_and_is_the_backup_when_nobody_had_time_to_note_it()
    {
        await Fill();
        var (file, seal) = await Write(BackupService.Users);
        var path = installation.PathOf(file);
        var whole = await File.ReadAllBytesAsync(path);
        installation.NewUser("later@example.org");

        Assert.Equal(seal, await Files.Write(file, CancellationToken.None));
        Assert.Equal(whole, await File.ReadAllBytesAsync(path));

        // Bytes that are no longer those that were written are no backup any more.
        await File.WriteAllBytesAsync(path, whole[..^20]);
        var again = await Files.Write(file, CancellationToken.None);
        Assert.Equal(seal.Records + 1, again.Records);
        Assert.Null(await Files.Verify(file, again, CancellationToken.None));
    }

    [Theory]
    [InlineData("\"format_version\":1", "\"format_version\":2", "cannot be read by this program")]
    [InlineData("", "", "is another backup")]
    public async Task A_complete_file_of_another_make_in_a_backups_place_is_left_alone(string was, string becomes, string said)
    {
        await Fill();
        var (file, _) = await Write(BackupService.Users);
        var other = Installation.File(BackupService.Users);
        var path = installation.PathOf(file);
        if (was.Length > 0)
        {
            var seal = Rewrite(file, text => text.Replace(was, becomes, StringComparison.Ordinal));
            await File.WriteAllTextAsync(path + ".sha256", $"{seal.Checksum}  {Path.GetFileName(path)}\n");
            other = file;
        }
        else
        {
            File.Copy(path, installation.PathOf(other));
            File.Copy(path + ".sha256", installation.PathOf(other) + ".sha256");
        }

        var there = await File.ReadAllBytesAsync(installation.PathOf(other));
        var refused = await Assert.ThrowsAsync<IOException>(() => Files.Write(other, CancellationToken.None));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        Assert.Equal(there, await File.ReadAllBytesAsync(installation.PathOf(other)));
    }

    [Fact]
    public async Task A_deleted_backup_leaves_nothing_and_the_others_of_its_moment_stay()
    {
        var (one, _) = await Write(BackupService.Users);
        var (other, seal) = await Write(BackupService.Users);
        await Files.Delete(one);
        await Files.Delete(one);
        Assert.Null(await Files.Verify(other, seal, CancellationToken.None));
        await Files.Delete(other);
        Assert.Empty(Directory.GetFileSystemEntries(installation.Backups));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_told_as_such()
    {
        await File.WriteAllTextAsync(installation.Backups, "a file is here");
        await Assert.ThrowsAnyAsync<IOException>(() => Files.Write(Installation.File(BackupService.Users), CancellationToken.None));
    }

    [Fact]
    public async Task A_backup_of_events_is_of_one_moment_however_much_is_sold_while_it_is_written()
    {
        var ledgers = new List<Ledger>();
        for (var i = 0; i < 20; i++) ledgers.Add(await installation.NewEvent($"Concert {i}"));
        var seat = 0u;
        using var engine = new FaultyEngine(installation.Engine) { BeforeJournal = SellOneOfEach };
        var files = new BackupFiles(engine, new BackupDirectory(installation.Backups));
        var file = Installation.File(BackupService.Events);
        var seal = await files.Write(file, CancellationToken.None);
        Assert.Null(await files.Verify(file, seal, CancellationToken.None));
        Assert.True(seat >= 20);
        Assert.All((await Pages(file)).Cast<EventBackupPage>().SelectMany(page => page.Items), one => Assert.Equal(50u, one.RemainingSeats));

        async Task SellOneOfEach()
        {
            seat++;
            foreach (var ledger in ledgers)
            {
                Installation.Settle(ledger, installation.Buy(ledger, seat));
                Assert.True(await ledger.Commit(Samples.Noon));
            }
        }
    }

    private async Task<(BackupFile File, BackupSeal Seal)> Write(BackupService service)
    {
        var file = Installation.File(service);
        return (file, await Files.Write(file, CancellationToken.None));
    }

    /// <summary>One event with tickets of all kinds, one that was deleted, people, and a payment and a notification that were deleted.</summary>
    private async Task<Ledger> Fill()
    {
        installation.NewUser("zoë@example.org", "Zoë\0 \"Ångström\" 日本語 🎟️\n");
        installation.NewUser("ada@example.org");
        installation.NewUser("b@example.org");
        var ledger = await installation.NewEvent("Carmen", description: "Ĉiuj <b>rajtas</b> veni\0");
        var (active, cancelled) = (installation.Buy(ledger, 1), installation.Buy(ledger, 2));
        Installation.Settle(ledger, active);
        Assert.True(ledger.Sale.End(new(installation.Operation(), cancelled.Id, Installation.Admin, TicketStatus.Cancelled), Samples.Noon).IsDone);
        installation.Buy(ledger, 3);
        Assert.True(await ledger.Commit(Samples.Noon));
        await installation.Pay(active);
        var gone = await installation.NewEvent("Faust");
        installation.Buy(gone, 1);
        Assert.True(gone.Sale.Delete(installation.Operation(), Installation.Admin, null, Samples.Noon).IsDone);
        gone.Sale.Tidy(Samples.Noon, 10);
        Assert.True(await gone.Commit(Samples.Noon));
        installation.Put(Tables.Payments, Samples.Payment() with { IsDeleted = true });
        installation.Put(Tables.Notifications, Samples.Notification() with { IsDeleted = true });
        return ledger;
    }

    private async Task<List<BackupPage>> Pages(BackupFile file)
    {
        var pages = new List<BackupPage>();
        await foreach (var page in Files.Read(file, CancellationToken.None)) pages.Add(page);
        return pages;
    }

    private List<(RecordTable Table, Row Row)> Rows(BackupFile file)
    {
        using var reader = new BackupReader(installation.PathOf(file), file.Service);
        var rows = new List<(RecordTable, Row)>();
        while (reader.Next() is { } line)
            if (line is BackupRow row) rows.Add((row.Table, row.Row));
        return rows;
    }

    private BackupSeal Rewrite(BackupFile file, Func<string, string> edit)
    {
        var path = installation.PathOf(file);
        string text;
        using (var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress))) text = reader.ReadToEnd();
        var edited = edit(text);
        Assert.NotEqual(text, edited);
        using (var stream = new GZipStream(File.Create(path), CompressionLevel.Fastest)) stream.Write(Encoding.UTF8.GetBytes(edited));
        return SealOf(file);
    }

    private BackupSeal SealOf(BackupFile file)
    {
        var bytes = File.ReadAllBytes(installation.PathOf(file));
        return new(1, bytes.Length, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
    }

    private static string Text(JournalBatch batch) => $"{batch.Number} {batch.Id} {Convert.ToHexString(batch.Chain)} {Convert.ToHexString(batch.Payload)}";

    private static string Text(Cell cell) => !cell.HasValue ? "none" : cell.Type switch
    {
        ColumnType.Id => cell.Id.ToString(),
        ColumnType.Number => $"{cell.Number}",
        ColumnType.Text => $"'{cell.Text}'",
        ColumnType.Bytes => Convert.ToHexString(cell.Bytes),
        _ => throw new InvalidOperationException(),
    };
}
