using System.Diagnostics;
using System.Globalization;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;
using Xunit.Abstractions;

namespace Ticketing.Silo.Tests.Processes;

/// <summary>
/// Buyers who never stop, and a process that is killed under them again and again. TICKETING_KILLS sets how often (10), TICKETING_SEED the moments; a
/// failure prints the seed.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Buyers = 16;
    private const int Events = 40;
    private const int SeatsPerEvent = 500;
    private static readonly int Kills = Number("TICKETING_KILLS") ?? 10;

    [Fact]
    public async Task Whatever_was_acknowledged_survives_being_killed_at_any_moment_and_nothing_is_sold_twice()
    {
        var seed = Number("TICKETING_SEED") ?? Environment.TickCount;
        output.WriteLine($"{Kills} kills, seed {seed} (set TICKETING_SEED to repeat it)");
        var luck = new Random(seed);
        using var directory = new DataDirectory();
        var watch = Stopwatch.StartNew();

        await using var children = new Children(directory.Path);
        var api = await children.Next().Ready();
        var buyers = await Task.WhenAll(Enumerable.Range(0, Buyers).Select(_ => api.NewPerson()));
        var events = await Task.WhenAll(Enumerable.Range(0, Events).Select(_ => api.NewEvent(SeatsPerEvent)));
        var load = new Load(buyers, events, SeatsPerEvent, seed);
        for (var kill = 1; kill <= Kills; kill++)
        {
            load.Serve(api);
            await Task.Delay(luck.Next(300, 2000));
            await children.Current.Kill();
            // Some kills hit the start itself.
            if (kill % 5 == 0)
            {
                var started = children.Next();
                await Task.Delay(luck.Next(100, 1500));
                await started.Kill();
            }

            api = await children.Next().Ready();
        }

        load.Serve(api);
        await load.Finish();
        output.WriteLine(Summary(load, watch.Elapsed));
        Assert.Contains(load.Attempts, attempt => attempt is { Tries: > 1, Ticket: not null });
        await Books.Check(api, load, events, SeatsPerEvent);
        await EveryKeyStillHasItsAnswer(api, load);
        await Books.CheckPayments(api);
        output.WriteLine($"all settled after {watch.Elapsed.TotalSeconds:N0} s");
        // The last process has much to do still (mails), and ends in order.
        children.Current.Interrupt();
        Assert.Equal(0, await children.Current.Exit(TimeSpan.FromSeconds(40)));
        children.AssertNoFaults();
    }

    private static async Task EveryKeyStillHasItsAnswer(Api api, Load load)
    {
        foreach (var attempt in load.Attempts.Where(attempt => attempt.Ticket is not null).Take(500))
        {
            var again = await api.Buy(attempt.Buyer, attempt.EventId, attempt.Seat, attempt.Key);
            Assert.Equal(attempt.Ticket, again.Done().ToJsonString());
        }
    }

    private static string Summary(Load load, TimeSpan took)
    {
        var retried = load.Attempts.Count(attempt => attempt.Tries > 1);
        var sold = load.Attempts.Count(attempt => attempt.Ticket is not null);
        var refused = load.Attempts.Count(attempt => attempt.Refusal is not null);
        return $"{took.TotalSeconds:N0} s: {load.Attempts.Count} purchases asked for, {sold} sold, {refused} refused, "
            + $"{load.Attempts.Count - sold - refused} given up, {retried} asked for more than once";
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>One process after the other on one data directory.</summary>
    private sealed class Children(string directory) : IAsyncDisposable
    {
        private readonly List<Child> all = [];

        public Child Current => all[^1];

        public Child Next()
        {
            all.Add(Child.Start(directory));
            return Current;
        }

        public void AssertNoFaults() => all.ForEach(child => child.AssertNoFaults());

        public async ValueTask DisposeAsync()
        {
            foreach (var child in all) await child.DisposeAsync();
        }
    }
}
