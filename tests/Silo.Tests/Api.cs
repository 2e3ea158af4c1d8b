using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ticketing.OpenApi;

namespace Ticketing.Silo.Tests;

/// <summary>An answer, as it came.</summary>
internal sealed record Reply(HttpStatusCode Status, string Text, HttpResponseHeaders Headers, string? ContentType)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    /// <summary>The refusing rule's name, if one refused.</summary>
    public string? Code => (string?)Json["code"];

    /// <summary>The data of a good answer.</summary>
    public JsonNode Done()
    {
        Assert.True(Status == HttpStatusCode.OK, $"{(int)Status}: {Text}");
        Assert.True((bool)Json["success"]!);
        return Json["data"] ?? new JsonObject();
    }

    /// <summary>Checks that this is a bad answer in the failure envelope.</summary>
    public void Failed(HttpStatusCode status, string? code = null)
    {
        Assert.True(Status == status, $"{(int)status} expected, but {(int)Status}: {Text}");
        Assert.Equal("application/json", ContentType);
        Assert.False((bool)Json["success"]!);
        Assert.NotEmpty((string)Json["message"]!);
        Assert.NotEmpty((string)Json["error"]!);
        if (code is not null) Assert.Equal(code, Code);
    }

    public override string ToString() => $"{(int)Status} {Text}";
}

/// <summary>
/// The HTTP API as an outside program calls it. What each word can do is beside the tests of that word. Every answer is compared with the OpenAPI document
/// that the server gives out: a status, header or member that it does not foretell fails the test.
/// </summary>
internal sealed class Api(Uri address, Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connect = null) : IDisposable
{
    private static readonly ConcurrentDictionary<string, ApiDocument> Documents = new();
    private static int compared;

    // Header values leave as they are: what the server makes of them is the server's affair.
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8, ConnectCallback = connect }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };

    public Uri Address => address;

    public Task<Reply> Get(string path, string? token = null) => Send(HttpMethod.Get, path, token);

    public Task<Reply> Send(HttpMethod method, string path, string? token = null, JsonNode? body = null, string? key = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return Send(request);
    }

    public async Task<Reply> Send(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            await CheckAgainstTheDocument(response, text);
            return new(response.StatusCode, text, response.Headers, response.Content.Headers.ContentType?.MediaType);
        }
    }

    /// <summary>A whole list, page by page.</summary>
    public async Task<IReadOnlyList<JsonNode>> All(string path, string? token)
    {
        var all = new List<JsonNode>();
        for (var cursor = ""; ;)
        {
            var page = await Get($"{path}?limit=1000{cursor}", token);
            all.AddRange(page.Done().AsArray().Select(item => item!));
            if ((string?)page.Json["next_cursor"] is not { } next) return all;
            cursor = $"&cursor={next}";
        }
    }

    /// <summary>How many answers were compared with a document, in all tests.</summary>
    public static int Compared => compared;

    private async Task CheckAgainstTheDocument(HttpResponseMessage response, string text)
    {
        var (method, path) = (response.RequestMessage!.Method.Method, response.RequestMessage.RequestUri!.AbsolutePath);
        if (AnswerCheck.Word(path) is not { } word || await Document(word) is not { } document)
            return;
        string[] headers = [.. response.Headers.Concat(response.Content.Headers).Select(header => header.Key)];
        var answered = new Answered(method, path, (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, text, headers);
        Assert.Equal("", string.Join('\n', AnswerCheck.Findings(document, answered)));
        Interlocked.Increment(ref compared);
    }

    // The same for every server. One that is stopping or being killed may not give it out; its answer is let pass, and another server asked next time.
    private async Task<ApiDocument?> Document(string word)
    {
        if (Documents.TryGetValue(word, out var known))
            return known;
        try
        {
            using var response = await http.GetAsync(new Uri($"/api/{word}/doc/openapi.json", UriKind.Relative));
            return response.IsSuccessStatusCode ? Documents.GetOrAdd(word, ApiDocument.Parse(await response.Content.ReadAsStringAsync())) : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public void Dispose() => http.Dispose();
}

/// <summary>Reading a record.</summary>
internal static class Members
{
    public static string Text(this JsonNode record, string member) => (string)record[member]!;

    public static int Number(this JsonNode record, string member) => (int)record[member]!;

    public static string Id(this JsonNode record) => record.Text("id");
}
