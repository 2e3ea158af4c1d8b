using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ticketing.ApiGateway.Tests.Docs;

public sealed partial class DocsTests(TestGateway gateway) : IClassFixture<TestGateway>
{
    public static TheoryData<string> Words { get; } = new("auth", "users", "events", "tickets", "notifications", "payments", "backups");

    [Theory]
    [MemberData(nameof(Words))]
    public async Task The_page_and_its_assets_are_served_without_another_host(string word)
    {
        var page = await gateway.Get($"/api/{word}/doc/");

        Assert.Equal(200, page.Status);
        Assert.Equal("text/html", page.ContentHeaders.ContentType!.MediaType);
        Assert.DoesNotContain("//cdn", page.Text, StringComparison.Ordinal);
        var assets = Assets().Matches(page.Text).Select(match => match.Groups[1].Value).ToArray();
        Assert.True(assets.Length >= 3, page.Text);
        foreach (var asset in assets)
        {
            Assert.DoesNotContain("//", asset, StringComparison.Ordinal);
            var reply = await gateway.Get($"/api/{word}/doc/{asset}");
            Assert.True(reply.Status == 200 && reply.Text.Length > 0, asset);
        }

        Assert.Contains("openapi.json", (await gateway.Get($"/api/{word}/doc/index.js")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Words))]
    public async Task The_page_without_its_slash_redirects_to_it(string word)
    {
        var reply = await gateway.Get($"/api/{word}/doc");

        Assert.Equal(302, reply.Status);
        Assert.Equal($"/api/{word}/doc/", reply.Headers.Location!.OriginalString);
    }

    [Theory]
    [MemberData(nameof(Words))]
    public async Task What_is_asked_for_with_HEAD_has_the_same_headers_and_no_body(string word)
    {
        foreach (var path in new[] { $"/api/{word}/doc", $"/api/{word}/doc/", $"/api/{word}/doc/openapi.json", $"/api/{word}/doc/swagger-ui.css", $"/api/{word}/doc/none.css" })
        {
            var (full, bare) = (await gateway.Get(path), await gateway.Send(HttpMethod.Head, path, null, null));

            Assert.Equal((full.Status, full.ContentHeaders.ContentType, full.Headers.Location), (bare.Status, bare.ContentHeaders.ContentType, bare.Headers.Location));
            Assert.Equal("", bare.Text);
            Assert.True(full.Status != 200 || full.Text.Length > 0, path);
        }

        // The connection is still good: nothing was sent that does not belong to an answer without a body.
        Assert.Equal(200, (await gateway.Get($"/api/{word}/health")).Status);
        (await gateway.Send(HttpMethod.Post, $"/api/{word}/doc/", "{}", null)).MustFail(404);
    }

