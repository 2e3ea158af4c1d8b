using System.Diagnostics;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Events;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Processes;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;
using Ticketing.Storage;
using Xunit.Abstractions;

namespace Ticketing.Silo.Tests.Backups;

/// <summary>A backup that is large: written, verified and sent without ever being in memory.</summary>
[Collection(Alone.Name)]
public sealed class StreamingTests(ITestOutputHelper output)
{
    private const int Tickets = 100_000;
    private const long MostGrowth = 8 << 20;

    /// <summary>Far more than it takes, on a machine that has much else to do; a purchase that has to wait for a backup to end takes longer.</summary>
    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_backup_of_a_hundred_thousand_tickets_is_made_verified_and_read_in_bounded_memory()
    {
        await using var server = await Server.Start();
        var last = await Fill(server);
        // What every program loads the first time is no matter of size.
        await Read(server, (await server.Api.MakeBackup("Users")).Id(), 0);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        using var sampling = new CancellationTokenSource();
        var made = Sample(before, sampling.Token);
        var backup = await server.Api.MakeBackup("Tickets");
        Assert.Equal(Tickets, backup.Number("records"));
        (await server.Api.Verify(backup.Id())).Done();
        await sampling.CancelAsync();
        var (bytes, sent, end) = await Read(server, backup.Id(), before);

        output.WriteLine($"{backup.Number("bytes"):N0} bytes as a file, {bytes:N0} as JSON; live memory grew by {await made:N0} when made and verified, {sent:N0} when sent");
        Assert.InRange(bytes, 20_000_000, long.MaxValue);
        Assert.InRange(await made, long.MinValue, MostGrowth);
        Assert.InRange(sent, long.MinValue, MostGrowth);
        Assert.Contains(last.ToString(), end, StringComparison.Ordinal);
        Assert.EndsWith("]}}", end, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_away_in_the_middle_disturbs_nobody()
    {
        await using var server = await Server.Start();
        await Fill(server);
        var id = (await server.Api.MakeBackup("Tickets")).Id();
        for (var client = 0; client < 3; client++)
        {
            using var http = new HttpClient();
            using var response = await http.SendAsync(Request(server, id), HttpCompletionOption.ResponseHeadersRead);
            await using var body = await response.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[100_000]);
        }

        var (_, _, end) = await Read(server, id, 0);
        Assert.EndsWith("]}}", end, StringComparison.Ordinal);
    }

    [Fact]
    public async Task People_buy_on_while_a_large_backup_is_made_and_verified()
    {
        await using var server = await Server.Start();
        await Fill(server);
        var api = server.Api;
        var buyer = await api.NewPerson();
        // What every program loads the first time is no matter of size.
        await Buy(50);
        var alone = await Buy(300);

        using var over = new CancellationTokenSource();
        var made = 0;
        var making = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                (await api.Verify((await api.MakeBackup("Tickets")).Id())).Done();
                made++;
            }
        });
        var meanwhile = await Buy(600);
        await over.CancelAsync();
        await making;

        output.WriteLine($"a purchase alone: {Told(alone)}; during {made} backups of {Tickets:N0} tickets, each verified: {Told(meanwhile)}");
        Assert.InRange(made, 1, int.MaxValue);
        Assert.InRange(meanwhile[(int)(meanwhile.Length * 0.99)], TimeSpan.Zero, MostWait);

        async Task<TimeSpan[]> Buy(int count)
        {
            var one = await api.NewEvent(count);
            var took = new TimeSpan[count];
            await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
            {
                var began = Stopwatch.GetTimestamp();
                (await api.Buy(buyer, one, i + 1)).Done();
                took[i] = Stopwatch.GetElapsedTime(began);
            });
            return [.. took.Order()];
        }

        static string Told(TimeSpan[] sorted) =>
            $"p50 {sorted[sorted.Length / 2].TotalMilliseconds:N1} ms, p99 {sorted[(int)(sorted.Length * 0.99)].TotalMilliseconds:N1} ms, slowest {sorted[^1].TotalMilliseconds:N1} ms";
    }

    [Fact]
    public async Task A_backup_whose_process_is_killed_in_the_middle_is_made_by_the_next_one()
    {
        using var data = new DataDirectory();
        await using (var server = await Server.Start(data)) await Fill(server, Tickets / 2);
        var (id, whole) = ("", 0);
        await Interruption.Interrupt(
            () =>
            {
                whole = Whole();
                return Child.Start(data.Path);
            },
            isBegun: () => Files("*.draft").Any(draft => new FileInfo(draft) is { Exists: true, Length: > 0 }),
            isDone: () => Whole() > whole,
            ask: async child => id = (await (await child.Ready()).AskBackup("Tickets")).Id());

        Assert.Single(Files("*.draft"));
        await using var next = Child.Start(data.Path);
        var api = await next.Ready();
        var made = await Eventually.Sees("the backup", () => api.Listed(id), backup => backup.Text("status") == "Completed");
        Assert.Equal(Tickets / 2, made.Number("records"));
        (await api.Verify(id)).Done();
        Assert.Empty(Files("*.draft"));
        next.AssertNoFaults();

        int Whole() => Files("*").Count(file => !file.EndsWith(".draft", StringComparison.Ordinal));

        string[] Files(string pattern) => Directory.Exists(Path.Combine(data.Path, "backups")) ? Directory.GetFiles(Path.Combine(data.Path, "backups"), pattern, SearchOption.AllDirectories) : [];
    }

    private static async Task<TicketId> Fill(Server server, int tickets = Tickets)
    {
        var loop = server.App.Services.GetRequiredService<CommitLoop>();
        var now = TimeProvider.System.GetUtcNow();
        var (eventKey, owner) = (EventKey.New(now), UserId.New(now));
        var last = default(TicketId);
        for (var done = 0; done < tickets; done += 10_000)
        {
            var writes = Enumerable.Range(done + 1, 10_000).Select(seat =>
            {
                last = TicketId.New(now);
                var ticket = new TicketChanged(new(last, now, (uint)seat, TicketStatus.Active, 45, eventKey, owner, PaymentId.New(now), Currency.Eur), 1);
                return loop.Commit(new WriteUnit(new(Storage.Tables.Tickets, WriteRule.Always, 0, Storage.Tables.Tickets.Key(ticket), 1, Storage.Tables.Tickets.Write(ticket))));
            });
            Assert.All(await Task.WhenAll(writes), outcome => Assert.Equal(UnitOutcome.Committed, outcome));
        }

        return last;
    }

    /// <summary>Reads an answer as it comes, and looks every other megabyte how much memory is alive in the process, the server's and the client's.</summary>
    private static async Task<(long Bytes, long Growth, string End)> Read(Server server, string id, long before)
    {
        using var http = new HttpClient();
        using var response = await http.SendAsync(Request(server, id), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var (bytes, growth, measured) = (0L, long.MinValue, 0L);
        var buffer = new byte[1 << 16];
        var tail = "";
        for (int read; (read = await body.ReadAsync(buffer)) > 0;)
        {
            bytes += read;
            tail += System.Text.Encoding.UTF8.GetString(buffer, 0, read);
            tail = tail[^Math.Min(tail.Length, 1000)..];
            if (bytes - measured < 2 << 20) continue;
            growth = Math.Max(growth, GC.GetTotalMemory(forceFullCollection: true) - before);
            measured = bytes;
        }

        return (bytes, growth, tail);
    }

    private static Task<long> Sample(long before, CancellationToken ending) => Task.Run(
        async () =>
        {
            var growth = long.MinValue;
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            while (!ending.IsCancellationRequested)
            {
                growth = Math.Max(growth, GC.GetTotalMemory(forceFullCollection: true) - before);
                await timer.WaitForNextTickAsync(CancellationToken.None);
            }

            return growth;
        },
        CancellationToken.None);

    private static HttpRequestMessage Request(Server server, string id) =>
        new(HttpMethod.Get, new Uri(new Uri(server.App.Urls.First()), $"/api/backups/{id}")) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Jwt.Admin) } };
}
