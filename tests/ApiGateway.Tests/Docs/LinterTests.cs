using System.Text.Json.Nodes;

namespace Ticketing.ApiGateway.Tests.Docs;

public sealed class LinterTests(TestGateway gateway) : IClassFixture<TestGateway>
{
    private static readonly Dictionary<string, (string Word, Action<JsonObject> Plant, string Finding)> Planted = new()
    {
        ["an unknown member of the specification"] = ("events", document => Get(document)["sumary"] = "x", "sumary"),
        ["a missing title"] = ("events", document => document["info"]!.AsObject().Remove("title"), "title"),
        ["an unknown kind of parameter"] = ("events", document => Get(document)["parameters"]![0]!["in"] = "body", "in"),
        ["no operationId"] = ("events", document => Get(document).Remove("operationId"), "has no operationId"),
        ["two of one operationId"] = ("events", document => Get(document)["operationId"] = "postEvents", "names"),
        ["no summary"] = ("events", document => Get(document)["summary"] = " ", "has no summary"),
        ["no description"] = ("events", document => Get(document).Remove("description"), "has no description"),
        ["no tag"] = ("events", document => Get(document).Remove("tags"), "three tags"),
        ["a public route with security"] = ("events", document => Get(document)["security"] = new JsonArray(new JsonObject { ["bearerAuth"] = new JsonArray() }), "security"),
        ["a protected route without"] = ("events", document => Post(document).Remove("security"), "security"),
        ["another scheme"] = ("events", document => document["components"]!["securitySchemes"]!["bearerAuth"]!["scheme"] = "basic", "no bearer scheme"),
        ["an undeclared parameter of the path"] = ("events", document => One(document).Remove("parameters"), "parameters of its path"),
        ["a parameter that is not in the path"] = ("events", document => One(document)["parameters"]![0]!["name"] = "key", "parameters of its path"),
        ["two paths that are one"] = ("events", document => document["paths"]!["/api/events/{key}"] = document["paths"]!["/api/events/{id}"]!.DeepClone(), "the same path"),
        ["no good answer"] = ("events", document => Post(document)["responses"]!.AsObject().Remove("200"), "has no 200"),
        ["no 401"] = ("events", document => Post(document)["responses"]!.AsObject().Remove("401"), "has no 401"),
        ["a failure of another form"] = ("events", document => Schema(document, "409", new JsonObject { ["type"] = "object" }), "failure envelope"),
        ["a 503 that does not say when to return"] = ("events", document => Post(document)["responses"]!["503"]!["headers"]!.AsObject().Remove("Retry-After"), "Retry-After"),
        ["an answer without an example"] = ("events", document => Media(document, "200").Remove("example"), "has no example"),
        ["an example of another type"] = ("events", document => Media(document, "200")["example"]!["data"]!["capacity"] = "many", "is no integer"),
        ["an example with a member too many"] = ("events", document => Media(document, "200")["example"]!["data"]!["colour"] = "red", "colour is not described"),
        ["an example of a request that is too short"] = ("events", document => Request(document)["example"]!["title"] = "x", "has 1 characters"),
        ["an example of a request without a member"] = ("events", document => Request(document)["example"]!.AsObject().Remove("title"), "title is missing"),
        ["a code that is none of those listed"] = ("events", document => Media(document, "409")["examples"]!["title-taken"]!["value"]!["code"] = "x", "is none of"),
        ["a component that nobody uses"] = ("events", document => document["components"]!["schemas"]!["Spare"] = new JsonObject { ["type"] = "string" }, "is used nowhere"),
        ["a reference that leads nowhere"] = ("events", document => Schema(document, "409", new JsonObject { ["$ref"] = "#/components/schemas/Gone" }), "leads nowhere"),
        ["a reference with siblings"] = ("events", document => Schema(document, "500", new JsonObject { ["$ref"] = "#/components/schemas/Failure", ["nullable"] = true }), "siblings"),
        ["a schema without a type"] = ("events", document => Member(document, "title").Remove("type"), "has no type"),
        ["a list of nothing"] = ("events", document => Member(document, "title")["type"] = "array", "items and type array"),
        ["limits the wrong way round"] = ("events", document => Member(document, "title")["minLength"] = 1000, "minLength is above"),
        ["a required member that is not described"] = ("events", document => document["components"]!["schemas"]!["Event"]!["required"]!.AsArray().Add("colour"), "colour is required"),
    };

    public static TheoryData<string> Faults => [.. Planted.Keys];

    [Theory]
    [MemberData(nameof(DocsTests.Words), MemberType = typeof(DocsTests))]
    public async Task The_document_of_each_word_is_without_fault(string word) =>
        Assert.Equal("", string.Join('\n', Linter.Findings(await Text(word))));

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_planted_fault_is_found(string fault)
    {
        var (word, plant, finding) = Planted[fault];
        var document = JsonNode.Parse(await Text(word))!.AsObject();
        plant(document);

        Assert.Contains(Linter.Findings(document.ToJsonString()), line => line.Contains(finding, StringComparison.Ordinal));
    }

    private async Task<string> Text(string word) => (await gateway.Get($"/api/{word}/doc/openapi.json")).Text;

    private static JsonObject Get(JsonObject document) => document["paths"]!["/api/events"]!["get"]!.AsObject();

    private static JsonObject One(JsonObject document) => document["paths"]!["/api/events/{id}"]!["get"]!.AsObject();

    private static JsonObject Post(JsonObject document) => document["paths"]!["/api/events"]!["post"]!.AsObject();

    private static JsonObject Media(JsonObject document, string status) => Post(document)["responses"]![status]!["content"]!["application/json"]!.AsObject();

    private static JsonObject Request(JsonObject document) => Post(document)["requestBody"]!["content"]!["application/json"]!.AsObject();

    private static void Schema(JsonObject document, string status, JsonObject schema) => Media(document, status)["schema"] = schema;

    private static JsonObject Member(JsonObject document, string name) => document["components"]!["schemas"]!["EventBody"]!["properties"]![name]!.AsObject();
}
