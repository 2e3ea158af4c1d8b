using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ticketing.OpenApi;

/// <summary>An answer as it came over the wire.</summary>
/// <param name="Method">The method asked.</param>
/// <param name="Path">The path asked, without the query.</param>
/// <param name="Status">The status.</param>
/// <param name="ContentType">The media type of the body, if it has one.</param>
/// <param name="Text">The body.</param>
/// <param name="Headers">The names of the headers, those of the body included.</param>
public sealed record Answered(string Method, string Path, int Status, string? ContentType, string Text, IReadOnlyCollection<string> Headers);

/// <summary>Whether an answer is one that the document of its word foretells.</summary>
public static class AnswerCheck
{
    // These say nothing that a caller decides on, or are the protocol's own.
    private static readonly HashSet<string> Ordinary = new(StringComparer.OrdinalIgnoreCase)
    {
        "Date", "Server", "Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "Cache-Control", "X-Content-Type-Options",
    };

    /// <summary>The word whose document describes the path, or nothing when none does: other paths, and those of the documentation itself.</summary>
    public static string? Word(string path) =>
        path.Split('/') is ["", "api", { Length: > 0 } word, .. var rest] && rest is not ["doc", ..] ? word : null;

    /// <summary>What the document does not foretell of the answer, one line each; empty when all of it is.</summary>
    public static IReadOnlyList<string> Findings(ApiDocument document, Answered answer)
    {
        // The server itself turns some requests away before any route is asked; it does so without a body.
        if (answer is { Text: "", ContentType: null, Status: 400 or 408 or 413 or 414 or 431 or 505 })
            return [];
        if (answer.Method == "HEAD")
            return [];
        if (document.Find(answer.Method, answer.Path) is not { } operation)
            return answer.Status is 404 or 413 or 503 ? Envelope(document, answer) : [$"{Name(answer)}: no such operation, and yet not 404"];
        if (operation.Responses[$"{answer.Status}"] is not { } found)
            return [$"{operation} answered {answer.Status}, which is not documented: {answer.Text}"];

        var response = document.Resolve(found);
        var headers = response["headers"] as JsonObject ?? [];
        var findings = new List<string>();
        foreach (var header in answer.Headers.Where(header => !Ordinary.Contains(header) && !headers.Any(one => one.Key.Equals(header, StringComparison.OrdinalIgnoreCase))))
            findings.Add($"{operation} {answer.Status}: the header {header} is not documented");
        if (response["content"] is not JsonObject content)
            findings.AddRange(answer.Text.Length == 0 ? [] : [$"{operation} {answer.Status}: a body that is not documented"]);
        else if (content[answer.ContentType ?? ""] is not { } media)
            findings.Add($"{operation} {answer.Status}: the content type {answer.ContentType} is not documented");
        else if (answer.ContentType == "application/json")
            findings.AddRange(Body(document, media["schema"]!, answer).Select(finding => $"{operation} {answer.Status}: {finding}"));
        return findings;
    }

    private static IReadOnlyList<string> Envelope(ApiDocument document, Answered answer) =>
        [.. Body(document, document.Follow("#/components/schemas/Failure")!, answer).Select(finding => $"{Name(answer)} {answer.Status}: {finding}")];

    private static IReadOnlyList<string> Body(ApiDocument document, JsonNode schema, Answered answer)
    {
        try
        {
            return SchemaCheck.Findings(document, schema, JsonNode.Parse(answer.Text));
        }
        catch (JsonException)
        {
            return ["the body is no JSON"];
        }
    }

    private static string Name(Answered answer) => $"{answer.Method} {answer.Path}";
}
