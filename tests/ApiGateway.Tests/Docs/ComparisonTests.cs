using System.Text.Json.Nodes;
using Ticketing.OpenApi;

namespace Ticketing.ApiGateway.Tests.Docs;

public sealed class ComparisonTests
{
    private const string Start = """
        {
          "openapi": "3.0.4", "info": { "title": "t", "version": "1.0.0" },
          "paths": { "/a/{id}": {
            "get": { "operationId": "getA", "security": [], "responses": { "200": { "$ref": "#/components/responses/Thing" } } },
            "post": {
              "operationId": "postA", "security": [ { "bearerAuth": [] } ],
              "parameters": [
                { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } },
                { "name": "limit", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 1000 } } ],
              "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Body" } } } },
              "responses": {
                "200": { "$ref": "#/components/responses/Thing" },
                "409": { "description": "no", "content": { "application/json": { "schema": { "allOf": [
                  { "type": "object", "required": [ "code" ], "properties": { "code": { "type": "string" } } },
                  { "type": "object", "properties": { "code": { "type": "string", "enum": [ "sold-out", "seat-taken" ] } } } ] } } } } } } } },
          "components": {
            "responses": { "Thing": { "description": "done", "headers": { "Link": { "schema": { "type": "string" } } },
              "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } } },
            "schemas": {
              "Body": { "type": "object", "required": [ "name" ], "properties": {
                "name": { "type": "string", "minLength": 2, "maxLength": 10, "nullable": true },
                "kind": { "type": "string", "enum": [ "A", "B" ] },
                "when": { "oneOf": [ { "type": "string", "format": "date-time" }, { "type": "integer" } ] },
                "tags": { "type": "array", "items": { "type": "string" } },
                "free": { "type": "string" } } },
              "Thing": { "type": "object", "required": [ "id", "size" ], "properties": {
                "id": { "type": "string", "pattern": "^x$" }, "size": { "type": "integer", "format": "int32", "minimum": 1, "maximum": 5 },
                "state": { "type": "string", "enum": [ "On", "Off" ] }, "note": { "type": "string", "nullable": true } } } },
            "securitySchemes": { "bearerAuth": { "type": "http", "scheme": "bearer" } } }
        }
        """;

