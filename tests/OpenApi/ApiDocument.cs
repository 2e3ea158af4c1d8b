using System.Text.Json.Nodes;

namespace Ticketing.OpenApi;

/// <summary>One operation of a document.</summary>
/// <param name="Method">The HTTP method, in upper case.</param>
/// <param name="Path">The path with its parameters in braces.</param>
/// <param name="Json">What the document says of it.</param>
public sealed record Operation(string Method, string Path, JsonObject Json)
{
    private readonly string[] segments = Path.Split('/');

    /// <summary>Method and path.</summary>
    public string Name => $"{Method} {Path}";

    /// <summary>The answers by status.</summary>
    public JsonObject Responses => Json["responses"] as JsonObject ?? [];

    /// <summary>How many segments are spelt out, when the path is one of this operation's; nothing otherwise.</summary>
    public int? Matches(string method, string path)
    {
        var asked = path.Split('/');
        if (method != Method || asked.Length != segments.Length)
            return null;
        var spelt = 0;
        for (var index = 0; index < asked.Length; index++)
        {
            if (segments[index].StartsWith('{'))
                continue;
            if (!string.Equals(segments[index], asked[index], StringComparison.OrdinalIgnoreCase))
                return null;
            spelt++;
        }

        return spelt;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>An OpenAPI 3.0 document, read only.</summary>
public sealed class ApiDocument
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

    /// <summary>Takes a document.</summary>
    public ApiDocument(JsonObject root)
    {
        Root = root;
        Operations = [.. from path in root["paths"]!.AsObject()
                         from method in path.Value!.AsObject()
                         where Methods.Contains(method.Key)
                         select new Operation(method.Key.ToUpperInvariant(), path.Key, method.Value!.AsObject())];
    }

    /// <summary>The whole document.</summary>
    public JsonObject Root { get; }

    /// <summary>All operations, in the document's order.</summary>
    public IReadOnlyList<Operation> Operations { get; }

    /// <summary>Reads a document.</summary>
    /// <exception cref="System.Text.Json.JsonException">The text is no JSON.</exception>
    public static ApiDocument Parse(string text) => new(JsonNode.Parse(text)!.AsObject());

    /// <summary>The operation that answers a request, if one does: the one that spells most of the path out.</summary>
    public Operation? Find(string method, string path) =>
        Operations.Where(operation => operation.Matches(method, path) is not null).MaxBy(operation => operation.Matches(method, path));

    /// <summary>What a reference leads to; anything else is itself.</summary>
    /// <exception cref="KeyNotFoundException">The reference leads nowhere.</exception>
    public JsonObject Resolve(JsonNode node)
    {
        while ((string?)node["$ref"] is { } reference)
            node = Follow(reference) ?? throw new KeyNotFoundException($"{reference} leads nowhere");
        return node.AsObject();
    }

    /// <summary>The node a local reference names, or nothing.</summary>
    public JsonNode? Follow(string reference)
    {
        JsonNode? node = Root;
        foreach (var step in reference.Split('/').Skip(1))
            node = (node as JsonObject)?[step];
        return reference.StartsWith("#/", StringComparison.Ordinal) ? node : null;
    }

    /// <summary>Every object of the document with its place in it.</summary>
    public IEnumerable<(string Place, JsonObject Node)> Everything() => Below("#", Root);

    private static IEnumerable<(string Place, JsonObject Node)> Below(string place, JsonNode? node)
    {
        if (node is JsonObject own)
        {
            yield return (place, own);
            foreach (var (name, child) in own)
            {
                // What an example holds is data and no part of the description.
                if (name is "example" or "examples" or "default" or "enum")
                    continue;
                foreach (var inner in Below($"{place}/{name}", child))
                    yield return inner;
            }
        }
        else if (node is JsonArray list)
        {
            for (var index = 0; index < list.Count; index++)
            {
                foreach (var inner in Below($"{place}/{index}", list[index]))
                    yield return inner;
            }
        }
    }
}
