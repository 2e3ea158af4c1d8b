using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Ticketing.OpenApi;

namespace Ticketing.ApiGateway.Tests.Docs;

/// <summary>
/// What a document of ours must be beyond readable: the rules of Microsoft.OpenApi's own reader and validator first, which know the specification, and then
/// rules of the kind that linters ship for OpenAPI, applied to every operation, schema and example.
/// </summary>
internal sealed partial class Linter
{
    private static readonly string[] Tags = ["Public Endpoints", "Protected Endpoints", "Internal Endpoints"];
    private static readonly HashSet<string> Types = ["object", "array", "string", "integer", "number", "boolean"];

    private readonly List<string> findings = [];
    private readonly ApiDocument document;

    private Linter(ApiDocument document) => this.document = document;

    /// <summary>All findings, one line each.</summary>
    public static IReadOnlyList<string> Findings(string text)
    {
        var linter = new Linter(ApiDocument.Parse(text));
        linter.Specification(text);
        linter.Document();
        linter.References();
        foreach (var operation in linter.document.Operations)
            linter.Operation(operation);
        foreach (var (place, node) in linter.document.Everything())
        {
            if (place.EndsWith("/schema", StringComparison.Ordinal) || SchemaPlace().IsMatch(place))
                linter.Schema(place, node);
        }

        return linter.findings;
    }

    private void Specification(string text)
    {
        var settings = new OpenApiReaderSettings { RuleSet = ValidationRuleSet.GetDefaultRuleSet() };
        var diagnostic = OpenApiDocument.Parse(text, "json", settings).Diagnostic!;
        findings.AddRange(diagnostic.Errors.Concat(diagnostic.Warnings).Select(one => $"{one.Pointer}: {one.Message}"));
        if (diagnostic.SpecificationVersion != OpenApiSpecVersion.OpenApi3_0)
            findings.Add("openapi: is not 3.0");
    }

    private void Document()
    {
        var info = document.Root["info"]!;
        Rule(HasText(info, "title") && HasText(info, "description"), "info", "has no title or description");
        Rule((string?)info["version"] == "1.0.0", "info", "is not version 1.0.0");
        var tags = (document.Root["tags"] as JsonArray ?? []).Select(tag => tag!);
        Rule(tags.Select(tag => (string?)tag["name"]).SequenceEqual(Tags) && tags.All(tag => HasText(tag, "description")), "tags", "are not the three, described");
        var scheme = document.Follow("#/components/securitySchemes/bearerAuth");
        Rule(((string?)scheme?["type"], (string?)scheme?["scheme"], (string?)scheme?["bearerFormat"]) == ("http", "bearer", "JWT"), "bearerAuth", "is no bearer scheme for JWT");
        foreach (var twins in document.Operations.GroupBy(operation => (string?)operation.Json["operationId"]).Where(group => group.Count() > 1))
            findings.Add($"operationId {twins.Key} names {string.Join(", ", twins)}");
        foreach (var twins in document.Operations.GroupBy(operation => $"{operation.Method} {Parameter().Replace(operation.Path, "{}")}").Where(group => group.Count() > 1))
            findings.Add($"{string.Join(", ", twins)}: the same path");
    }

    private void References()
    {
        var used = new HashSet<string>();
        foreach (var (place, node) in document.Everything())
        {
            if (node["$ref"] is not JsonValue value)
                continue;
            var reference = (string)value!;
            used.Add(reference);
            Rule(document.Follow(reference) is not null, place, $"{reference} leads nowhere");
            Rule(node.Count == 1, place, "a $ref has siblings, which are ignored");
        }

        foreach (var (kind, components) in document.Root["components"]!.AsObject().Where(pair => pair.Key != "securitySchemes"))
        {
            foreach (var (name, _) in components!.AsObject())
                Rule(used.Contains($"#/components/{kind}/{name}"), $"components/{kind}/{name}", "is used nowhere");
        }
    }

    private void Operation(Operation operation)
    {
        foreach (var member in new[] { "operationId", "summary", "description" })
            Rule(HasText(operation.Json, member), operation.Name, $"has no {member}");
        var tags = operation.Json["tags"] as JsonArray ?? [];
        Rule(tags.Count == 1 && Tags.Contains((string?)tags[0]), operation.Name, "does not have one of the three tags");
        var security = operation.Json["security"] as JsonArray;
        var isPublic = tags.Count == 1 && (string?)tags[0] == Tags[0];
        Rule(security is not null && (isPublic ? security.Count == 0 : security is [JsonObject { Count: 1 } only] && only.ContainsKey("bearerAuth")), operation.Name, "does not say its security");
        Rule(isPublic || operation.Responses.ContainsKey("401"), operation.Name, "wants a token and has no 401");
        Parameters(operation);
        if (operation.Json["requestBody"] is { } body)
            Content(operation, "the body", body);
        Rule(operation.Responses.ContainsKey("200"), operation.Name, "has no 200");
        foreach (var (status, answer) in operation.Responses)
            Answer(operation, status, document.Resolve(answer!));
    }

