using System.Diagnostics;
using Ticketing.Storage.Sqlite;
using Ticketing.Storage.Tests.Sqlite;

namespace Ticketing.Storage.Tests;

/// <summary>What a commit of one purchase costs: one batch of a journal with one ticket and one payment. For reading, not a test.</summary>
internal static class Measure
{
    private const int Warmup = 2_000;

    public static async Task Run()
    {
        Console.WriteLine("callers  purchases/s  flushes per 1,000  p50 ms  p99 ms  CPU us each  KiB allocated each  bytes each (db + wal)");
        foreach (var (callers, purchases) in new[] { (1, 5_000), (64, 60_000), (256, 120_000) })
        {
            using var database = new SqliteDatabase();
            using var engine = (SqliteEngine)database.Open();
            await using var loop = new CommitLoop(engine, new Logs());
            await Sell(loop, callers, Warmup);
            var (flushes, bytes, cpu, allocated) = (loop.Flushes, Bytes(database), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
            var start = Stopwatch.GetTimestamp();
            var times = await Sell(loop, callers, purchases);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Array.Sort(times);
            Console.WriteLine(
                $"{callers,7}  {purchases / seconds,11:N0}  {(loop.Flushes - flushes) * 1000.0 / purchases,17:N1}  " +
                $"{times[times.Length / 2].TotalMilliseconds,6:N2}  {times[times.Length * 99 / 100].TotalMilliseconds,6:N2}  " +
                $"{(Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / purchases,11:N1}  " +
                $"{(GC.GetTotalAllocatedBytes() - allocated) / 1024.0 / purchases,18:N1}  {(Bytes(database) - bytes) / purchases,21:N0}");
        }
    }

    /// <summary>What a start costs that looks at every page and every row: a database with so many tickets, their payments and two notifications of each.</summary>
    public static async Task Start(int tickets)
    {
        using var database = new SqliteDatabase();
        using (var engine = database.Open())
        {
            await using var loop = new CommitLoop(engine, new Logs());
            await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
            {
                var key = Samples.Id();
                for (var i = 1; i <= tickets / 1000; i++)
                {
                    var writes = Enumerable.Range(0, 10).SelectMany(_ => Samples.Purchase(i, (uint)i).Concat([Told(), Told()]));
                    if (await loop.Commit(Samples.Append(key, Samples.Batch(i, new string('p', 1200)), [.. writes])) != UnitOutcome.Committed) throw new InvalidOperationException("not committed");
                }
            }));
        }

        for (var i = 0; i < 3; i++)
        {
            var (start, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            using var engine = (SqliteEngine)database.Open();
            var opened = Stopwatch.GetElapsedTime(start);
            Console.WriteLine($"{tickets,9:N0} tickets, {Bytes(database) >> 20,5:N0} MiB: open after {opened.TotalSeconds,6:N2} s ({(Environment.CpuUsage.TotalTime - cpu).TotalSeconds,6:N2} s of CPU)");
            using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={database.File};Mode=ReadOnly;Pooling=False");
            connection.Open();
            foreach (var pragma in new[] { "integrity_check(1)", "quick_check(1)" })
            {
                (start, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
                Schema.Pragma(connection, pragma);
                Console.WriteLine($"    {pragma,-20} {Stopwatch.GetElapsedTime(start).TotalSeconds,6:N2} s ({(Environment.CpuUsage.TotalTime - cpu).TotalSeconds,6:N2} s of CPU)");
            }

            (start, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            Inspection.OfRows(connection);
            Console.WriteLine($"    {"every row",-20} {Stopwatch.GetElapsedTime(start).TotalSeconds,6:N2} s ({(Environment.CpuUsage.TotalTime - cpu).TotalSeconds,6:N2} s of CPU)");
        }

        static RecordWrite Told()
        {
            var notification = Samples.Notification(nextAt: Samples.Noon);
            return new(Tables.Notifications, WriteRule.IfAbsent, 0, Tables.Notifications.Key(notification), 1, Tables.Notifications.Write(notification));
        }
    }

    private static long Bytes(SqliteDatabase database) => new DirectoryInfo(database.Directory).EnumerateFiles("*.db*").Sum(file => file.Length);

    private static async Task<TimeSpan[]> Sell(CommitLoop loop, int callers, int purchases)
    {
        var times = new TimeSpan[purchases / callers * callers];
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var key = Samples.Id();
            for (var i = 0; i < times.Length / callers; i++)
            {
                var append = Samples.Append(key, Samples.Batch(i + 1, new string('p', 120)), Samples.Purchase(i + 1, (uint)i + 1));
                var start = Stopwatch.GetTimestamp();
                if (await loop.Commit(append) != UnitOutcome.Committed) throw new InvalidOperationException("not committed");
                times[(i * callers) + caller] = Stopwatch.GetElapsedTime(start);
            }
        })));
        return times;
    }
}
