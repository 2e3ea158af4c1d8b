namespace Ticketing.History;

/// <summary>Something that does not hold.</summary>
/// <param name="Event">The event's id in hexadecimal, or nothing when it belongs to none.</param>
/// <param name="Batch">The number of the batch; 0 when it belongs to none.</param>
/// <param name="Position">How many facts there were up to this one, fences not counted; 0 when it belongs to none.</param>
/// <param name="Ticket">The ticket's id in hexadecimal, or nothing when it belongs to none.</param>
/// <param name="What">What is wrong, in words, on one line.</param>
public sealed record Violation(string? Event, long Batch, long Position, string? Ticket, string What);

/// <summary>One row of the table: a rule, at how many things it was looked, and what does not hold.</summary>
/// <param name="name">The row's name, one word.</param>
/// <param name="rule">The rule, in words.</param>
public sealed class Check(string name, string rule)
{
    /// <summary>How many violations are kept; more are only counted.</summary>
    public const int MostKept = 5;

    private readonly List<Violation> first = [];
    private readonly SortedDictionary<string, long> notes = new(StringComparer.Ordinal);

    /// <summary>The row's name.</summary>
    public string Name => name;

    /// <summary>The rule.</summary>
    public string Rule => rule;

    /// <summary>At how many things it was looked.</summary>
    public long LookedAt { get; private set; }

    /// <summary>How many violations there are.</summary>
    public long Violations { get; private set; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<Violation> First => first;

    /// <summary>What is no violation and yet worth a word, and how often: work that is still under way, for example.</summary>
    public IReadOnlyDictionary<string, long> Notes => notes;

    /// <summary>Something was looked at.</summary>
    public void Look() => LookedAt++;

    /// <summary>Something does not hold.</summary>
    public void Violate(Violation violation)
    {
        Violations++;
        if (first.Count < MostKept) first.Add(violation);
    }

    /// <summary>Something is worth a word.</summary>
    public void Note(string what) => notes[what] = notes.GetValueOrDefault(what) + 1;
}

/// <summary>All checks, in the order in which they were first asked for. One table may serve for many histories. Used by one thread.</summary>
public sealed class CheckTable
{
    private readonly List<Check> checks = [];

    /// <summary>The rows.</summary>
    public IReadOnlyList<Check> Checks => checks;

    /// <summary>Whether nothing was found that does not hold.</summary>
    public bool Holds => checks.TrueForAll(check => check.Violations == 0);

    /// <summary>The row of a name, which is added when it is not there.</summary>
    /// <param name="name">The row's name.</param>
    /// <param name="rule">The rule, in words.</param>
    public Check Row(string name, string rule)
    {
        if (checks.Find(check => check.Name == name) is { } known) return known;
        var check = new Check(name, rule);
        checks.Add(check);
        return check;
    }
}
