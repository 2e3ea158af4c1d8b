using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ticketing.OpenApi;

namespace Ticketing.ApiGateway.Tests.Docs;

/// <summary>
/// The documents as they were published, in docs/openapi, against those that the program makes. <c>TICKETING_BASELINE=write</c> brings the files up to date
/// where no client breaks, <c>TICKETING_BASELINE=force</c> in any case.
/// </summary>
public sealed class BaselineTests(TestGateway gateway) : IClassFixture<TestGateway>
{
    private const string Command = "TICKETING_BASELINE=write dotnet test tests/ApiGateway.Tests --filter FullyQualifiedName~BaselineTests";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Words => DocsTests.Words;

    [Theory]
    [MemberData(nameof(Words))]
    public async Task No_client_of_the_published_document_is_broken_and_the_published_one_is_up_to_date(string word)
    {
        var reply = await gateway.Get($"/api/{word}/doc/openapi.json");
        Assert.Equal(200, reply.Status);
        var now = JsonNode.Parse(reply.Text)!.AsObject();
        var text = now.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";
        var file = Path.Combine(Folder(), $"{word}.json");
        var published = File.Exists(file) ? await File.ReadAllTextAsync(file) : null;

        var mode = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")) ? Environment.GetEnvironmentVariable("TICKETING_BASELINE") : null;
        Assert.True(mode is null or "" or "write" or "force", $"TICKETING_BASELINE is {mode}: write and force are known");
        var problem = Problem(published, new ApiDocument(now), text);
        if (problem is null)
            return;
        var mayWrite = mode == "force" || (mode == "write" && !problem.IsBreak);
        Assert.True(mayWrite, $"docs/openapi/{word}.json: {problem.Text}");
        Directory.CreateDirectory(Folder());
        await File.WriteAllTextAsync(file, text);
    }

    [Fact]
    public void Each_word_and_nothing_else_has_a_published_document()
    {
        // While the files are being written some are not there yet.
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("TICKETING_BASELINE")))
            return;
        var words = ((IEnumerable<object[]>)DocsTests.Words).Select(row => $"{row[0]}.json").Order();
        Assert.Equal(words, Directory.GetFiles(Folder()).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void What_is_wrong_with_a_published_document_is_said_in_full()
    {
        const string now = """{"openapi":"3.0.4","paths":{"/a":{"get":{"responses":{"200":{"description":"ok"}}}}}}""";
        var document = ApiDocument.Parse(now);

        Assert.Null(Problem(now, document, now));
        Assert.Equal((false, $"is not there. Write it: {Command}"), Said(null));
        Assert.Equal((false, $"is out of date; no client breaks. Refresh it: {Command}"), Said(now.Replace("ok", "fine", StringComparison.Ordinal)));
        var (isBreak, text) = Said(now.Replace("/a", "/b", StringComparison.Ordinal));
        Assert.True(isBreak);
        Assert.Contains("GET /b: the operation is gone", text, StringComparison.Ordinal);
        Assert.Contains("TICKETING_BASELINE=force", text, StringComparison.Ordinal);
        Assert.True(Said("<<<<<<< ours").IsBreak);
        Assert.True(Said("{}").IsBreak);

        (bool IsBreak, string Text) Said(string? published) => Problem(published, document, now) is { } problem ? (problem.IsBreak, problem.Text) : default;
    }

    private static Trouble? Problem(string? published, ApiDocument now, string text)
    {
        if (published is null)
            return new(false, $"is not there. Write it: {Command}");
        if (published.ReplaceLineEndings("\n") == text)
            return null;
        IReadOnlyList<string> breaks;
        try
        {
            breaks = Comparison.Breaks(ApiDocument.Parse(published), now);
        }
        catch (Exception fault) when (fault is JsonException or NullReferenceException or InvalidOperationException or KeyNotFoundException)
        {
            breaks = ["it cannot be read; take the last published one back first"];
        }

        return breaks.Count == 0
            ? new(false, $"is out of date; no client breaks. Refresh it: {Command}")
            : new(true, $"clients break:\n  {string.Join("\n  ", breaks)}\nIf that is meant: {Command.Replace("write", "force", StringComparison.Ordinal)}");
    }

    private static string Folder() => Path.Combine(Root(AppContext.BaseDirectory), "docs", "openapi");

    private static string Root(string from) => File.Exists(Path.Combine(from, "Ticketing.sln")) ? from : Root(Path.GetDirectoryName(from)!);

    private sealed record Trouble(bool IsBreak, string Text);
}
