using Ticketing.History;

namespace Ticketing.Silo.Verifying;

/// <summary>What an operator sees at the end of a verification.</summary>
internal static class VerifyReport
{
    public static void Write(TextWriter output, CheckTable table, string counted)
    {
        output.WriteLine();
        output.WriteLine($"  {"check",-14} {"looked at",12}   result");
        foreach (var check in table.Checks) output.WriteLine($"  {check.Name,-14} {check.LookedAt,12:N0}   {Result(check)}");
        var broken = table.Checks.Where(check => check.Violations > 0).ToArray();
        foreach (var check in broken)
        {
            output.WriteLine();
            output.WriteLine($"{check.Name}: {check.Rule}");
            foreach (var violation in check.First) output.WriteLine($"  {Where(violation)}{violation.What}");
            if (check.Violations > check.First.Count) output.WriteLine($"  and {check.Violations - check.First.Count:N0} more");
        }

        output.WriteLine();
        output.WriteLine(broken.Length == 0 ? $"All holds: {counted}." : $"Does NOT hold: {string.Join(", ", broken.Select(check => check.Name))}; looked at {counted}.");
    }

    private static string Result(Check check)
    {
        var notes = check.Notes.Count == 0 ? "" : $" ({string.Join("; ", check.Notes.Select(note => $"{note.Value:N0} {note.Key}"))})";
        return (check.Violations == 0 ? "ok" : $"BROKEN {check.Violations:N0} times") + notes;
    }

    private static string Where(Violation violation)
    {
        var parts = new List<string>();
        if (violation.Event is { } key) parts.Add($"event {key}");
        if (violation.Batch != 0) parts.Add($"batch {violation.Batch}");
        if (violation.Position != 0) parts.Add($"position {violation.Position}");
        if (violation.Ticket is { } ticket) parts.Add($"ticket {ticket}");
        return parts.Count == 0 ? "" : $"{string.Join(", ", parts)}: ";
    }
}
