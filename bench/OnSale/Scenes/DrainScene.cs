using System.Diagnostics;
using Ticketing.OnSale.Load;

namespace Ticketing.OnSale.Scenes;

/// <summary>What comes after the rush: payments are settled, tickets become Active, two mails of each are queued.</summary>
internal static class DrainScene
{
    private const string EverySecond = "1";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task Play(Stage stage)
    {
        await Meanwhile(stage);
        await Afterwards(stage);
    }

    /// <summary>Sells while payments are settled.</summary>
    private static async Task Meanwhile(Stage stage)
    {
        using var directory = new DataDirectory();
        await using var shop = await Shop.Open(stage, directory, EverySecond);
        using var crowd = await Crowd.Gather(shop.Address, Scale.Callers);
        stage.Results.Add("busy", "purchases over HTTP while payments are settled, from a cold start", "per s", (await Sell(stage, shop, crowd)).PerSecond);
        await Drain(shop);
        await shop.ExpectSettled(stage.Scale.Seats);
        await shop.Close(stage.Verified(directory));
    }

    /// <summary>Sells, and has all payments settled by a process that finds them waiting.</summary>
    private static async Task Afterwards(Stage stage)
    {
        using var directory = new DataDirectory();
        await using (var shop = await Shop.Open(stage, directory))
        {
            using var crowd = await Crowd.Gather(shop.Address, Scale.Callers);
            await Sell(stage, shop, crowd);
            await shop.Close(directory: null);
        }

        await using var again = await Shop.Open(stage, directory, EverySecond);
        var began = Stopwatch.GetTimestamp();
        await Drain(again);
        var perSecond = stage.Scale.Seats / Stopwatch.GetElapsedTime(began).TotalSeconds;
        stage.Results.Add("drain", $"payments settled, tickets activated, mails queued, after a burst of {stage.Scale.Seats:N0}", "tickets per s", perSecond);
        await again.ExpectSettled(stage.Scale.Seats);
        await again.Close(stage.Verified(directory));
    }

    private static async Task<Outcome> Sell(Stage stage, Shop shop, Crowd crowd)
    {
        var events = await shop.Events(1, stage.Scale.Seats);
        return (await crowd.Rush(Asked.Purchases(Shop.Path, stage.Buyers, events, stage.Scale.Seats, atOnce: false, Stage.NextRun), stage.Scale.Seats)).Expect(200, stage.Scale.Seats);
    }

    private static async Task Drain(Shop shop)
    {
        var began = Stopwatch.GetTimestamp();
        while (await shop.Pending() is var left and > 0)
        {
            if (Stopwatch.GetElapsedTime(began) > Patience) throw new BrokenServer($"{left:N0} payments are not settled after {Patience.TotalMinutes:N0} minutes");
            await Task.Delay(Look, TimeProvider.System);
        }
    }
}
