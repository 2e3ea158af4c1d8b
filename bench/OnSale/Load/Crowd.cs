using System.Diagnostics;
using HdrHistogram;

namespace Ticketing.OnSale.Load;

/// <summary>Writes the request of a number into a buffer.</summary>
/// <returns>Its length.</returns>
internal delegate int Requests(long number, byte[] buffer);

/// <summary>
/// Callers, each on a connection of its own. All of them run on the one thread that the sockets' completions come on (see <see cref="Benchmark.OfSockets"/>), so that
/// they take as little as they can of the processors that they share with the server, and need no locks.
/// </summary>
internal sealed class Crowd : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly Connection[] connections;
    private readonly Dictionary<int, long> statuses = [];
    private LongHistogram times = Fresh();
    private long next;
    private long last;

    private Crowd(Connection[] connections) => this.connections = connections;

    public static async Task<Crowd> Gather(Uri address, int callers)
    {
        var connections = new Connection[callers];
        for (var i = 0; i < callers; i++)
        {
            connections[i] = new Connection();
            await connections[i].Open(address);
        }

        return new(connections);
    }

    /// <summary>Closed loop: each caller asks again as soon as it was answered.</summary>
    /// <param name="requests">What is asked.</param>
    /// <param name="count">How often altogether.</param>
    /// <param name="limit">No request is begun after this; none when absent.</param>
    public async Task<Outcome> Rush(Requests requests, long count, TimeSpan? limit = null)
    {
        Begin(count);
        var began = Stopwatch.GetTimestamp();
        var end = limit is { } most ? began + (long)(most.TotalSeconds * Stopwatch.Frequency) : long.MaxValue;
        await Task.WhenAll(connections.Select(connection => Repeat(connection, requests, end))).WaitAsync(Patience);
        return new(new Dictionary<int, long>(statuses), Stopwatch.GetElapsedTime(began), times);
    }

    /// <summary>
    /// Open loop: requests come at a rate, whether or not those before were answered. A request's time begins when it was due, not when a connection was free for it:
    /// who waits for somebody else's slow answer has waited (coordinated omission).
    /// </summary>
    /// <param name="requests">What is asked.</param>
    /// <param name="count">How often altogether.</param>
    /// <param name="perSecond">At which rate; the gaps are random as those of independent callers are.</param>
    /// <param name="seed">Makes the gaps.</param>
    public async Task<Outcome> Stream(Requests requests, long count, double perSecond, int seed)
    {
        Begin(count);
        var luck = new Random(seed);
        var pace = new Pace(connections, requests, Note);
        var began = Stopwatch.GetTimestamp();
        var due = (double)began;
        using var never = new ManualResetEventSlim();
        await Task.Factory.StartNew(
            () =>
            {
                for (long i = 0; i < count; i++)
                {
                    due -= Math.Log(1 - luck.NextDouble()) * Stopwatch.Frequency / perSecond;
                    while (Stopwatch.GetTimestamp() < due) never.Wait(Pause);
                    pace.Begin(i, (long)due);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await pace.AllAnswered(count).WaitAsync(Patience);
        return new(new Dictionary<int, long>(statuses), Stopwatch.GetElapsedTime(began), times);
    }

    public void Dispose()
    {
        foreach (var connection in connections) connection.Dispose();
    }

    private static LongHistogram Fresh() => new(Outcome.LongestMicroseconds, 3);

    private void Begin(long count)
    {
        (next, last) = (0, count);
        times = Fresh();
        statuses.Clear();
    }

    private async Task Repeat(Connection connection, Requests requests, long end)
    {
        for (var number = Interlocked.Increment(ref next) - 1; number < last; number = Interlocked.Increment(ref next) - 1)
        {
            var began = Stopwatch.GetTimestamp();
            if (began >= end) return;
            var status = await connection.Ask(requests(number, connection.Request));
            Note(status, began);
        }
    }

    private void Note(int status, long since)
    {
        var took = (long)Stopwatch.GetElapsedTime(since).TotalMicroseconds;
        // The first answers may come on the thread that asked.
        lock (statuses)
        {
            times.RecordValue(Math.Min(took, Outcome.LongestMicroseconds));
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
        }
    }
}
