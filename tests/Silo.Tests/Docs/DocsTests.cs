using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.Silo.Tests.Docs;

public sealed partial class DocsTests(SharedServer shared) : ServerTests(shared)
{
    public static TheoryData<string> Words => ["auth", "users", "events", "tickets", "notifications", "payments", "backups"];

    [Theory]
    [MemberData(nameof(Words))]
    public async Task Each_word_has_a_description_of_its_own_paths_alone(string word)
    {
        var reply = await Api.Get($"/api/{word}/doc/openapi.json");

        Assert.Equal((HttpStatusCode.OK, "application/json"), (reply.Status, reply.ContentType));
        var document = reply.Json;
        Assert.StartsWith("3.0", document.Text("openapi"), StringComparison.Ordinal);
        Assert.Equal(($"Ticketing: {word}", "1.0.0"), (document["info"]!.Text("title"), document["info"]!.Text("version")));
        var paths = document["paths"]!.AsObject();
        Assert.All(paths, path => Assert.StartsWith($"/api/{word}", path.Key, StringComparison.Ordinal));
        Assert.Contains($"/api/{word}/health", paths.Select(path => path.Key));
        Assert.Equal("http", document["components"]!["securitySchemes"]!["bearerAuth"]!.Text("type"));
        string[] tags = ["Public Endpoints", "Protected Endpoints", "Internal Endpoints"];
        foreach (var operation in paths.SelectMany(path => path.Value!.AsObject()).Select(pair => pair.Value!))
            Assert.Contains((string)operation["tags"]![0]!, tags);
        AllReferencesResolve(document);
    }

    [Theory]
    [MemberData(nameof(Words))]
    public async Task Each_page_and_all_it_loads_comes_from_this_host(string word)
    {
        var page = await Api.Get($"/api/{word}/doc/");

        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.Status, page.ContentType));
        Assert.DoesNotMatch(Elsewhere(), page.Text);
        var assets = Asset().Matches(page.Text).Select(match => match.Groups[1].Value).Distinct().ToArray();
        Assert.True(assets.Length >= 3, page.Text);
        foreach (var asset in assets)
        {
            var reply = await Api.Send(new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri($"http://host/api/{word}/doc/"), asset).AbsolutePath));
            Assert.True(reply.Status == HttpStatusCode.OK, $"{asset}: {(int)reply.Status}");
            // Style sheets and scripts must not load anything from elsewhere either.
            if (asset.EndsWith(".css", StringComparison.Ordinal)) Assert.DoesNotMatch(@"@import|url\(\s*[""']?(https?:)?//", reply.Text);
        }

        Assert.Contains("openapi.json", (await Api.Get($"/api/{word}/doc/index.js")).Text + page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Words))]
    public async Task The_page_without_its_slash_leads_to_the_page(string word)
    {
        var reply = await Api.Get($"/api/{word}/doc");

        Assert.InRange((int)reply.Status, 301, 308);
        Assert.Equal($"/api/{word}/doc/", reply.Headers.Location!.OriginalString);
    }

    [Theory]
    [MemberData(nameof(Words))]
    public async Task Every_answer_that_a_test_gets_is_compared_with_the_document_of_its_word(string word)
    {
        var before = Api.Compared;

        Assert.Equal(HttpStatusCode.OK, (await Api.Get($"/api/{word}/health")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Api.Get($"/api/{word}/no/such/path")).Status);

        Assert.True(Api.Compared >= before + 2, "no answer was compared");
    }

    private static void AllReferencesResolve(JsonNode document)
    {
        foreach (Match reference in Reference().Matches(document.ToJsonString()))
        {
            var node = document;
            foreach (var step in reference.Groups[1].Value.Split('/')) node = node![step];
            Assert.NotNull(node);
        }
    }

    [GeneratedRegex(@"(?:src|href)=""([^""#][^""]*)""")]
    private static partial Regex Asset();

    [GeneratedRegex(@"(?:src|href)=""(?:https?:)?//")]
    private static partial Regex Elsewhere();

    [GeneratedRegex("\"\\$ref\":\"#/([^\"]+)\"")]
    private static partial Regex Reference();
}
