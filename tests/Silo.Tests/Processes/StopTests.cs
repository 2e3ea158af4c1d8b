using System.Diagnostics;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Users;
using Xunit.Abstractions;

namespace Ticketing.Silo.Tests.Processes;

public sealed class StopTests(ITestOutputHelper output)
{
    private const int SeatsPerEvent = 500;

    [Fact]
    public async Task Ctrl_C_under_load_ends_in_order_and_loses_nothing_that_was_acknowledged()
    {
        using var directory = new DataDirectory();
        await using var first = Child.Start(directory.Path);
        using var api = await first.Ready();
        var buyers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => api.NewPerson()));
        var events = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => api.NewEvent(SeatsPerEvent)));
        var load = new Load(buyers, events, SeatsPerEvent, seed: 7);
        load.Serve(api);
        // Buyers, payments and mails are all under way.
        await Eventually.Sees("mails", () => Task.FromResult(Mails(directory)), mails => mails > 100);

        var watch = Stopwatch.StartNew();
        first.Interrupt();
        var code = await first.Exit(TimeSpan.FromSeconds(35));
        output.WriteLine($"stopped after {watch.Elapsed.TotalSeconds:N1} s with {load.Attempts.Count(attempt => attempt.Ticket is not null)} sold");
        Assert.Equal(0, code);
        first.AssertNoFaults();

        await using var second = Child.Start(directory.Path);
        using var again = await second.Ready();
        load.Serve(again);
        await load.Finish();
        await Books.Check(again, load, events, SeatsPerEvent);
        await Books.CheckPayments(again);
        second.AssertNoFaults();
    }

    private static int Mails(DataDirectory directory) =>
        Directory.Exists(directory.Mail) ? Directory.EnumerateFiles(directory.Mail, "*.eml").Count() : 0;
}
