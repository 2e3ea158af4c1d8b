using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ticketing.OnSale;

/// <summary>Writes what was measured for people and for programs.</summary>
internal static class Table
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A number with as many digits as mean something.</summary>
    public static string Number(double value) => value.ToString(Math.Abs(value) >= 100 ? "N0" : Math.Abs(value) >= 1 ? "N2" : "N3", CultureInfo.InvariantCulture);

    /// <summary>The table as Markdown that is aligned for reading as it is.</summary>
    public static string Markdown(Results results, string circumstances)
    {
        var text = new StringBuilder();
        text.AppendLine(circumstances);
        text.AppendLine();
        Write(
            text,
            ["what", "unit", "median", "min", "max", "load"],
            results.Rows.Select(row => new[] { row.Name, row.Unit, Number(row.Median), Number(row.Min), Number(row.Max), row.Load.ToString("N1", CultureInfo.InvariantCulture) }));
        text.AppendLine();
        Write(text, ["goal", "wanted", "reached", ""], Goal.All.Select(goal => Line(goal, results)));
        foreach (var reason in results.Skipped) text.AppendLine().Append("**Skipped:** ").Append(reason).AppendLine(".");
        return text.ToString();
    }

    /// <summary>The rows as JSON, each with the ratios that it has to others.</summary>
    public static string Json(Results results) => new JsonArray([.. results.Rows.Select(row => new JsonObject
    {
        ["row"] = row.Name.Trim(),
        ["unit"] = row.Unit,
        ["median"] = row.Median,
        ["min"] = row.Min,
        ["max"] = row.Max,
        ["load"] = double.IsNaN(row.Load) ? null : row.Load,
        ["ratios"] = new JsonObject(Goal.All.Where(goal => goal.Of == row.Key && goal.To is not null && goal.Reached(results) is not null)
            .Select(goal => KeyValuePair.Create(results.Find(goal.To!)!.Name.Trim(), (JsonNode?)goal.Reached(results)))),
    })]).ToJsonString(Readable);

    private static string[] Line(Goal goal, Results results)
    {
        var wanted = $"{(goal.AtMost ? "at most" : "at least")} {goal.Limit.ToString("#,0.###", CultureInfo.InvariantCulture)}";
        return goal.Reached(results) is { } reached ? [goal.Name, wanted, Number(reached), goal.IsMet(reached) ? "met" : "NOT met"] : [goal.Name, wanted, "-", "not measured"];
    }

    private static void Write(StringBuilder text, string[] head, IEnumerable<string[]> lines)
    {
        var all = lines.Prepend(head).ToList();
        var widths = head.Select((_, column) => all.Max(line => line[column].Length)).ToArray();
        foreach (var (index, line) in all.Index())
        {
            // The first column and words stand left, numbers right.
            text.AppendLine($"| {string.Join(" | ", line.Select((cell, column) => column < 2 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))} |");
            if (index == 0) text.AppendLine($"| {string.Join(" | ", widths.Select((width, column) => column < 2 ? new string('-', width) : new string('-', Math.Max(1, width - 1)) + ":"))} |");
        }
    }
}
