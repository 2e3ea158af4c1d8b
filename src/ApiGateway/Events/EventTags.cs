using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;

namespace Ticketing.ApiGateway.Events;

/// <summary>
/// Versions of events as entity tags (RFC 9110, 8.8.3 and 13.1). An event's tag is its version in quotes; a list's is a hash of what it lists. Ours are
/// strong, and what we did not make matches nothing.
/// </summary>
internal static class EventTags
{
    /// <summary>Answers a command, with the event's tag.</summary>
    public static Task AnswerTagged(this HttpContext http, Answer<EventRecord> answer)
    {
        if (answer.IsDone)
            http.Response.Headers.ETag = Of(answer.Value);
        return http.Answer(answer, EventView.Shape);
    }

    /// <summary>Answers a read: 304 when the caller has this version.</summary>
    public static Task AnswerUnlessKnown(this HttpContext http, EventRecord record) =>
        http.IsKnown(Of(record)) ? NotModified(http) : http.Answer(record, EventView.Shape);

    /// <summary>The same for an event of this process, whose answer is written once for all who read it while it stands.</summary>
    public static Task AnswerUnlessKnown(this HttpContext http, EventStanding standing)
    {
        var answer = (WrittenEvent)(standing.Written ??= new WrittenEvent(Of(standing.Record), http.WriteDone(standing.Record, EventView.Shape)));
        return http.IsKnown(answer.Tag) ? NotModified(http) : http.Send(StatusCodes.Status200OK, answer.Body);
    }

    /// <summary>Answers a list: 304 when the caller has these versions of these events.</summary>
    public static Task ListUnlessKnown(this HttpContext http, Page<EventRecord> page) =>
        http.IsKnown(Of(page)) ? NotModified(http) : http.List(page, EventView.Shape);

    /// <summary>The versions that <c>If-Match</c> names, or nothing when any will do: the header is absent, or <c>*</c>. An event that is not there is not found before that.</summary>
    /// <exception cref="BadRequest">The header is no <c>*</c> and no list of tags.</exception>
    public static long[]? IfMatch(this HttpContext http)
    {
        var header = http.Request.Headers.IfMatch;
        if (header.Count == 0)
            return null;
        if (!EntityTagHeaderValue.TryParseStrictList([.. header.OfType<string>()], out var tags) || (tags.Count > 1 && tags.Contains(EntityTagHeaderValue.Any)))
            throw new BadRequest("If-Match must be * or a list of entity tags, each in double quotes.");
        return tags.Contains(EntityTagHeaderValue.Any) ? null : [.. tags.Where(static tag => !tag.IsWeak).Select(static tag => Version(tag)).OfType<long>()];
    }

    private static string Of(EventRecord record) => string.Create(CultureInfo.InvariantCulture, $"\"{record.Version}\"");

    private static string Of(Page<EventRecord> page)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> line = stackalloc byte[RecordId.Size + sizeof(long)];
        foreach (var record in page.Items)
        {
            record.Id.Value.Write(line);
            BitConverter.TryWriteBytes(line[RecordId.Size..], record.Version);
            hash.AppendData(line);
        }

        // A page that has become the last one looks different, though it lists the same.
        hash.AppendData([page.Next is null ? (byte)0 : (byte)1]);
        return $"\"{Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16))}\"";
    }

    private static long? Version(EntityTagHeaderValue tag) =>
        long.TryParse(tag.Tag.AsSpan()[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var version) && tag.Tag[1] != '0' ? version : null;

    /// <summary>Tells the tag, and that caches must ask each time; whether the caller has it already. What is no list of tags is as good as absent here.</summary>
    private static bool IsKnown(this HttpContext http, string tag)
    {
        http.Response.Headers.ETag = tag;
        http.Response.Headers.CacheControl = "no-cache";
        if (http.Request.Headers.IfNoneMatch.Count == 0)
            return false;
        var own = new EntityTagHeaderValue(tag);
        return EntityTagHeaderValue.TryParseStrictList([.. http.Request.Headers.IfNoneMatch.OfType<string>()], out var tags)
            && tags.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(own, useStrongComparison: false));
    }

    private static Task NotModified(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }

    /// <summary>An answer to a read of an event, as it is sent.</summary>
    private sealed record WrittenEvent(string Tag, byte[] Body);
}
