using Ticketing.OnSale.Load;
using Ticketing.OnSale.Rivals;

namespace Ticketing.OnSale.Scenes;

/// <summary>Other ways to sell tickets, and this project on MongoDB: the same requests, the same front, the same durability, for as long as a slow row may take.</summary>
internal static class RivalsScene
{
    private static readonly int[] Connections = [4, 16, 64];

    // Who waits for one call at a time waits no less in a long queue than in a short one, and is answered sooner.
    private const int FewCallers = 16;

    public static async Task Play(Stage stage)
    {
        await Postgres(stage);
        await States(stage);
        await Mongo(stage);
    }

    private static async Task Postgres(Stage stage)
    {
        var (started, why) = await PostgresServer.Start();
        if (started is not { } server)
        {
            stage.Results.Skip($"rows (d): {why}");
            return;
        }

        await using (server)
        {
            await using var rival = await Rival.Open(stage, "postgres", server.Database);
            var best = 0.0;
            foreach (var connections in Connections)
            {
                await rival.Connect(connections);
                var perSecond = await rival.Sell(stage.Scale.Seats);
                stage.Results.Add($"d{connections}", $"    PostgreSQL, {connections} connections", "per s", perSecond);
                best = Math.Max(best, perSecond);
            }

            stage.Results.Add("d", "(d) PostgreSQL, a transaction for each purchase, the best of these", "per s", best);
            await rival.Close();
        }
    }

    private static async Task States(Stage stage)
    {
        var half = stage.Scale.Seats / 2;
        await Sell("e", $"(e) WriteStateAsync for each purchase, {half:N0} of {2 * half:N0} seats sold, {FewCallers} callers", "state", FewCallers);
        await Sell("f", "(f) the same, calls interleave and share writes", "state-interleaved", Scale.Callers);

        async Task Sell(string key, string name, string rival, int callers)
        {
            await using var state = await Rival.Open(stage, rival);
            stage.Results.Add(key, name, "per s", await state.Sell(half, callers));
            await state.Close();
        }
    }

    private static async Task Mongo(Stage stage)
    {
        if (stage.Mongo is not { } server)
        {
            stage.Results.Skip("rows (g) and (h): no MongoDB server was given (--mongo <url>)");
            return;
        }

        await using var theirs = new MongoDatabase(server, stage.Results);
        await using var ours = new MongoDatabase(server, stage.Results);
        if (await theirs.Fault() is { } fault) throw new BrokenServer($"rows (g) and (h): {fault}");

        await using (var rival = await Rival.Open(stage, "mongo", theirs.Url))
        {
            stage.Results.Add("g", "(g) MongoDB, findOneAndUpdate and two inserts, the server that was given", "per s", await rival.Sell(stage.Scale.Seats));
            await rival.Close();
        }

        await Ours(stage, ours.Url);
    }

    private static async Task Ours(Stage stage, string database)
    {
        using var directory = new DataDirectory();
        await using var shop = await Shop.Open(stage, directory, database: database);
        using (var crowd = await Crowd.Gather(shop.Address, Scale.Callers))
        {
            await Sell(crowd, stage.Scale.Slow / 4);
            stage.Results.Add("h", "(h) this project on MongoDB, the same server", "per s", await Sell(crowd, stage.Scale.Slow));
        }

        await shop.Close(stage.Verified(directory));

        async Task<double> Sell(Crowd crowd, TimeSpan limit)
        {
            var events = await shop.Events(1, stage.Scale.Seats);
            var outcome = await crowd.Rush(Asked.Purchases(Shop.Path, stage.Buyers, events, stage.Scale.Seats, atOnce: false, Stage.NextRun), stage.Scale.Seats, limit);
            await shop.ExpectSold(events, outcome.Expect(200, outcome.Answers).Answers);
            return outcome.PerSecond;
        }
    }
}
