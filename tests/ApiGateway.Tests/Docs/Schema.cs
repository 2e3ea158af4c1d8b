using System.Text.Json.Nodes;
using Ticketing.OpenApi;

namespace Ticketing.ApiGateway.Tests.Docs;

/// <summary>Schemas in a form that can be compared.</summary>
internal static class Schema
{
    private static readonly string[] Prose = ["description", "example", "examples", "title", "summary"];

    /// <summary>The schema without references and with the parts of its <c>allOf</c> joined, on the first level; members are left as they are.</summary>
    public static JsonObject Flat(ApiDocument document, JsonNode schema)
    {
        var flat = (JsonObject)document.Resolve(schema).DeepClone();
        var parts = flat["allOf"] as JsonArray ?? [];
        flat.Remove("allOf");
        foreach (var part in parts)
            Join(flat, Flat(document, part!));
        if (flat["properties"] is JsonObject members)
        {
            foreach (var (name, member) in members.ToArray().Where(pair => pair.Value!["allOf"] is not null))
                members[name] = Flat(document, member!);
        }

        return flat;
    }

    /// <summary>The same without what only people read.</summary>
    public static JsonNode? WithoutProse(JsonNode? node) => node switch
    {
        JsonObject own => new JsonObject(own.Where(pair => !Prose.Contains(pair.Key) || pair.Value is JsonObject).Select(pair => KeyValuePair.Create(pair.Key, WithoutProse(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(WithoutProse)]),
        _ => node?.DeepClone(),
    };

    private static void Join(JsonObject flat, JsonObject part)
    {
        foreach (var (keyword, value) in part)
        {
            switch (keyword)
            {
                case "properties":
                    Join(flat, "properties", value!.AsObject());
                    break;
                case "required":
                    flat["required"] = new JsonArray([.. (flat["required"] as JsonArray ?? []).Concat(value!.AsArray()).Select(name => (string)name!).Distinct().Select(name => (JsonNode)name)]);
                    break;
                default:
                    flat[keyword] = value?.DeepClone();
                    break;
            }
        }
    }

    // A member that two parts describe must be what both say.
    private static void Join(JsonObject flat, string keyword, JsonObject members)
    {
        var joined = flat[keyword] as JsonObject ?? [];
        foreach (var (name, member) in members)
            joined[name] = joined[name] is { } other ? new JsonObject { ["allOf"] = new JsonArray(other.DeepClone(), member!.DeepClone()) } : member!.DeepClone();
        flat[keyword] = joined.Parent is null ? joined : joined.DeepClone();
    }
}
