using Ticketing.OnSale.Load;

namespace Ticketing.OnSale.Scenes;

/// <summary>What a purchase costs the server as an event fills up, and what is kept in memory.</summary>
internal static class GrowthScene
{
    private const int Slices = 5;
    private const int IdleEvents = 5000;

    public static async Task Play(Stage stage)
    {
        using var directory = new DataDirectory();
        await using var shop = await Shop.Open(stage, directory);
        await Idle(stage, shop);
        await Ticket(stage, shop);
        await Slowly(stage, shop);
        await shop.Close(stage.Verified(directory));
    }

    private static async Task Slowly(Stage stage, Shop shop)
    {
        using var crowd = await Crowd.Gather(shop.Address, Scale.Callers);
        await shop.Warm(stage, crowd);
        var events = await shop.Events(1, stage.Scale.Seats);
        var requests = Asked.Purchases(Shop.Path, stage.Buyers, events, stage.Scale.Seats, atOnce: false, Stage.NextRun);
        var slice = stage.Scale.Seats / Slices;
        for (var i = 0; i < Slices; i++)
        {
            var (from, before) = (i * (long)slice, await shop.Counters());
            (await crowd.Rush((number, buffer) => requests(from + number, buffer), slice)).Expect(200, slice);
            var after = await shop.Counters();
            stage.Results.Add($"slice{i}", $"processor time for a purchase, {from:N0} to {from + slice:N0} seats sold", "us", (after.CpuMicroseconds - before.CpuMicroseconds) / slice);
        }

        await shop.ExpectSold(events, slice * Slices);
    }

    private static async Task Idle(Stage stage, Shop shop)
    {
        var events = await shop.Events(Math.Min(IdleEvents, stage.Scale.ManyEvents), 100);
        // Woken once before, so that what the runtime keeps of an event that sleeps is there in both looks.
        foreach (var one in events) await shop.Wake(one);
        await shop.Sleep();
        var before = await shop.Collected();
        foreach (var one in events) await shop.Wake(one);
        stage.Results.Add("idle", "memory of an event that is awake and has sold nothing", "bytes", (await shop.Collected() - before) / (double)events.Length);
    }

    private static async Task Ticket(Stage stage, Shop shop)
    {
        var events = await shop.Events(1, stage.Scale.Seats);
        await shop.Wake(events[0]);
        var before = await shop.Collected();
        await shop.Sell(events[0], Scale.Callers, stage.Scale.Seats);
        stage.Results.Add("ticket", "memory of a sold ticket in a ledger that is awake", "bytes", (await shop.Collected() - before) / (double)stage.Scale.Seats);
    }
}