    private static readonly Dictionary<string, (Action<JsonObject> Change, string Break)> Breaking = new()
    {
        ["a path goes"] = (it => it["paths"]!.AsObject().Remove("/a/{id}"), "GET /a/{id}: the operation is gone"),
        ["a method goes"] = (it => Path(it).Remove("get"), "GET /a/{id}: the operation is gone"),
        ["an operationId changes"] = (it => Post(it)["operationId"] = "other", "operationId was postA and is other"),
        ["a token is wanted"] = (it => Path(it)["get"]!["security"] = new JsonArray(new JsonObject { ["bearerAuth"] = new JsonArray() }), "GET /a/{id}: the security changed"),
        ["no token is wanted"] = (it => Post(it)["security"] = new JsonArray(), "the security changed"),
        ["the scheme changes"] = (it => it["components"]!["securitySchemes"]!["bearerAuth"]!["scheme"] = "basic", "the security changed"),
        ["a parameter goes"] = (it => Post(it)["parameters"]!.AsArray().RemoveAt(1), "the parameter query limit is gone"),
        ["a parameter comes to be required"] = (it => Post(it)["parameters"]![1]!["required"] = true, "the parameter query limit is required now"),
        ["a required parameter comes"] = (it => Post(it)["parameters"]!.AsArray().Add(JsonNode.Parse("""{ "name": "x", "in": "header", "required": true, "schema": { "type": "string" } }""")), "the parameter header x is new and required"),
        ["a parameter is narrowed"] = (it => Post(it)["parameters"]![1]!["schema"]!["maximum"] = 100, "query limit: maximum was 1000 and is 100"),
        ["a body goes"] = (it => Post(it).Remove("requestBody"), "the body is gone"),
        ["a body comes to be required"] = (it => Post(it)["requestBody"]!["required"] = true, "the body is required now"),
        ["a body comes and is required"] = (it => Path(it)["get"]!["requestBody"] = JsonNode.Parse("""{ "required": true, "content": {} }"""), "a body is required now"),
        ["a content type goes"] = (it => Post(it)["requestBody"]!["content"] = new JsonObject(), "the content type application/json is gone"),
        ["a status goes"] = (it => Post(it)["responses"]!.AsObject().Remove("409"), "the status 409 is gone"),
        ["a header goes"] = (it => it["components"]!["responses"]!["Thing"]!["headers"]!.AsObject().Remove("Link"), "the header Link is gone"),
        ["a header changes its type"] = (it => it["components"]!["responses"]!["Thing"]!["headers"]!["Link"]!["schema"]!["type"] = "integer", "200 Link: type was string and is integer"),
        ["a member of a request goes"] = (it => Body(it)["properties"]!.AsObject().Remove("free"), "the member free is gone"),
        ["a member of a request comes to be required"] = (it => Body(it)["required"]!.AsArray().Add("free"), "the member free is required now"),
        ["a required member comes"] = (it => { Body(it)["properties"]!["new"] = new JsonObject { ["type"] = "string" }; Body(it)["required"]!.AsArray().Add("new"); }, "the member new is required now"),
        ["a request's longest text becomes shorter"] = (it => Of(it, "name")["maxLength"] = 9, "maxLength was 10 and is 9"),
        ["a request's shortest text becomes longer"] = (it => Of(it, "name")["minLength"] = 3, "minLength was 2 and is 3"),
        ["a request's text gets a limit"] = (it => Of(it, "free")["maxLength"] = 9, "maxLength was absent and is 9"),
        ["a request's text gets a pattern"] = (it => Of(it, "free")["pattern"] = "x", "the pattern changed"),
        ["a request's text gets a format"] = (it => Of(it, "free")["format"] = "email", "format was absent and is email"),
        ["a request's member gets an enum"] = (it => Of(it, "free")["enum"] = new JsonArray("A"), "takes an enum's values alone now"),
        ["a request's enum loses a value"] = (it => Of(it, "kind")["enum"] = new JsonArray("A"), "the enum's value B is gone"),
        ["a request's member may not be null any more"] = (it => Of(it, "name").Remove("nullable"), "null is not taken any more"),
        ["a request's member changes its type"] = (it => Of(it, "free")["type"] = "integer", "type was string and is integer"),
        ["a request's items change their type"] = (it => Of(it, "tags")["items"]!["type"] = "integer", "tags[]: type was string and is integer"),
        ["a request loses a form"] = (it => Of(it, "when")["oneOf"]!.AsArray().RemoveAt(1), "a form is gone"),
        ["a request refuses unknown members"] = (it => Body(it)["additionalProperties"] = false, "unknown members are refused now"),
        ["a member of an answer goes"] = (it => Thing(it)["properties"]!.AsObject().Remove("note"), "the member note is gone"),
        ["a member of an answer can be absent"] = (it => Thing(it)["required"] = new JsonArray("id"), "the member size can be absent now"),
        ["a member of an answer can be null"] = (it => Member(it, "id")["nullable"] = true, "can be null now"),
        ["a member of an answer changes its type"] = (it => Member(it, "size")["type"] = "string", "type was integer and is string"),
        ["a member of an answer changes its format"] = (it => Member(it, "size")["format"] = "int64", "format was int32 and is int64"),
        ["a member of an answer changes its pattern"] = (it => Member(it, "id")["pattern"] = "y", "the pattern changed"),
        ["an answer's number becomes larger"] = (it => Member(it, "size")["maximum"] = 6, "maximum was 5 and is 6"),
        ["an answer's number becomes smaller"] = (it => Member(it, "size").Remove("minimum"), "minimum was 1 and is absent"),
        ["an answer's enum loses a value"] = (it => Member(it, "state")["enum"] = new JsonArray("On"), "the enum's value Off is gone"),
        ["an answer's enum is none any more"] = (it => Member(it, "state").Remove("enum"), "is no enum any more"),
        ["an answer gets a form"] = (it => Thing(it)["properties"]!["size"] = JsonNode.Parse("""{ "oneOf": [ { "type": "integer", "format": "int32", "minimum": 1, "maximum": 5 }, { "type": "string" } ] }"""), "a form is new"),
        ["a refusal's code goes"] = (it => Post(it)["responses"]!["409"]!["content"]!["application/json"]!["schema"]!["allOf"]![1]!["properties"]!["code"]!["enum"] = new JsonArray("sold-out"), "the enum's value seat-taken is gone"),
    };

