using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.OpenApi;

/// <summary>
/// Whether a value is what a schema of OpenAPI 3.0 says. Stricter than the specification in two ways: a keyword that is not understood here is a finding, and
/// so is, where asked for, a member that no schema describes.
/// </summary>
public sealed partial class SchemaCheck(ApiDocument document, bool isClosed)
{
    private static readonly HashSet<string> Understood =
    [
        "type", "format", "nullable", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "properties", "required", "items", "minItems", "maxItems",
        "allOf", "oneOf", "additionalProperties", "description", "title", "default", "example", "deprecated",
    ];

    private readonly List<string> findings = [];

    /// <summary>What is wrong with the value, one line each; empty when nothing is.</summary>
    /// <param name="document">Where references lead.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="value">The value; nothing stands for JSON's null.</param>
    /// <param name="isClosed">Whether members that no schema describes are wrong, too.</param>
    public static IReadOnlyList<string> Findings(ApiDocument document, JsonNode schema, JsonNode? value, bool isClosed = true)
    {
        var check = new SchemaCheck(document, isClosed);
        check.Check("$", schema, value, isPart: false);
        return check.findings;
    }

    private void Check(string place, JsonNode reference, JsonNode? value, bool isPart)
    {
        if ((string?)reference["$ref"] is { } gone && document.Follow(gone) is null)
        {
            findings.Add($"{place}: {gone} leads nowhere");
            return;
        }

        var schema = document.Resolve(reference);
        foreach (var (keyword, _) in schema.Where(static pair => !Understood.Contains(pair.Key)))
            findings.Add($"{place}: the schema's keyword {keyword} is not understood");
        if (value is null)
        {
            Rule((bool?)schema["nullable"] == true, place, "is null");
            return;
        }

        if ((string?)schema["type"] is { } type && !IsOf(type, value))
        {
            findings.Add($"{place}: {Short(value)} is no {type}");
            return;
        }

        if (schema["enum"] is JsonArray names)
            Rule(names.Any(name => JsonNode.DeepEquals(name, value)), place, $"{Short(value)} is none of {names.ToJsonString()}");
        Combined(place, schema, value);
        switch (value)
        {
            case JsonObject members:
                Members(place, schema, members, isPart);
                break;
            case JsonArray items:
                Items(place, schema, items);
                break;
            case var _ when value.GetValueKind() == JsonValueKind.String:
                Text(place, schema, (string)value!);
                break;
            case var _ when value.GetValueKind() == JsonValueKind.Number:
                Number(place, schema, value);
                break;
        }
    }

    private void Combined(string place, JsonObject schema, JsonNode value)
    {
        foreach (var part in schema["allOf"] as JsonArray ?? [])
            Check(place, part!, value, isPart: true);
        if (schema["oneOf"] is not JsonArray forms)
            return;
        var kept = forms.Count(form => Findings(document, form!, value, isClosed).Count == 0);
        Rule(kept == 1, place, $"{Short(value)} has {kept} of the {forms.Count} forms instead of one");
    }

    private void Members(string place, JsonObject schema, JsonObject members, bool isPart)
    {
        foreach (var name in schema["required"] as JsonArray ?? [])
            Rule(members.ContainsKey((string)name!), place, $"{name} is missing");
        var described = schema["properties"] as JsonObject ?? [];
        foreach (var (name, value) in members)
        {
            if (described[name] is { } member)
                Check($"{place}.{name}", member, value, isPart: false);
            else if ((schema["additionalProperties"] as JsonValue)?.GetValueKind() == JsonValueKind.False)
                findings.Add($"{place}: {name} is not allowed");
            else if (isClosed && !isPart && !Describes(schema, name))
                findings.Add($"{place}: {name} is not described");
        }
    }

    // An object without any description of its members is left as it is.
    private bool Describes(JsonObject schema, string name)
    {
        if (schema["oneOf"] is not null || (schema["properties"] is null && schema["allOf"] is null))
            return true;
        return (schema["allOf"] as JsonArray ?? []).Select(part => document.Resolve(part!)).Any(part => part["properties"]?[name] is not null);
    }

    private void Items(string place, JsonObject schema, JsonArray items)
    {
        Rule(items.Count >= ((int?)schema["minItems"] ?? 0) && items.Count <= ((int?)schema["maxItems"] ?? int.MaxValue), place, $"has {items.Count} items");
        for (var index = 0; index < items.Count && schema["items"] is { } item; index++)
            Check($"{place}[{index}]", item, items[index], isPart: false);
    }

    private void Text(string place, JsonObject schema, string text)
    {
        var length = text.EnumerateRunes().Count();
        Rule(length >= ((int?)schema["minLength"] ?? 0) && length <= ((int?)schema["maxLength"] ?? int.MaxValue), place, $"has {length} characters");
        if ((string?)schema["pattern"] is { } pattern)
            Rule(Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant), place, $"{Short(text)} does not match {pattern}");
        var isOfFormat = (string?)schema["format"] switch
        {
            "date-time" => DateTime().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _),
            "email" => text.IndexOf('@', StringComparison.Ordinal) > 0,
            _ => true,
        };
        Rule(isOfFormat, place, $"{Short(text)} is no {schema["format"]}");
    }

    private void Number(string place, JsonObject schema, JsonNode value)
    {
        var number = decimal.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);
        var (least, most) = (string?)schema["format"] switch
        {
            "int32" => ((decimal)int.MinValue, (decimal)int.MaxValue),
            "int64" => (long.MinValue, long.MaxValue),
            _ => (decimal.MinValue, decimal.MaxValue),
        };
        least = Math.Max(least, (decimal?)schema["minimum"] ?? least);
        most = Math.Min(most, (decimal?)schema["maximum"] ?? most);
        Rule(number >= least && number <= most, place, $"{number} is not within {least} and {most}");
    }

    private static bool IsOf(string type, JsonNode value) => (type, value.GetValueKind()) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) or ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && decimal.IsInteger(number),
        _ => false,
    };

    private void Rule(bool isKept, string place, string finding)
    {
        if (!isKept)
            findings.Add($"{place}: {finding}");
    }

    private static string Short(JsonNode value) => value.ToJsonString() is { Length: > 60 } text ? text[..60] + "…" : value.ToJsonString();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$", RegexOptions.ECMAScript)]
    private static partial Regex DateTime();
}
