using System.Text.Json.Nodes;
using Ticketing.OnSale.Load;

namespace Ticketing.OnSale.Scenes;

/// <summary>What the machine, the web server and the runtime can do at all.</summary>
internal static class LimitsScene
{
    public static async Task Play(Stage stage)
    {
        var (share, longest) = Machine.Stalls(stage.Scale.Slow);
        stage.Results.Add("stalls", "the machine by itself: time in which it stands still or crawls", "%", share * 100);
        stage.Results.Add("stall", "    the longest half of a millisecond of computing", "ms", longest);
        await using var child = await Child.Start("limits", stage.Keys);
        using var crowd = await Crowd.Gather(child.Address, Scale.Callers);
        var rows = new[] { ("a", "/parse", "(a) the server alone: a purchase's body read, as many bytes answered"), ("b", "/token", "(b) the same, and the token checked"), ("c", "/grain", "(c) the same, and a grain called that does nothing") };
        await child.Warm(stage.Scale, async () =>
        {
            foreach (var (_, path, _) in rows) await crowd.Rush(Requests(path), stage.Scale.Warmup);
        });
        var peak = 0.0;
        foreach (var (key, path, name) in rows)
        {
            var outcome = (await crowd.Rush(Requests(path), stage.Scale.Seats)).Expect(200, stage.Scale.Seats);
            stage.Results.Add(key, name, "per s", outcome.PerSecond);
            if (key == "a") peak = outcome.PerSecond;
        }

        var steps = (int)Math.Min(stage.Scale.Seats, peak / 2 * stage.Scale.Slow.TotalSeconds);
        var steady = (await crowd.Stream(Requests("/parse"), steps, peak / 2, stage.Seed)).Expect(200, steps);
        stage.Results.Add("aHalf", "    (a) at half of its peak, open loop: p99, from when a request was due", "ms", steady.Milliseconds(99));

        var read = Asked.Read("/fixed");
        await crowd.Rush(read, stage.Scale.Warmup);
        stage.Results.Add("fixed", "    the server alone, a GET that is answered as many bytes", "per s", (await crowd.Rush(read, stage.Scale.Seats)).Expect(200, stage.Scale.Seats).PerSecond);
        foreach (var callers in SaleScene.CallersInside)
        {
            var count = callers == 1 ? stage.Scale.Seats : 4 * stage.Scale.Seats;
            await child.Ask("calls", new JsonObject { ["callers"] = callers, ["count"] = count });
            var answer = await child.Ask("calls", new JsonObject { ["callers"] = callers, ["count"] = count });
            stage.Results.Add($"empty{callers}", $"calls of a grain that does nothing, {callers:N0} callers in process", "per s", (double)answer["perSecond"]!);
        }

        await child.Stop();

        Requests Requests(string path) => Asked.Purchases(path, stage.Buyers, ["65f0c1d2e3a4b5c6d7e8f901"], stage.Scale.Seats, atOnce: false, Stage.NextRun);
    }
}
