using Ticketing.OpenApi;

namespace Ticketing.ApiGateway.Tests.Docs;

/// <summary>The check that every HTTP test of the whole system runs on every answer: it must be able to fail.</summary>
public sealed class AnswerCheckTests(TestGateway gateway) : IClassFixture<TestGateway>
{
    private const string Id = "65f0c1d2e3a4b5c6d7e8f901";
    private const string Event = $$"""
        { "id": "{{Id}}", "title": "Ninth", "description": "The last one.", "date": "2030-05-15T19:00:00Z", "capacity": 200, "location": "Hall",
          "remaining_seats": 200, "price": 45, "created_at": "2030-01-01T00:00:00.5Z", "creator_id": "{{Id}}" }
        """;

    [Fact]
    public async Task An_answer_as_documented_passes()
    {
        await Passes(200, Good(Event));
        await Passes(404, """{ "success": false, "message": "Reading failed", "error": "None.", "code": "no-such-event" }""");
        await Passes(404, """{ "success": false, "message": "Reading failed", "error": "None." }""");
        await Passes(404, """{ "success": false, "message": "m", "error": "e" }""", path: "/api/events/a/b/c");
        await Passes(431, "", contentType: null);
    }

    [Theory]
    [InlineData(418, "{}", "418, which is not documented")]
    [InlineData(200, "{", "no JSON")]
    [InlineData(200, """{ "success": true, "message": "m" }""", "data is missing")]
    [InlineData(200, """{ "success": false, "message": "m", "data": {} }""", "none of [true]")]
    [InlineData(200, """{ "success": true, "message": "m", "data": null }""", "data: is null")]
    [InlineData(404, """{ "success": false, "message": "m" }""", "error is missing")]
    [InlineData(404, """{ "success": false, "message": "m", "error": "e", "code": "no-such-ticket" }""", "none of")]
    [InlineData(404, """{ "success": false, "message": "m", "error": "e", "detail": "d" }""", "detail is not described")]
    public async Task An_answer_of_another_form_is_found(int status, string text, string finding) => Assert.Contains(finding, await Findings(status, text), StringComparison.Ordinal);

    [Theory]
    [InlineData("\"Ninth\"", "\"N\"", "has 1 characters")]
    [InlineData("\"Ninth\"", "7", "is no string")]
    [InlineData("\"capacity\": 200", "\"capacity\": 24", "not within 25")]
    [InlineData("\"capacity\": 200", "\"capacity\": 4294967296", "not within 25")]
    [InlineData("\"capacity\": 200", "\"capacity\": 200.5", "is no integer")]
    [InlineData("\"price\": 45,", "", "price is missing")]
    [InlineData("\"price\": 45,", "\"price\": 45, \"colour\": \"red\",", "colour is not described")]
    [InlineData("2030-05-15T19:00:00Z", "2030-05-15", "is no date-time")]
    [InlineData("\"id\": \"65f0", "\"id\": \"65F0", "does not match")]
    public async Task A_record_of_another_form_is_found(string was, string becomes, string finding) =>
        Assert.Contains(finding, await Findings(200, Good(Event.Replace(was, becomes, StringComparison.Ordinal))), StringComparison.Ordinal);

    [Fact]
    public async Task An_undocumented_header_content_type_or_path_is_found()
    {
        Assert.Contains("the header ETag is not documented", await Findings(404, Failed(), headers: ["ETag", "Date"]), StringComparison.Ordinal);
        Assert.Contains("the content type text/plain is not documented", await Findings(404, Failed(), contentType: "text/plain"), StringComparison.Ordinal);
        Assert.Contains("no such operation", await Findings(200, Good("[]"), path: "/api/events/a/b"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_spelt_out_goes_before_one_with_an_id()
    {
        var document = ApiDocument.Parse("""{ "paths": { "/api/users/{id}": { "get": {} }, "/api/users/me": { "get": {}, "put": {} } } }""");

        Assert.Equal("GET /api/users/me", document.Find("GET", "/api/users/me")!.Name);
        Assert.Equal("GET /api/users/{id}", document.Find("GET", $"/api/users/{Id}")!.Name);
        Assert.Null(document.Find("DELETE", "/api/users/me"));
        Assert.Equal("users", AnswerCheck.Word("/api/users"));
        Assert.Null(AnswerCheck.Word("/api/users/doc/openapi.json"));
        Assert.Null(AnswerCheck.Word("/metrics"));
    }

    [Theory]
    [InlineData("events", "date", "\"2030-05-15T19:00:00+02:00\"", true)]
    [InlineData("events", "date", """{ "$date": "2030-05-15T19:00:00Z" }""", true)]
    [InlineData("events", "date", """{ "$date": 1905102000000 }""", true)]
    [InlineData("events", "date", """{ "$date": { "$numberLong": "1905102000000" } }""", true)]
    [InlineData("events", "date", "1905102000000", false)]
    [InlineData("tickets", "event_id", "\"65f0c1d2e3a4b5c6d7e8f901\"", true)]
    [InlineData("tickets", "event_id", """{ "$oid": "65f0c1d2e3a4b5c6d7e8f901" }""", true)]
    [InlineData("tickets", "event_id", """{ "$oid": "65f0c1d2e3a4b5c6d7e8f901", "x": 1 }""", false)]
    [InlineData("tickets", "event_id", "null", false)]
    [InlineData("tickets", "seat_number", "0", false)]
    [InlineData("tickets", "currency", "\"eur\"", false)]
    public async Task The_forms_that_a_body_may_have_are_documented(string word, string member, string value, bool isTaken)
    {
        var document = await Document(word);
        var media = document.Find("POST", $"/api/{word}")!.Json["requestBody"]!["content"]!["application/json"]!;
        var body = media["example"]!.DeepClone();
        body[member] = System.Text.Json.Nodes.JsonNode.Parse(value);

        var findings = SchemaCheck.Findings(document, media["schema"]!, body);
        Assert.True(findings.Count == 0 == isTaken, string.Join('\n', findings));
    }

    private async Task Passes(int status, string text, string path = $"/api/events/{Id}", string? contentType = "application/json") =>
        Assert.Equal("", await Findings(status, text, path, contentType));

    private async Task<string> Findings(int status, string text, string path = $"/api/events/{Id}", string? contentType = "application/json", string[]? headers = null) =>
        string.Join('\n', AnswerCheck.Findings(await Document("events"), new Answered("GET", path, status, contentType, text, headers ?? [])));

    private async Task<ApiDocument> Document(string word) => ApiDocument.Parse((await gateway.Get($"/api/{word}/doc/openapi.json")).Text);

    private static string Good(string data) => $$"""{ "success": true, "message": "m", "data": {{data}} }""";

    private static string Failed() => """{ "success": false, "message": "m", "error": "e" }""";
}
