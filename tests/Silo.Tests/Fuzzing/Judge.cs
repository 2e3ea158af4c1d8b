using System.Text.Json;
using System.Text.Json.Nodes;
using Ticketing.OpenApi;

namespace Ticketing.Silo.Tests.Fuzzing;

/// <summary>Whether an answer is one that may be given.</summary>
/// <param name="documents">The server's documents by word.</param>
internal sealed class Judge(IReadOnlyDictionary<string, ApiDocument> documents)
{
    /// <summary>What is wrong with an answer; nothing when nothing is.</summary>
    public string? Finding(RawRequest request, RawAnswer answer, bool isFirst)
    {
        // Behind a request that is broken, the server may read as another what was meant as its body.
        var isKnown = isFirst && !request.IsBroken;
        if (answer.Status >= 500 && (isKnown || answer.Status is not (501 or 505))) return $"a status of {answer.Status}";
        if (answer.Status < 200 || answer.Status == 304 || (isFirst && request.IsHead)) return null;
        if (isKnown && request.IsPathKnown && request.Delivery != Delivery.Pipelined && AnswerCheck.Word(request.Path) is { } word)
        {
            var answered = new Answered(request.Method, request.Path, answer.Status, answer.ContentType, answer.Text, [.. answer.Headers.Select(header => header.Name).Where(name => name != "Content-Encoding")]);
            if (AnswerCheck.Findings(documents[word], answered) is [{ } finding, ..]) return finding;
        }

        if (answer.ContentType != "application/json")
            return answer.Status < 400 || (!isKnown && answer.Body.Length == 0) ? null : "a refusal without the envelope";
        return request.Path.Contains("/doc", StringComparison.OrdinalIgnoreCase) && answer.Status == 200 ? null : Envelope(answer);
    }

    private static string? Envelope(RawAnswer answer)
    {
        try
        {
            if (JsonNode.Parse(answer.Text) is not JsonObject envelope) return "no envelope";
            var (success, message, error) = (envelope["success"], envelope["message"], envelope["error"]);
            if (success?.GetValueKind() != (answer.Status < 400 ? JsonValueKind.True : JsonValueKind.False)) return "an envelope that says another thing than its status";
            if (message?.GetValueKind() != JsonValueKind.String) return "an envelope without a message";
            return answer.Status >= 400 && error?.GetValueKind() != JsonValueKind.String ? "a refusal that does not say why" : null;
        }
        catch (JsonException)
        {
            return "what says it is JSON and is none";
        }
    }
}
