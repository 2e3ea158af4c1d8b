using System.Text.Json.Nodes;
using Ticketing.OnSale.Load;
using Ticketing.OnSale.Serving;

namespace Ticketing.OnSale.Scenes;

/// <summary>A rival in a process of its own.</summary>
internal sealed class Rival : IAsyncDisposable
{
    private const int Again = 16;

    private readonly Stage stage;
    private readonly DataDirectory directory;
    private readonly Child child;

    private Rival(Stage stage, DataDirectory directory, Child child) => (this.stage, this.directory, this.child) = (stage, directory, child);

    /// <summary>Opens it.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="name">Which: see <see cref="RivalServer"/>.</param>
    /// <param name="database">The server that it works on, if there is one.</param>
    public static async Task<Rival> Open(Stage stage, string name, string? database = null)
    {
        var directory = new DataDirectory();
        try
        {
            var environment = new Dictionary<string, string>(stage.Keys) { [RivalServer.Data] = directory.Path };
            if (database is not null) environment[RivalServer.Database] = database;
            return new(stage, directory, await Child.Start(RivalServer.Prefix + name, environment));
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Has it work with so many connections from now on.</summary>
    public Task Connect(int connections) => child.Ask("connections", new JsonObject { ["count"] = connections });

    /// <summary>Sells for a while, once to get warm and once that counts, and has what is stored looked at.</summary>
    /// <param name="seats">How many seats are for sale.</param>
    /// <param name="callers">How many callers there are.</param>
    /// <returns>Purchases a second.</returns>
    /// <exception cref="BrokenInvariant">A purchase was not answered with a ticket, or what is stored is not what was answered.</exception>
    public async Task<double> Sell(int seats, int callers = Scale.Callers)
    {
        using var crowd = await Crowd.Gather(child.Address, callers);
        await Sell(crowd, seats, stage.Scale.Slow);
        return (await Sell(crowd, seats, stage.Scale.Slow)).PerSecond;
    }

    /// <summary>Ends it.</summary>
    public Task Close() => child.Stop();

    public async ValueTask DisposeAsync()
    {
        await child.DisposeAsync();
        directory.Dispose();
    }

    private async Task<Outcome> Sell(Crowd crowd, int seats, TimeSpan limit)
    {
        var id = (string)(await child.Ask("event", new JsonObject { ["seats"] = seats }))["id"]!;
        var (requests, others) = (Requests(), Requests());
        var outcome = await crowd.Rush(requests, seats, limit);
        // Asked now because its log comes with its answer.
        var stock = await child.Ask("count", new JsonObject { ["id"] = id });
        if (outcome.With(200) != outcome.Answers) throw new BrokenInvariant($"only {outcome.With(200):N0} of {outcome.Answers:N0} purchases were answered with a ticket: {(child.Log is [.., var last] ? last : "no log")}");
        // Who asks again under the same key has the ticket; who wants its seat under another key does not get it. Neither changes what is stored.
        (await crowd.Rush(requests, Again)).Expect(200, Again);
        (await crowd.Rush(others, Again)).Expect(409, Again);
        stock = await child.Ask("count", new JsonObject { ["id"] = id });
        foreach (var what in new[] { "sold", "tickets", "seats", "payments" })
        {
            if ((long)stock[what]! is var count && count != outcome.Answers) throw new BrokenInvariant($"{outcome.Answers:N0} purchases were answered with a ticket, and the rival has {count:N0} {what}");
        }

        return outcome;

        Requests Requests() => Asked.Purchases(RivalServer.Path, stage.Buyers, [id], seats, atOnce: false, Stage.NextRun);
    }
}
