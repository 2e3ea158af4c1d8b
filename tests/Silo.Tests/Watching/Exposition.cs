using System.Globalization;
using System.Text.RegularExpressions;

namespace Ticketing.Silo.Tests.Watching;

/// <summary>One line of a page of metrics.</summary>
internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>A page of metrics, as Prometheus reads it.</summary>
internal static partial class Exposition
{
    public static async Task<IReadOnlyList<Sample>> Metrics(this Api api) => Parse((await api.Get("/metrics")).Text);

    public static IReadOnlyList<Sample> Parse(string page) => [.. page.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').Select(Line)];

    /// <summary>The value of a metric of ours without labels, or with one label; 0 when it is not there.</summary>
    public static double Value(this IEnumerable<Sample> page, string name, string? label = null, string? value = null) =>
        page.Where(sample => sample.Name == name && (label is null || sample.Labels.GetValueOrDefault(label) == value)).Sum(sample => sample.Value);

    private static Sample Line(string line)
    {
        var match = Pattern().Match(line);
        Assert.True(match.Success, $"no metric: {line}");
        var labels = Label().Matches(match.Groups["labels"].Value).ToDictionary(one => one.Groups[1].Value, one => one.Groups[2].Value);
        return new(match.Groups["name"].Value, labels, double.Parse(match.Groups["value"].Value.Replace("+Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.*)\})? (?<value>\S+)( \d+)?$""")]
    private static partial Regex Pattern();

    [GeneratedRegex("""([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)",?""")]
    private static partial Regex Label();
}
