namespace Ticketing.OnSale;

/// <summary>A line of the table: what was measured, once a round.</summary>
/// <param name="Key">What ratios call it.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Unit">Its unit.</param>
internal sealed record Row(string Key, string Name, string Unit)
{
    /// <summary>What was measured, round by round.</summary>
    public List<double> Values { get; } = [];

    /// <summary>The load average of the minute before each of these.</summary>
    public List<double> Loads { get; } = [];

    public double Median => MedianOf(Values);

    public double Min => Values.Min();

    public double Max => Values.Max();

    public double Load => MedianOf(Loads);

    public static double MedianOf(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>Something that is to be reached: a row, or a row in units of another one.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Of">The row.</param>
/// <param name="To">The row that it is divided by, round by round; absent for the row itself.</param>
/// <param name="Limit">What is to be reached.</param>
/// <param name="AtMost">Whether less is better.</param>
internal sealed record Goal(string Name, string Of, string? To, double Limit, bool AtMost = false)
{
    /// <summary>Those of this project.</summary>
    public static IReadOnlyList<Goal> All { get; } =
    [
        new("HTTP purchases, 50,000 seats ÷ (a) the server alone", "hot50000", "a", 0.6),
        new("HTTP purchases, 50,000 seats ÷ (d) PostgreSQL at its best", "hot50000", "d", 10),
        new("HTTP purchases, 50,000 seats ÷ (e) WriteStateAsync, one at a time", "hot50000", "e", 100),
        new("purchases in process ÷ empty grain calls, 256 callers", "process256", "empty256", 0.3),
        new("50,000 seats ÷ 100 seats", "hot50000", "hot100", 0.9),
        new("64 events at once ÷ one hot event", "events64", "hot50000", 0.9),
        new("refusals (sold out) ÷ (a)", "refusals", "a", 0.9),
        new("availability reads ÷ (a)", "reads", "a", 0.9),
        new("p99 at half of the peak, ms", "p99", null, 20, AtMost: true),
        new("flushes per 1,000 purchases, 256 callers", "flushes", null, 20, AtMost: true),
        new("cold activation, 50,000 tickets, ms", "wake", null, 200, AtMost: true),
        new("first purchase after kill -9, s", "kill", null, 2, AtMost: true),
        new("an idle event without sales, bytes", "idle", null, 4096, AtMost: true),
        new("a sold ticket in a live ledger, bytes", "ticket", null, 200, AtMost: true),
    ];

    /// <summary>What was reached: the median of the rounds. Absent when a row is.</summary>
    public double? Reached(Results results)
    {
        if (results.Find(Of) is not { } row) return null;
        if (To is null) return row.Median;
        return results.Find(To) is { } other ? Row.MedianOf(row.Values.Zip(other.Values, (a, b) => a / b)) : null;
    }

    public bool IsMet(double reached) => AtMost ? reached <= Limit : reached >= Limit;
}

/// <summary>All rows so far, in the order in which they were first measured.</summary>
internal sealed class Results
{
    private readonly List<Row> rows = [];
    private readonly List<string> skipped = [];

    public IReadOnlyList<Row> Rows => rows;

    /// <summary>What was not measured, and why.</summary>
    public IReadOnlyList<string> Skipped => skipped;

    public Row? Find(string key) => rows.Find(row => row.Key == key);

    public void Add(string key, string name, string unit, double value)
    {
        var row = Find(key);
        if (row is null) rows.Add(row = new(key, name, unit));
        row.Values.Add(value);
        row.Loads.Add(Machine.Load());
        Console.WriteLine($"    {name,-72} {Table.Number(value),12}  {unit}");
    }

    /// <summary>Notes loudly that something is not measured.</summary>
    public void Skip(string reason)
    {
        if (skipped.Contains(reason)) return;
        skipped.Add(reason);
        Console.WriteLine($"!!! SKIPPED: {reason}");
    }
}
