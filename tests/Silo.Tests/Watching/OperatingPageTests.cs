using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;

namespace Ticketing.Silo.Tests.Watching;

/// <summary>The table of metrics that operators read, and the instruments that there are.</summary>
public sealed partial class OperatingPageTests(SharedServer shared) : ServerTests(shared)
{
    [Fact]
    public void The_table_names_each_instrument_as_it_is_and_no_other()
    {
        Assert.NotNull(Server);
        var instruments = Instruments().Select(one => (one.Name, Kind(one), one.Unit)).Distinct().OrderBy(one => one.Name, StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(instruments);
        var table = Row().Matches(Page()).Select(row => (row.Groups[1].Value, row.Groups[2].Value, (string?)row.Groups[3].Value)).ToArray();
        Assert.Equal(instruments, table.OrderBy(one => one.Item1, StringComparer.Ordinal));
    }

    [Fact]
    public void What_the_page_names_in_its_text_exists()
    {
        Assert.NotNull(Server);
        var named = Mentioned().Matches(Page()).Select(match => match.Value).Distinct();
        Assert.Empty(named.Except(Instruments().Select(one => one.Name)));
    }

    [Fact]
    public void The_page_begins_with_symptoms()
    {
        var page = Page();
        string[] symptoms = ["Buyers get 503", "Mails do not arrive", "Payments stay pending", "Sales are slow", "A silo is gone", "The disk is full", "The database is away"];
        var places = symptoms.Select(symptom => page.IndexOf($"\n## {symptom}\n", StringComparison.Ordinal)).ToArray();
        Assert.All(places, place => Assert.True(place > 0));
        Assert.All(places, place => Assert.True(place < page.IndexOf("\n## What is measured\n", StringComparison.Ordinal)));
    }

    private static Instrument[] Instruments()
    {
        var instruments = new List<Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == "Ticketing") instruments.Add(instrument);
        };
        listener.Start();
        return [.. instruments];
    }

    private static string Kind(Instrument instrument) => instrument.GetType().Name.Split('`')[0].Replace("Observable", "", StringComparison.Ordinal).ToLowerInvariant();

    private static string Page() => File.ReadAllText(Path.Combine(Root(AppContext.BaseDirectory), "docs", "operating.md"));

    private static string Root(string from) => File.Exists(Path.Combine(from, "Ticketing.sln")) ? from : Root(Path.GetDirectoryName(from)!);

    [GeneratedRegex(@"^\| `(ticketing\.[a-z.]+)` \| ([a-z]+) \| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"ticketing\.(?!db`)[a-z]+(\.[a-z]+)*(?=`)")]
    private static partial Regex Mentioned();
}