    private void Parameters(Operation operation)
    {
        var parameters = (operation.Json["parameters"] as JsonArray ?? []).Select(one => document.Resolve(one!)).ToArray();
        var inPath = parameters.Where(one => (string?)one["in"] == "path").ToArray();
        Rule(
            inPath.Select(one => (string?)one["name"]).Order().SequenceEqual(Parameter().Matches(operation.Path).Select(match => match.Value[1..^1]).Order()),
            operation.Name,
            "does not declare the parameters of its path");
        Rule(inPath.All(one => (bool?)one["required"] == true), operation.Name, "a parameter of the path is not required");
        foreach (var parameter in parameters)
        {
            Rule(HasText(parameter, "description") && parameter["schema"] is not null, operation.Name, $"{parameter["name"]} has no description or schema");
            Example(operation, $"{parameter["name"]}", parameter);
        }
    }

    private void Answer(Operation operation, string status, JsonObject answer)
    {
        Rule(HasText(answer, "description"), operation.Name, $"{status} has no description");
        foreach (var (name, header) in answer["headers"] as JsonObject ?? [])
        {
            Rule(HasText(header!, "description") && header!["schema"] is not null, operation.Name, $"{status} {name} has no description or schema");
            Example(operation, $"{status} {name}", header!);
        }

        if (status is "304")
            return;
        Content(operation, status, answer);
        if (status[0] is '4' or '5')
            Rule(IsFailure(answer["content"]?["application/json"]?["schema"]), operation.Name, $"{status} is not the failure envelope");
        if (status is "429" or "503")
            Rule(answer["headers"]?["Retry-After"] is not null, operation.Name, $"{status} has no Retry-After");
    }

    private bool IsFailure(JsonNode? schema) => schema is not null
        && ((string?)schema["$ref"] == "#/components/schemas/Failure" || (schema["allOf"] as JsonArray ?? []).Any(part => (string?)part!["$ref"] == "#/components/schemas/Failure"));

    private void Content(Operation operation, string what, JsonNode holder)
    {
        if ((holder["content"]?["application/json"] ?? holder["content"]?["application/x-ndjson"]) is not { } media || media["schema"] is null)
        {
            findings.Add($"{operation}: {what} has no JSON schema");
            return;
        }

        Rule(media["example"] is not null || media["examples"] is JsonObject { Count: > 0 }, operation.Name, $"{what} has no example");
        Example(operation, what, media);
    }

    private void Example(Operation operation, string what, JsonNode holder)
    {
        var examples = (holder["examples"] as JsonObject ?? []).Select(one => (Name: $" {one.Key}", Value: one.Value!["value"])).ToList();
        if (holder["example"] is { } example)
            examples.Add(("", example));
        foreach (var (name, value) in examples)
            findings.AddRange(SchemaCheck.Findings(document, holder["schema"]!, value).Select(finding => $"{operation}: {what}: the example{name}: {finding}"));
    }

    private void Schema(string place, JsonObject schema)
    {
        // An empty schema is a value of any kind, and meant so.
        if (schema.ContainsKey("$ref") || schema.Count == 0)
            return;
        var type = (string?)schema["type"];
        Rule(type is null ? schema["allOf"] is not null || schema["oneOf"] is not null : Types.Contains(type), place, "has no type");
        Rule((type == "array") == (schema["items"] is not null), place, "items and type array do not go together");
        Rule(schema["enum"] is not JsonArray { Count: 0 }, place, "an enum without values");
        Rule((decimal?)schema["minimum"] is not { } least || (decimal?)schema["maximum"] is not { } most || least <= most, place, "minimum is above maximum");
        Rule((int?)schema["minLength"] is not { } shortest || (int?)schema["maxLength"] is not { } longest || shortest <= longest, place, "minLength is above maxLength");
        var isPart = AllOfPlace().IsMatch(place);
        foreach (var name in schema["required"] as JsonArray ?? [])
            Rule(isPart || schema["properties"]?[(string)name!] is not null, place, $"{name} is required and not described");
    }

    private void Rule(bool isKept, string place, string finding)
    {
        if (!isKept)
            findings.Add($"{place}: {finding}");
    }

    private static bool HasText(JsonNode node, string member) => !string.IsNullOrWhiteSpace((string?)node[member]);

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^#/components/schemas/[^/]+$|/properties/[^/]+$|/items$|/(allOf|oneOf)/\d+$")]
    private static partial Regex SchemaPlace();

    [GeneratedRegex(@"/allOf/\d+$")]
    private static partial Regex AllOfPlace();
}
