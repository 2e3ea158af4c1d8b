using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.OpenApi;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Processes;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;
using Xunit.Abstractions;

namespace Ticketing.Silo.Tests.Fuzzing;

/// <summary>
/// Requests of every shape over all routes that are mapped, good ones among them, on bare connections. TICKETING_FUZZ says how many; a failure prints its seed, which
/// TICKETING_SEED repeats, and a command that sends the request again.
/// </summary>
[Collection(Alone.Name)]
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Usual = 8_000;
    private const int AtOnce = 8;
    private const int RequestsPerScene = 400;
    private const long MostGrowth = 48 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<int, int> statuses = new();
    private readonly ConcurrentQueue<string> recent = new();
    private string[] routes = [];
    private Judge judge = null!;
    private volatile FuzzTarget target = null!;

    [Fact]
    public async Task No_request_is_a_fault_or_hangs_and_afterwards_the_server_sells_and_its_books_add_up()
    {
        var count = Number("TICKETING_FUZZ") ?? Usual;
        var seed = Number("TICKETING_SEED") ?? Random.Shared.Next();
        output.WriteLine($"TICKETING_SEED={seed}");
        using var directory = new DataDirectory();
        await using (var server = await Server.Start(directory))
        {
            try
            {
                await Run(server, seed, count);
            }
            catch (Exception e)
            {
                // A server that ends may have complaints of its own, which would hide this one.
                output.WriteLine($"{e}");
                throw;
            }
        }

        await Books.Prove(directory.Path, Patience * 4);
    }

    private async Task Run(Server server, int seed, int count)
    {
        await Prepare(server);
        var sitting = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Sit(server.Api.Address, i)));
        var (clock, warm) = (Stopwatch.StartNew(), Math.Max(count / 5, Math.Min(count, 2000)));
        await Fuzz(server, seed, 0, warm);
        var before = await Memory(server);
        await Fuzz(server, seed, warm, count);
        // Pools and deactivations take their time.
        var after = await Eventually.Sees($"about {before} bytes in use again", () => Memory(server), bytes => bytes - before < MostGrowth);
        output.WriteLine($"{count:N0} requests in {clock.Elapsed.TotalSeconds:N1} s over {routes.Length} routes: {string.Join(", ", statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {pair.Value}"))}");
        output.WriteLine($"memory {before >> 20} MiB when warm, {after >> 20} MiB at the end");
        await Task.WhenAll(sitting.Select(Ended));
        await Sells(server.Api);
    }

    private async Task Prepare(Server server)
    {
        routes = [.. server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"], (endpoint, method) => $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}")
            .Distinct().Order(StringComparer.Ordinal)];
        var documents = new Dictionary<string, ApiDocument>();
        foreach (var word in routes.Select(route => AnswerCheck.Word(route.Split(' ')[1])).OfType<string>().Distinct())
            documents.Add(word, ApiDocument.Parse((await server.Api.Get($"/api/{word}/doc/openapi.json")).Text));
        judge = new Judge(documents);
        await Renew(server.Api);
    }

    private async Task Renew(Api api) => target = new(routes, await Scene.Set(api), Jwt.Of(Jwt.NewId(), "Admin"), Jwt.NewInternal());

    private async Task Fuzz(Server server, int seed, int from, int to)
    {
        var next = from - 1;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            using var caller = new FuzzCaller(server.Api.Address, Patience);
            for (var i = Interlocked.Increment(ref next); i < to; i = Interlocked.Increment(ref next))
            {
                if (i % RequestsPerScene == RequestsPerScene - 1) await Renew(server.Api);
                await Try(server, caller, unchecked(seed + i));
            }
        }));
    }

    private async Task Try(Server server, FuzzCaller caller, int number)
    {
        var request = new RequestFuzz(target, number).Make();
        var bytes = request.Bytes(server.Api.Address.Authority);
        var command = $"{number} {request.Delivery} {request.Part:N3} {RawRequest.Command(bytes, server.Api.Address)}";
        recent.Enqueue(command);
        if (recent.Count > 3 * AtOnce) recent.TryDequeue(out _);
        var (answers, finding) = await caller.Exchange(request, bytes, number);
        for (var i = 0; i < answers.Count && finding is null; i++)
        {
            statuses.AddOrUpdate(answers[i].Status, 1, (_, times) => times + 1);
            finding = judge.Finding(request, answers[i], i == 0);
        }

        if (finding is not null) Assert.Fail($"TICKETING_SEED={number}: {finding}: {string.Join(" | ", answers)}\n{request.Route}\n{command}");
        try
        {
            server.Log.AssertNone();
        }
        catch (Exception e)
        {
            Assert.Fail($"An error was logged. The last requests:\n{string.Join('\n', recent)}\n{e.Message}");
        }
    }

    /// <summary>A caller who begins a request and never goes on.</summary>
    private static async Task<RawConnection> Sit(Uri address, int number)
    {
        using var patience = new CancellationTokenSource(Patience);
        var connection = await RawConnection.To(address, patience.Token);
        var text = number % 2 == 0 ? "GET /api/events HTTP/1.1\r\nHost: x\r\nX-Half" : "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"email\"";
        await connection.Send(Encoding.ASCII.GetBytes(text), patience.Token);
        return connection;
    }

    private static async Task Ended(RawConnection connection)
    {
        using var patience = new CancellationTokenSource(Patience);
        using (connection) await connection.End(patience.Token);
    }

    /// <summary>What is in use when nothing is asked: what records keep awake is let go first, but not the jobs, which work each second.</summary>
    private static async Task<long> Memory(Server server)
    {
        await server.App.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.FromSeconds(3));
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static async Task Sells(Api api)
    {
        var (buyer, eventId) = (await api.NewPerson(), await api.NewEvent());
        var ticket = (await api.Buy(buyer, eventId, 1)).Done();
        await api.TicketBecomes(ticket.Id(), "Active");
        Assert.Equal(49, await api.RemainingSeats(eventId));
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
