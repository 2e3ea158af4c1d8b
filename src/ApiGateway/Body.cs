using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Connections;
using Microsoft.Net.Http.Headers;

namespace Ticketing.ApiGateway;

/// <summary>Reads request bodies (contract.md 1.5).</summary>
internal static class Body
{
    public const string NotJson = "The body must be JSON, announced by Content-Type: application/json.";
    public const string NotObject = "The body must be a JSON object.";

    private const int LongestPathShown = 100;

    /// <summary>Reads a JSON object, once, straight from the connection's buffers.</summary>
    /// <exception cref="BadRequest">The body is no JSON of this form.</exception>
    public static async ValueTask<T> ReadBody<T>(this HttpContext http, JsonTypeInfo<T> type) where T : class
    {
        if (!IsJson(http.Request.ContentType))
            throw new BadRequest(NotJson, StatusCodes.Status415UnsupportedMediaType);
        using var end = http.RequestServices.GetRequiredService<Admission>().Overdue.UnsafeRegister(static late => ((HttpContext)late!).Abort(), http);
        try
        {
            // Reading ends with the connection. To cancel it would leave the server in the middle of it, which it takes for a fault of ours.
            return await JsonSerializer.DeserializeAsync(new BodyArrival(http.Request.BodyReader), type, CancellationToken.None)
                ?? throw new BadRequest("The body must be a JSON object, not null.");
        }
        catch (JsonException fault)
        {
            throw new BadRequest(Explain(fault));
        }
        catch (IOException fault) when (fault is not (BadHttpRequestException or ConnectionResetException))
        {
            // Chunks of no size that there can be.
            throw new BadRequest(Front.BadArrival);
        }
    }

    private static bool IsJson(string? contentType)
    {
        const string json = "application/json";
        if (string.Equals(contentType, json, StringComparison.OrdinalIgnoreCase))
            return true;
        return MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType.Equals(json, StringComparison.OrdinalIgnoreCase)
            && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }

    // The serializer's own sentences name types of this program, so only its position is used.
    private static string Explain(JsonException fault)
    {
        if (fault.InnerException is JsonException)
            return $"The body is malformed JSON at line {fault.LineNumber + 1}, byte {fault.BytePositionInLine}.";
        var path = fault.Path is { Length: > 2 } text && text.StartsWith("$.", StringComparison.Ordinal) ? text[2..] : null;
        if (path is null)
            return NotObject;
        if (path.Length > LongestPathShown)
            path = path[..LongestPathShown];
        return $"{path}: {(fault is Misfit ? fault.Message : "is of another type, out of range or given twice")}.";
    }
}