    [Theory]
    [MemberData(nameof(Words))]
    public async Task Scripts_and_styles_load_nothing_from_another_host(string word)
    {
        foreach (var asset in new[] { "index.html", "index.js", "index.css", "swagger-ui.css" })
        {
            var reply = await gateway.Get($"/api/{word}/doc/{asset}");
            Assert.Equal(200, reply.Status);
            Assert.DoesNotMatch(@"(?:src|href)=[""'](?:https?:)?//|@import|url\(\s*[""']?(?:https?:)?//|[""']https?://(?!www\.w3\.org/)", reply.Text);
        }

        // Left out, it would be a validator on the net that is sent the document.
        Assert.Contains("configObject.validatorUrl = null", (await gateway.Get($"/api/{word}/doc/index.js")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Words))]
    public async Task The_document_describes_that_word_alone(string word)
    {
        var document = await Document(word);

        Assert.StartsWith("3.0", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.Equal("1.0.0", document.GetProperty("info").GetProperty("version").GetString());
        Assert.Contains(word, document.GetProperty("info").GetProperty("title").GetString(), StringComparison.Ordinal);
        var paths = document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToArray();
        Assert.Contains($"/api/{word}/health", paths);
        Assert.All(paths, path => Assert.StartsWith($"/api/{word}", path, StringComparison.Ordinal));
        var scheme = document.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearerAuth");
        Assert.Equal("bearer", scheme.GetProperty("scheme").GetString());
    }

    [Fact]
    public async Task The_purchase_is_described_in_full()
    {
        var document = await Document("tickets");
        var purchase = document.GetProperty("paths").GetProperty("/api/tickets").GetProperty("post");

        Assert.Equal("Protected Endpoints", purchase.GetProperty("tags")[0].GetString());
        Assert.True(purchase.GetProperty("security")[0].TryGetProperty("bearerAuth", out _));
        Assert.Equal(
            ["200", "400", "401", "403", "404", "408", "409", "413", "415", "422", "500", "503"],
            purchase.GetProperty("responses").EnumerateObject().Select(response => response.Name).Order());
        Assert.Equal("Idempotency-Key", purchase.GetProperty("parameters")[0].GetProperty("name").GetString());
        var json = purchase.GetProperty("requestBody").GetProperty("content").GetProperty("application/json");
        Assert.Equal("Eur", json.GetProperty("example").GetProperty("currency").GetString());

        var schemas = document.GetProperty("components").GetProperty("schemas");
        var body = schemas.GetProperty("PurchaseBody");
        Assert.Equal(8, body.GetProperty("required").GetArrayLength());
        var fields = body.GetProperty("properties");
        Assert.Equal(12, fields.GetProperty("card_number").GetProperty("minLength").GetInt32());
        Assert.Equal(19, fields.GetProperty("card_number").GetProperty("maxLength").GetInt32());
        Assert.Equal("#/components/schemas/DateInput", fields.GetProperty("expiration_date").GetProperty("$ref").GetString());
        Assert.Equal("#/components/schemas/IdInput", fields.GetProperty("event_id").GetProperty("$ref").GetString());
        Assert.Equal(1, fields.GetProperty("seat_number").GetProperty("minimum").GetInt64());
        Assert.Equal(4294967295, fields.GetProperty("seat_number").GetProperty("maximum").GetInt64());
        Assert.False(body.TryGetProperty("additionalProperties", out _));
        Assert.Equal(9, schemas.GetProperty("Ticket").GetProperty("required").GetArrayLength());
        Assert.Contains("\"Eur\"", document.ToString(), StringComparison.Ordinal);
        Assert.Equal("string", schemas.GetProperty("Ticket").GetProperty("properties").GetProperty("user_id").GetProperty("type").GetString());
    }

    [Fact]
    public async Task The_route_with_an_id_names_it()
    {
        var document = await Document("events");
        var read = document.GetProperty("paths").GetProperty("/api/events/{id}").GetProperty("get");

        Assert.Equal("id", read.GetProperty("parameters")[0].GetProperty("name").GetString());
        Assert.Equal("Public Endpoints", read.GetProperty("tags")[0].GetString());
        Assert.False(read.TryGetProperty("security", out var security) && security.GetArrayLength() > 0);
        Assert.True(read.GetProperty("responses").TryGetProperty("404", out _));
    }

    [Fact]
    public async Task The_versions_of_events_are_described_with_their_headers_and_statuses()
    {
        var paths = (await Document("events")).GetProperty("paths");
        foreach (var path in new[] { "/api/events", "/api/events/{id}" })
        {
            var read = paths.GetProperty(path).GetProperty("get");
            Assert.Contains("If-None-Match", Headers(read));
            Assert.True(read.GetProperty("responses").GetProperty("200").GetProperty("headers").TryGetProperty("ETag", out _));
            var known = read.GetProperty("responses").GetProperty("304");
            Assert.True(known.GetProperty("headers").TryGetProperty("ETag", out _));
            Assert.False(known.TryGetProperty("content", out _));
        }

        foreach (var (path, method, isTagged) in new[] { ("/api/events/{id}", "put", true), ("/api/events/{id}", "delete", false), ("/api/events/{id}/update-seats", "patch", true) })
        {
            var change = paths.GetProperty(path).GetProperty(method);
            Assert.Contains("If-Match", Headers(change));
            Assert.Contains("event-changed", change.GetProperty("responses").GetProperty("412").GetProperty("description").GetString(), StringComparison.Ordinal);
            Assert.True(change.GetProperty("responses").TryGetProperty("400", out _));
            Assert.Equal(isTagged, change.GetProperty("responses").GetProperty("200").TryGetProperty("headers", out _));
            Assert.False(change.GetProperty("responses").TryGetProperty("304", out _));
        }

        static IEnumerable<string> Headers(JsonElement operation) => operation.GetProperty("parameters").EnumerateArray()
            .Where(parameter => parameter.GetProperty("in").GetString() == "header").Select(parameter => parameter.GetProperty("name").GetString()!);
    }

    private async Task<JsonElement> Document(string word)
    {
        var reply = await gateway.Get($"/api/{word}/doc/openapi.json");
        Assert.True(reply.Status == 200, reply.Text);
        return reply.Json;
    }

    [GeneratedRegex("(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Assets();
}
