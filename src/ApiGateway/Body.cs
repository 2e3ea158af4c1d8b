using System.Buffers;
using System.IO.Pipelines;
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

    private const string Null = "The body must be a JSON object, not null.";
    private const int LongestPathShown = 100;

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a JSON object, once, straight from the connection's buffers; at once when all of it is there already, in one piece.</summary>
    /// <exception cref="BadRequest">The body is no JSON of this form.</exception>
    public static ValueTask<T> ReadBody<T>(this HttpContext http, JsonTypeInfo<T> type) where T : class
    {
        if (!IsJson(http.Request.ContentType))
            throw new BadRequest(NotJson, StatusCodes.Status415UnsupportedMediaType);
        var body = http.Request.BodyReader;
        // Of chunks it is not known before they are read whether they are well made.
        if (http.Request.ContentLength is null || !body.TryRead(out var arrived))
            return Arriving(http, type);
        if (arrived is { IsCompleted: true, IsCanceled: false, Buffer.IsSingleSegment: true })
            return new(Arrived(body, arrived.Buffer, type));
        body.AdvanceTo(arrived.Buffer.Start);
        return Arriving(http, type);
    }

    private static T Arrived<T>(PipeReader body, ReadOnlySequence<byte> json, JsonTypeInfo<T> type) where T : class
    {
        var text = json.FirstSpan;
        try
        {
            // As one reads a stream, which may begin with the mark of its encoding.
            return JsonSerializer.Deserialize(text.StartsWith(Utf8Mark) ? text[Utf8Mark.Length..] : text, type) ?? throw new BadRequest(Null);
        }
        catch (JsonException fault)
        {
            throw new BadRequest(Explain(fault));
        }
        finally
        {
            body.AdvanceTo(json.End);
        }
    }

    private static async ValueTask<T> Arriving<T>(HttpContext http, JsonTypeInfo<T> type) where T : class
    {
        using var end = http.RequestServices.GetRequiredService<Admission>().Overdue.UnsafeRegister(static late => ((HttpContext)late!).Abort(), http);
        try
        {
            // Reading ends with the connection. To cancel it would leave the server in the middle of it, which it takes for a fault of ours.
            return await JsonSerializer.DeserializeAsync(new BodyArrival(http.Request.BodyReader), type, CancellationToken.None)
                ?? throw new BadRequest(Null);
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
