using System.Diagnostics;
using System.Globalization;
using Ticketing.OnSale.Load;
using Ticketing.OnSale.Scenes;
using Ticketing.OnSale.Serving;

namespace Ticketing.OnSale;

/// <summary>
/// The on-sale benchmark: every row several times, all rows in one run, one load generator, one durability (flushed before the answer). Servers run in processes
/// of their own on the same machine. Fails when something does not run or an invariant breaks, never on a time.
/// </summary>
internal static class Benchmark
{
    private const string Usage = """
        OnSale [--quick] [--rounds <n>] [--scenes limits,sale,...] [--out <directory>] [--seed <n>] [--mongo <url>]

        --quick     a minute: whether it all runs and every invariant holds; its times say nothing
        --rounds    how often each row is measured (5)
        --scenes    which of limits, rivals, sale, growth, waking, drain (all)
        --out       where on-sale.md and on-sale.json are written (nowhere)
        --seed      of the gaps between requests in the open loop
        --mongo     a MongoDB server for the rows that need one; a database of this run is made there and dropped
        """;

    /// <summary>The generator's: its sockets complete on one thread, which goes on with the caller at once.</summary>
    public static IReadOnlyList<string> OfSockets { get; } = ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"];

    private static readonly (string Name, Func<Stage, Task> Play)[] Scenes =
        [("limits", LimitsScene.Play), ("rivals", RivalsScene.Play), ("sale", SaleScene.Play), ("growth", GrowthScene.Play), ("waking", WakingScene.Play), ("drain", DrainScene.Play)];

    public static async Task<int> Run(string[] arguments)
    {
        if (arguments is ["serve", var part]) return await Server.Run(part);
        foreach (var name in OfSockets) Environment.SetEnvironmentVariable(name, "1");
        if (Options.Read(arguments, [.. Scenes.Select(scene => scene.Name)]) is not { } options)
        {
            Console.WriteLine(Usage);
            return 2;
        }

        try
        {
            var began = Stopwatch.GetTimestamp();
            var table = await Play(options, began);
            Console.WriteLine();
            Console.WriteLine(table);
            return 0;
        }
        catch (BrokenInvariant broken)
        {
            Console.WriteLine($"AN INVARIANT DOES NOT HOLD: {broken.Message}");
            return 1;
        }
        catch (BrokenServer broken)
        {
            Console.WriteLine($"IT DOES NOT RUN: {broken.Message}");
            return 1;
        }
    }

    private static async Task<string> Play(Options options, long began)
    {
        var (results, keys) = (new Results(), Tokening.Keys());
        Console.WriteLine($"seed {options.Seed}");
        var table = "";
        for (var round = 1; round <= options.Rounds; round++)
        {
            // Anew: a token lives for an hour, and many rounds take longer.
            var buyers = Tokening.Buyers(keys, 1000);
            foreach (var (name, play) in Scenes.Where(scene => options.Scenes is null || options.Scenes.Contains(scene.Name)))
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round} of {options.Rounds}, {name} (load {Machine.Load():N2})"));
                await play(new(options.Scale, round, results, keys, buyers, options.Seed + round, options.Mongo));
            }

            table = await Written(options, results, round, began);
        }

        return table;
    }

    /// <summary>The table so far, written after each round: a long run that is interrupted has not been in vain.</summary>
    private static async Task<string> Written(Options options, Results results, int rounds, long began)
    {
        var table = Table.Markdown(results, Machine.Circumstances(options, rounds, Stopwatch.GetElapsedTime(began)));
        if (options.Out is not { } directory) return table;
        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "on-sale.md"), table);
        await File.WriteAllTextAsync(Path.Combine(directory, "on-sale.json"), Table.Json(results));
        return table;
    }
}
