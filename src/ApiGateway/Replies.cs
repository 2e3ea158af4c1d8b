using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ticketing.Grains.Abstractions;

namespace Ticketing.ApiGateway;

/// <summary>How a record looks on the wire.</summary>
/// <param name="Of">Makes the view of a record.</param>
/// <param name="One">Writes one.</param>
/// <param name="Many">Writes a list.</param>
internal sealed record Shape<TRecord, TView>(Func<TRecord, TView> Of, JsonTypeInfo<Envelope<TView>> One, JsonTypeInfo<Envelope<TView[]>> Many);

/// <summary>Writes answers, all of them in the envelope.</summary>
internal static class Replies
{
    public const string Nothing = "There is nothing at this path with this method, or an id in it is malformed.";
    public const string OutcomeUnknown = "The outcome is not known yet. Ask again, with the same idempotency key if you sent one.";
    public const string Stopping = "The server is stopping. Nothing was done; ask again.";

    private const string RetrySoon = "1";

    /// <summary>What a word says of its health.</summary>
    public static string Alive(string word) => $"The {word} service is alive";

    /// <summary>A good answer with data.</summary>
    public static Task Done<T>(this HttpContext http, T data, JsonTypeInfo<Envelope<T>> type) =>
        Write(http, StatusCodes.Status200OK, new Envelope<T>(http.Doc().DoneMessage, data), type);

    /// <summary>A good answer with data as bytes, to be sent to all who ask the same of the same route.</summary>
    public static byte[] WriteDone<TRecord, TView>(this HttpContext http, TRecord record, Shape<TRecord, TView> shape)
    {
        var page = AnswerPage.Take();
        var bytes = page.Write(new Envelope<TView>(http.Doc().DoneMessage, shape.Of(record)), shape.One).ToArray();
        page.GiveBack();
        return bytes;
    }

    /// <summary>A good answer without data.</summary>
    public static Task Done(this HttpContext http, string message) =>
        Write(http, StatusCodes.Status200OK, new Envelope<string>(message, null), Json.Default.EnvelopeString);

    /// <summary>One of the three answers to a command.</summary>
    public static Task Answer<TRecord, TView>(this HttpContext http, Answer<TRecord> answer, Shape<TRecord, TView> shape) => answer.Outcome switch
    {
        Outcome.Done => http.Done(shape.Of(answer.Value!), shape.One),
        Outcome.Refused => http.Refuse(answer.Refusal!.Value),
        Outcome.Unknown => http.Unknown(),
    };

    /// <summary>One page of a list, written as it is made: a page can be large.</summary>
    public static Task List<TRecord, TView>(this HttpContext http, Page<TRecord> page, Shape<TRecord, TView> shape)
    {
        if (page.Next is { } next)
            http.LinkNext(next);
        var envelope = new Envelope<TView[]>(http.Doc().DoneMessage, Array.ConvertAll(page.Items, record => shape.Of(record))) { NextCursor = page.Next };
        http.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(http.Response.BodyWriter, envelope, shape.Many, http.RequestAborted);
    }

    /// <summary>A named rule forbids it.</summary>
    public static Task Refuse(this HttpContext http, Refusal rule) => http.Fail(rule.Status(), rule.Sentence(), rule.Code());

    /// <summary>A named rule forbids it for a while.</summary>
    public static Task Refuse(this HttpContext http, Refusal rule, TimeSpan wait)
    {
        // Rounded up, for whoever comes exactly then should not come too early.
        http.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return http.Refuse(rule);
    }

    /// <summary>Nobody can say whether it happened. The caller repeats it under the same key, which is therefore given back.</summary>
    public static Task Unknown(this HttpContext http)
    {
        http.Response.Headers.RetryAfter = RetrySoon;
        if (http.Request.Headers.TryGetValue(Operations.Header, out var key))
            http.Response.Headers[Operations.Header] = key;
        return http.Fail(StatusCodes.Status503ServiceUnavailable, OutcomeUnknown);
    }

    /// <summary>The process has just started and does not know yet which tokens have ended.</summary>
    public static Task NotReady(this HttpContext http)
    {
        http.Response.Headers.RetryAfter = RetrySoon;
        return http.Fail(StatusCodes.Status503ServiceUnavailable, "The server is starting. Nothing was done; ask again.");
    }

    /// <summary>The process is stopping; another one, or this one restarted, will answer.</summary>
    public static Task Closed(this HttpContext http)
    {
        http.Response.Headers.RetryAfter = RetrySoon;
        http.Response.Headers.Connection = "close";
        return http.Fail(StatusCodes.Status503ServiceUnavailable, Stopping);
    }

    /// <summary>No route has this path and method. A known path with another method is answered alike (contract.md 1.6).</summary>
    public static Task NotFound(this HttpContext http) => http.Fail(StatusCodes.Status404NotFound, Nothing);

    /// <summary>A bad answer.</summary>
    public static Task Fail(this HttpContext http, int status, string error, string? code = null) =>
        Write(http, status, new Failure(http.Doc().FailedMessage, error, code), Json.Default.Failure);

    /// <summary>Sends an answer that is written.</summary>
    public static Task Send(this HttpContext http, int status, ReadOnlyMemory<byte> json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = json.Length;
        // To cancel it is needless: writing to a caller who is gone ends.
        var sent = http.Response.BodyWriter.WriteAsync(json, CancellationToken.None);
        if (!sent.IsCompletedSuccessfully)
            return sent.AsTask();
        sent.GetAwaiter().GetResult();
        return Task.CompletedTask;
    }

    private static Task Write<T>(HttpContext http, int status, T value, JsonTypeInfo<T> type)
    {
        // Written whole before anything of it is sent: its length is known, and a fault in the middle leaves nothing behind.
        var page = AnswerPage.Take();
        var sent = http.Send(status, page.Write(value, type));
        if (sent.IsCompletedSuccessfully)
            page.GiveBack();
        return sent;
    }
}
