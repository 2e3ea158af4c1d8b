using System.Net;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;
using Xunit.Abstractions;

namespace Ticketing.Silo.Tests.Processes;

public sealed class FullDiskTests(ITestOutputHelper output)
{
    private const int SeatsPerEvent = 1000;

    [MountFact]
    public async Task A_full_disk_is_one_clear_line_loses_nothing_acknowledged_and_is_over_when_there_is_room()
    {
        await using var disk = await SmallDisk.Mount(mebibytes: 48, ballastMebibytes: 40);
        await using var child = Child.Start(disk.Path);
        using var api = await child.Ready();
        var buyers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => api.NewPerson()));
        var events = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => api.NewEvent(SeatsPerEvent)));
        var load = new Load(buyers, events, SeatsPerEvent, seed: 3);
        load.Serve(api);

        await Eventually.Sees("purchases answered 503", () => Task.FromResult(load.Unknown), unknown => unknown >= 50);
        // Reading goes on, health is well, and a stranger's purchase is told to come again.
        var eventId = await Readable(api, events);
        var reply = await api.Buy(buyers[0], eventId, SeatsPerEvent);
        reply.Failed(HttpStatusCode.ServiceUnavailable);
        Assert.NotNull(reply.Headers.RetryAfter);
        var sold = Sold(load);
        var critical = child.Output.Where(line => line.Contains(" crit: ", StringComparison.Ordinal)).ToArray();
        output.WriteLine($"{sold} sold, {load.Unknown} answered 503");
        Assert.Contains("is full", Assert.Single(critical), StringComparison.Ordinal);

        disk.MakeRoom();
        await Eventually.Sees("sales again", () => Task.FromResult(Sold(load)), now => now > sold + 200);
        await load.Finish();
        await Books.Check(api, load, events, SeatsPerEvent);
        await Books.CheckPayments(api);
        child.Interrupt();
        Assert.Equal(0, await child.Exit(TimeSpan.FromSeconds(40)));
        Assert.InRange(child.Output.Count, 1, 40);

        await using var second = Child.Start(disk.Path);
        using var again = await second.Ready();
        await Books.Check(again, load, events, SeatsPerEvent);
        second.AssertNoFaults();
    }

    private static int Sold(Load load) => load.Attempts.Count(attempt => attempt.Ticket is not null);

    private static async Task<string> Readable(Api api, string[] events)
    {
        (await api.Get("/api/tickets/health")).Done();
        foreach (var eventId in events) await api.Event(eventId);
        Assert.NotEmpty(await api.All("/api/tickets", Jwt.Admin));
        return events[0];
    }
}
