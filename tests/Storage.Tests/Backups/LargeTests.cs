using System.Diagnostics;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Backups;
using Xunit.Abstractions;

namespace Ticketing.Storage.Tests.Backups;

/// <summary>A hundred thousand tickets, out and back, in little memory. TICKETING_BACKUP_TICKETS sets another number.</summary>
[Collection(nameof(AloneCollection))]
public sealed class LargeTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Events = 20;
    private const int PerBatch = 500;
    private const long MegaByte = 1 << 20;

    /// <summary>The largest event's sale is in memory while it is replayed; all tickets together never are.</summary>
    private const long MostMegaBytes = 100;

    private static readonly int Tickets = int.TryParse(Environment.GetEnvironmentVariable("TICKETING_BACKUP_TICKETS"), out var number) ? number : 100_000;

    private readonly Installation installation = Installation.Open();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await installation.DisposeAsync();

    [Fact]
    public async Task A_hundred_thousand_tickets_are_backed_up_and_restored_in_bounded_memory()
    {
        await Timed("sold", () => Sell(Tickets / Events));
        string set = "";
        await Timed("backed up", async () => set = await installation.BackUp());
        output.WriteLine($"files: {new DirectoryInfo(set).EnumerateFiles().Sum(file => file.Length) / MegaByte} MB");
        var backup = await Timed("pages read", () => Read(set));
        Assert.Equal(Tickets / Events * Events, backup);
        var (_, restored) = await Timed("restored", () => installation.Restore(set, output.WriteLine));
        Assert.Equal(Tickets / Events * Events, restored.Tickets);
        Assert.Equal(restored.Tickets, restored.Learned[Learned.Nothing] + restored.Learned[Learned.Paid]);
    }

    private async Task Sell(int perEvent)
    {
        for (var i = 0; i < Events; i++)
        {
            var ledger = await installation.NewEvent($"Concert {i}", (uint)perEvent);
            for (var seat = 1u; seat <= perEvent; seat++)
            {
                var ticket = installation.Buy(ledger, seat);
                if (seat % 10 == 0) Installation.Settle(ledger, ticket);
                if (seat % PerBatch == 0 || seat == perEvent) Assert.True(await ledger.Commit(Samples.Noon));
            }
        }
    }

    private static async Task<int> Read(string set)
    {
        var count = 0;
        using var reader = new Storage.Backups.BackupReader(Directory.GetFiles(set, "Tickets-*.gz").Single(), BackupService.Tickets);
        while (reader.Next() is not null) count++;
        return await Task.FromResult(count);
    }

    private Task<int> Timed(string what, Func<Task> work) => Timed(what, async () =>
    {
        await work();
        return 0;
    });

    /// <summary>Does something and looks what it keeps in memory at most, over what was there before.</summary>
    private async Task<T> Timed<T>(string what, Func<Task<T>> work)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        using var done = new CancellationTokenSource();
        var peak = Task.Run(() => Peak(done.Token));
        var result = await work();
        await done.CancelAsync();
        var most = (await peak - before) / MegaByte;
        output.WriteLine($"{Tickets:N0} tickets {what} in {watch.Elapsed.TotalSeconds:N1} s, at most {most} MB over {before / MegaByte} MB");
        if (what != "sold") Assert.True(most < MostMegaBytes, $"{what}: {most} MB");
        return result;
    }

    /// <summary>The most that was alive: a collection each time, so that garbage does not count.</summary>
    private static async Task<long> Peak(CancellationToken done)
    {
        var peak = 0L;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        try
        {
            while (await timer.WaitForNextTickAsync(done)) peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true));
        }
        catch (OperationCanceledException)
        {
            // The work is done.
        }

        return peak;
    }
}

/// <summary>Tests that look at the memory of the whole process, which others must not be using meanwhile.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
