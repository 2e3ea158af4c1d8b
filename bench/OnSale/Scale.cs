namespace Ticketing.OnSale;

/// <summary>How much is measured.</summary>
/// <param name="Rounds">How often each row.</param>
/// <param name="Seats">Seats of the large event, and requests of a row.</param>
/// <param name="Warmup">Requests of a turn of warming up.</param>
/// <param name="Warmups">The most turns of that, before the first request that counts: it ends when the compiler rests.</param>
/// <param name="ManyEvents">Events where there are many.</param>
/// <param name="Slow">The longest time for a row that would take too long.</param>
internal sealed record Scale(int Rounds, int Seats, int Warmup, int Warmups, int ManyEvents, TimeSpan Slow)
{
    /// <summary>Callers over HTTP, each with a connection.</summary>
    public const int Callers = 256;

    /// <summary>What the table in the documents is made with.</summary>
    public static Scale Full { get; } = new(5, 50_000, 25_000, 10, 10_000, TimeSpan.FromSeconds(4));

    /// <summary>Whether it runs and its invariants hold; its times say nothing.</summary>
    public static Scale Quick { get; } = new(1, 2_000, 1_000, 1, 200, TimeSpan.FromSeconds(1));
}

/// <summary>What a scene has at hand.</summary>
/// <param name="Scale">How much is measured.</param>
/// <param name="Round">The round, from 1.</param>
/// <param name="Results">Where rows go.</param>
/// <param name="Keys">The servers' keys.</param>
/// <param name="Buyers">Who buys.</param>
/// <param name="Seed">The seed of this run.</param>
/// <param name="Mongo">A MongoDB server, if one was given.</param>
internal sealed record Stage(Scale Scale, int Round, Results Results, IReadOnlyDictionary<string, string> Keys, Load.Buyer[] Buyers, int Seed, string? Mongo)
{
    private static int runs;

    /// <summary>The directory, if its sales are to be rebuilt and checked at the end: in the first round, for it takes longer than to sell. That what was answered is what is taken is looked at in each.</summary>
    public DataDirectory? Verified(DataDirectory directory) => Round == 1 ? directory : null;

    /// <summary>A number that no other run of requests has.</summary>
    public static int NextRun => Interlocked.Increment(ref runs);
}

/// <summary>A directory for a server's data, removed at the end.</summary>
internal sealed class DataDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ticketing-on-sale-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
