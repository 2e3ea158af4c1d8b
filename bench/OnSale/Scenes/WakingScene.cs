using System.Diagnostics;
using Ticketing.OnSale.Load;

namespace Ticketing.OnSale.Scenes;

/// <summary>How long an event needs to wake, and the program to be back after it was killed.</summary>
internal static class WakingScene
{
    private const int Free = 100;

    public static async Task Play(Stage stage)
    {
        using var directory = new DataDirectory();
        string[] events;
        var began = 0L;
        await using (var shop = await Shop.Open(stage, directory))
        {
            events = await shop.Events(1, stage.Scale.Seats + Free);
            await shop.Sell(events[0], Scale.Callers, stage.Scale.Seats);
            // The first time is the compiler's.
            await shop.Sleep();
            await shop.Wake(events[0]);
            await shop.Sleep();
            stage.Results.Add("wake", $"cold activation of an event with {stage.Scale.Seats:N0} tickets", "ms", await shop.Wake(events[0]));
            began = Stopwatch.GetTimestamp();
            await shop.Kill();
        }

        await using var again = await Shop.Open(stage, directory);
        using var connection = new Connection();
        await connection.Open(again.Address);
        // The seats after those that were sold in process.
        var purchase = Asked.Late(Shop.Path, stage.Buyers, events[0], stage.Scale.Seats + Free, Stage.NextRun)(stage.Scale.Seats, connection.Request);
        if (await connection.Ask(purchase) is var status and not 200) throw new BrokenInvariant($"the first purchase after a kill was answered {status}");
        stage.Results.Add("kill", "first purchase after kill -9, an event with as many tickets", "s", Stopwatch.GetElapsedTime(began).TotalSeconds);
        await again.ExpectSold(events, stage.Scale.Seats + 1);
        await again.Close(stage.Verified(directory));
    }
}
