using System.Diagnostics;
using Ticketing.OnSale.Load;

namespace Ticketing.OnSale.Scenes;

/// <summary>What comes after the rush: payments are settled, tickets become Active, two mails of each are queued.</summary>
internal static class DrainScene
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task Play(Stage stage)
    {
        using var directory = new DataDirectory();
        await using var shop = await Shop.Open(stage, directory, paymentsEverySeconds: "1");
        using var crowd = await Crowd.Gather(shop.Address, Scale.Callers);
        var events = await shop.Events(1, stage.Scale.Seats);
        var rush = await crowd.Rush(Asked.Purchases(Shop.Path, stage.Buyers, events, stage.Scale.Seats, atOnce: false, Stage.NextRun), stage.Scale.Seats);
        rush.Expect(200, stage.Scale.Seats);
        stage.Results.Add("busy", "purchases over HTTP while payments are settled, from a cold start", "per s", rush.PerSecond);
        var (began, left) = (Stopwatch.GetTimestamp(), await shop.Pending());
        var burst = left;
        while (left > 0)
        {
            if (Stopwatch.GetElapsedTime(began) > Patience) throw new BrokenInvariant($"{left:N0} payments are not settled after {Patience.TotalMinutes:N0} minutes");
            await Task.Delay(Look, TimeProvider.System);
            left = await shop.Pending();
        }

        if (burst > 0) stage.Results.Add("drain", "payments settled, tickets activated and two mails of each queued, after the rush", "tickets per s", burst / Stopwatch.GetElapsedTime(began).TotalSeconds);
        await shop.Close(stage.Verified(directory));
    }
}
