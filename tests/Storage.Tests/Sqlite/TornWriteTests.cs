using System.Globalization;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;
using Ticketing.Storage.Sqlite;
using Ticketing.Storage.Tests.Backups;
using Xunit.Abstractions;

namespace Ticketing.Storage.Tests.Sqlite;

/// <summary>
/// What a loss of power leaves of the write-ahead log: the log as it was flushed with the last commit that was acknowledged, and behind that whatever of the next one. Each cut is
/// opened by the engine, and its ledgers are replayed. <c>TICKETING_CUTS</c> says how many cuts, <c>TICKETING_SEED</c> which.
/// </summary>
public sealed class TornWriteTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Commits = 24;
    private const int Sector = 512;

    private static readonly int Cuts = Number("TICKETING_CUTS", 150);

    private readonly int seed = Number("TICKETING_SEED", Environment.TickCount & 0xFFFF);
    private readonly Installation installation = Installation.Open();
    private readonly List<State> states = [];
    private Random random = null!;
    private Image image = null!;

    /// <summary>What was acknowledged when the log had a length.</summary>
    private sealed record State(int Length, byte[] Index, HashSet<TicketRecord> Tickets);

    internal static int Number(string variable, int usual) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;

    public async Task InitializeAsync()
    {
        output.WriteLine($"TICKETING_SEED={seed}");
        random = new Random(seed);
        var ledgers = new[] { await installation.NewEvent("An evening", 10_000), await installation.NewEvent("Another", 10_000) };
        var seats = 0u;
        Note(ledgers);
        for (var i = 1; i <= Commits; i++)
        {
            var ledger = ledgers[random.Next(2)];
            for (var more = random.Next(1, 9); more > 0; more--) installation.Buy(ledger, ++seats);
            Assert.True(await ledger.Commit(Samples.Noon));
            Note(ledgers);
        }

        image = Image.Read(installation.Fresh("data"));
    }

    public async Task DisposeAsync() => await installation.DisposeAsync();

    [Fact]
    public async Task A_log_cut_anywhere_behind_an_acknowledged_commit_has_every_purchase_up_to_it_and_no_half_of_the_next()
    {
        for (var i = 0; i < Cuts; i++)
        {
            var state = random.Next(states.Count - 1);
            var log = Torn(states[state].Length, states[state + 1].Length, i);
            // After a kill SQLite's index of the log is there, after a loss of power it may be of any earlier moment, or not.
            var index = (i % 3) switch { 0 => null, 1 => states[state].Index, _ => states[random.Next(state + 1)].Index };
            await Holds(state, image with { Log = log, Index = index }, $"cut {i} behind commit {state}");
        }
    }

    [Fact]
    public async Task A_log_that_a_lying_disk_cut_below_acknowledged_commits_loses_whole_commits_from_its_end_and_no_half_of_one()
    {
        for (var i = 0; i < Cuts / 4; i++)
        {
            var state = random.Next(states.Count - 1);
            var at = random.Next(states[state].Length, states[state + 1].Length);
            await Holds(state, image with { Log = image.Log![..at], Index = null }, $"cut {i} below commit {state + 1}");
        }
    }

    [Fact]
    public async Task A_log_that_was_cut_below_acknowledged_commits_is_refused_where_the_process_was_killed_and_the_machine_went_on()
    {
        for (var i = 0; i < Cuts / 4; i++)
        {
            var state = random.Next(states.Count - 1);
            var at = random.Next(states[state].Length, states[state + 1].Length);
            var known = states[random.Next(state + 1, states.Count)];
            var (_, refusal) = await (image with { Log = image.Log![..at], Index = known.Index }).Open(installation.Fresh("copy"));
            Assert.Contains("its log are missing", refusal, StringComparison.Ordinal);
            Assert.EndsWith("restore <directory>\"", refusal, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(40)]
    public async Task A_log_of_which_almost_nothing_is_left_is_refused_where_its_index_knows_of_more_and_verify_does_not_make_that_index_anew(int left)
    {
        var rest = left < 0 ? null : image.Log![..left];
        var copy = installation.Fresh("copy");
        var (_, refusal) = await (image with { Log = rest, Index = states[^1].Index }).Open(copy);
        Assert.Contains("its log are missing", refusal, StringComparison.Ordinal);

        // Whoever looks first, the program or somebody who only verifies, the loss is seen.
        Assert.Contains("its log are missing", Assert.Throws<StorageException>(() => SqliteEngine.OpenThisMoment(Path.Combine(copy, "ticketing.db"))).Message, StringComparison.Ordinal);
        Assert.Contains("its log are missing", Assert.Throws<StorageException>(() => new SqliteEngine(copy)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_with_a_hole_below_acknowledged_commits_that_others_followed_is_refused_also_without_the_index()
    {
        for (var i = 0; i < Cuts / 4; i++)
        {
            // Two commits follow that which the hole is in: where only one does, the hole may have taken the end of the first, and both look like one that was not ended.
            var state = random.Next(states.Count - 3);
            var log = image.Log!.ToArray();
            var at = random.Next(states[state].Length, states[state + 1].Length);
            log.AsSpan(at, Math.Min(Sector, states[state + 1].Length - at)).Fill((byte)random.Next(256));
            if (log.AsSpan().SequenceEqual(image.Log)) continue;
            var (_, refusal) = await (image with { Log = log, Index = null }).Open(installation.Fresh("copy"));
            Assert.Contains("of its log is not what was written", refusal, StringComparison.Ordinal);
        }
    }

    /// <summary>What is on the disk of a log that was flushed up to one length, and being written up to another.</summary>
    private byte[] Torn(int flushed, int written, int kind)
    {
        var at = random.Next(flushed, written);
        var log = image.Log![..written];
        switch (kind % 4)
        {
            case 0: return log[..at];
            case 1: log.AsSpan(at).Clear(); break;
            case 2:
                // Sectors reach the disk in any order.
                for (var sector = flushed; sector < written; sector += Sector)
                    if (random.Next(2) == 0) log.AsSpan(sector, Math.Min(Sector, written - sector)).Clear();
                break;
            default:
                // What an earlier round of the log left behind the end.
                random.NextBytes(log.AsSpan(at));
                break;
        }

        // What is cleared may have been zero: then nothing is missing.
        return log.AsSpan().SequenceEqual(image.Log.AsSpan(0, written)) ? log[..at] : log;
    }

    private async Task Holds(int state, Image cut, string what)
    {
        List<TicketRecord> records = [];
        var (contents, refusal) = await cut.Open(
            installation.Fresh("copy"), async engine => records.AddRange((await engine.List(new(Tables.Tickets, [], Cell.None, int.MaxValue))).Select(row => Tables.Tickets.Read(row).Ticket)));
        Assert.True(refusal is null, $"{what}: {refusal}");
        // Each ticket as its ledger has it; Contents has replayed them, with their chains.
        var sold = contents!.Where(line => line.StartsWith("TicketRecord ", StringComparison.Ordinal)).ToHashSet();
        Assert.True(sold.SetEquals(states[state].Tickets.Select(ticket => $"{ticket}")), $"{what}: {sold.Count} tickets, not {states[state].Tickets.Count}");
        Assert.True(states[state].Tickets.SetEquals(records), $"{what}: the records are others than the ledgers' tickets");
    }

    private void Note(Ledger[] ledgers)
    {
        var now = Image.Read(installation.Fresh("data"));
        states.Add(new(now.Log!.Length, now.Index!, [.. ledgers.SelectMany(ledger => ledger.Sale.Tickets)]));
    }
}