    private static readonly Dictionary<string, Action<JsonObject>> Harmless = new()
    {
        ["nothing"] = _ => { },
        ["another path"] = it => it["paths"]!["/b"] = new JsonObject(),
        ["a parameter that nobody must send"] = it => Post(it)["parameters"]!.AsArray().Add(JsonNode.Parse("""{ "name": "x", "in": "header", "schema": { "type": "string" } }""")),
        ["a wider parameter"] = it => Post(it)["parameters"]![1]!["schema"]!["maximum"] = 2000,
        ["a member that nobody must send"] = it => Body(it)["properties"]!["new"] = new JsonObject { ["type"] = "string" },
        ["a member that need not be sent any more"] = it => Body(it)["required"] = new JsonArray(),
        ["wider limits of a request"] = it => { Of(it, "name")["maxLength"] = 11; Of(it, "name").Remove("minLength"); },
        ["another value that a request may have"] = it => Of(it, "kind")["enum"]!.AsArray().Add("C"),
        ["another form that a request may have"] = it => Of(it, "when")["oneOf"]!.AsArray().Add(new JsonObject { ["type"] = "boolean" }),
        ["a second form beside the only one"] = it => Body(it)["properties"]!["free"] = JsonNode.Parse("""{ "oneOf": [ { "type": "string" }, { "type": "integer" } ] }"""),
        ["a member that may be null in a request"] = it => Of(it, "free")["nullable"] = true,
        ["another status"] = it => Post(it)["responses"]!["503"] = new JsonObject { ["description"] = "later" },
        ["another header"] = it => it["components"]!["responses"]!["Thing"]!["headers"]!["ETag"] = JsonNode.Parse("""{ "schema": { "type": "string" } }"""),
        ["another member of an answer"] = it => { Thing(it)["properties"]!["new"] = new JsonObject { ["type"] = "string" }; Thing(it)["required"]!.AsArray().Add("new"); },
        ["narrower limits of an answer"] = it => Member(it, "size")["maximum"] = 4,
        ["a member of an answer that cannot be null any more"] = it => Member(it, "note").Remove("nullable"),
        ["another value that an answer may have"] = it => Member(it, "state")["enum"]!.AsArray().Add("Between"),
        ["another code of a refusal"] = it => Post(it)["responses"]!["409"]!["content"]!["application/json"]!["schema"]!["allOf"]![1]!["properties"]!["code"]!["enum"]!.AsArray().Add("sale-over"),
        ["other words"] = it => { Post(it)["summary"] = "x"; Thing(it)["description"] = "x"; it["components"]!["securitySchemes"]!["bearerAuth"]!["description"] = "x"; },
    };

    public static TheoryData<string> Breaks => [.. Breaking.Keys];

    public static TheoryData<string> Additions => [.. Harmless.Keys];

    [Theory]
    [MemberData(nameof(Breaks))]
    public void A_change_that_breaks_clients_is_named(string change)
    {
        var breaks = Compare(Breaking[change].Change);

        Assert.Contains(breaks, line => line.Contains(Breaking[change].Break, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Additions))]
    public void A_change_that_breaks_nobody_passes(string change) => Assert.Empty(Compare(Harmless[change]));

    private static IReadOnlyList<string> Compare(Action<JsonObject> change)
    {
        var after = JsonNode.Parse(Start)!.AsObject();
        change(after);
        return Comparison.Breaks(ApiDocument.Parse(Start), ApiDocument.Parse(after.ToJsonString()));
    }

    private static JsonObject Path(JsonObject it) => it["paths"]!["/a/{id}"]!.AsObject();

    private static JsonObject Post(JsonObject it) => Path(it)["post"]!.AsObject();

    private static JsonObject Body(JsonObject it) => it["components"]!["schemas"]!["Body"]!.AsObject();

    private static JsonObject Thing(JsonObject it) => it["components"]!["schemas"]!["Thing"]!.AsObject();

    private static JsonObject Of(JsonObject it, string member) => Body(it)["properties"]![member]!.AsObject();

    private static JsonObject Member(JsonObject it, string member) => Thing(it)["properties"]![member]!.AsObject();
}
