using System.Diagnostics.Metrics;
using System.Text.Json;
using Ticketing.Grains.Abstractions;

namespace Ticketing.Grains;

/// <summary>Counts refusals by rule.</summary>
internal sealed class RefusalMeter(IMeterFactory meters)
{
    // Made once: a refusal costs no allocation, and a sold-out event refuses most of those who ask.
    private static readonly KeyValuePair<string, object?>[] Rules =
        [.. Enum.GetNames<Refusal>().Select(name => KeyValuePair.Create("rule", (object?)JsonNamingPolicy.KebabCaseLower.ConvertName(name)))];

    private readonly Counter<long> refusals = meters.Create(Meters.Name).CreateCounter<long>(
        "ticketing.refusals", "{refusal}", "Commands on events and tickets, and passwords, that a rule refused, by the rule's code");

    /// <summary>Counts a refusal.</summary>
    public void Count(Refusal rule) => refusals.Add(1, Rules[(int)rule]);

    /// <summary>The answer, counted if it is a refusal.</summary>
    public Answer<T> Counted<T>(Answer<T> answer)
    {
        if (answer.Refusal is { } rule) Count(rule);
        return answer;
    }

    /// <summary>The answers, counted where they are refusals.</summary>
    public Answer<T>[] Counted<T>(Answer<T>[] answers)
    {
        foreach (var answer in answers) Counted(answer);
        return answers;
    }
}
