using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Tickets;

public sealed class PagingTests(IdleServer shared) : ServerTests<IdleServer>(shared)
{
    [Fact]
    public async Task A_list_is_paged_in_the_order_of_purchase_by_limit_cursor_and_link()
    {
        var eventId = await Api.NewEvent(capacity: 100);
        var buyer = await Api.NewPerson();
        var bought = new List<string>();
        for (var seat = 100; seat > 75; seat--) bought.Add((await Api.Buy(buyer, eventId, seat)).Done().Id());

        var seen = new List<string>();
        var sizes = new List<int>();
        string? path = "/api/tickets?limit=10";
        while (path is not null)
        {
            var page = await Api.Get(path, buyer.Token);
            var ids = page.Done().AsArray().Select(ticket => ticket!.Id()).ToArray();
            seen.AddRange(ids);
            sizes.Add(ids.Length);
            var link = page.Headers.TryGetValues("Link", out var values) ? Assert.Single(values) : null;
            var cursor = (string?)page.Json["next_cursor"];
            Assert.Equal(link is null, cursor is null);
            if (link is not null) Assert.Equal($"</api/tickets?limit=10&cursor={cursor}>; rel=\"next\"", link);
            path = link?[1..link.IndexOf('>', StringComparison.Ordinal)];
        }

        Assert.Equal(bought, seen);
        Assert.Equal([10, 10, 5], sizes);
        var whole = await Api.Get("/api/tickets", buyer.Token);
        Assert.Equal(25, whole.Done().AsArray().Count);
        Assert.False(whole.Headers.Contains("Link"));
    }

    [Fact]
    public async Task A_list_without_parameters_answers_the_first_thousand()
    {
        var eventId = await Api.NewEvent(capacity: 1100);
        var buyer = await Api.NewPerson();
        await Parallel.ForEachAsync(Enumerable.Range(1, 1001), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (seat, _) => (await Api.Buy(buyer, eventId, seat)).Done());

        var first = await Api.Get("/api/tickets", buyer.Token);

        Assert.Equal(1000, first.Done().AsArray().Count);
        Assert.Equal(1001, (await Api.All("/api/tickets", buyer.Token)).Select(ticket => ticket.Id()).Distinct().Count());
        Assert.Equal(99, await Api.RemainingSeats(eventId));
    }
}
