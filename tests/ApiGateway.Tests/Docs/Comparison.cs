using System.Text.Json.Nodes;
using Ticketing.OpenApi;

namespace Ticketing.ApiGateway.Tests.Docs;

/// <summary>
/// What breaks a client that was written for one document when another takes its place. Clients send what requests describe and read what answers describe,
/// so a request may take more and demand less, and an answer may hold more and vary less; the other way about is a break.
/// </summary>
internal sealed class Comparison
{
    private readonly ApiDocument before;
    private readonly ApiDocument after;
    private readonly List<string> breaks = [];

    private Comparison(ApiDocument before, ApiDocument after) => (this.before, this.after) = (before, after);

    /// <summary>The breaks, one line each; empty when every client of the document before can live with the one after.</summary>
    public static IReadOnlyList<string> Breaks(ApiDocument before, ApiDocument after)
    {
        var comparison = new Comparison(before, after);
        foreach (var old in before.Operations)
        {
            if (after.Operations.SingleOrDefault(operation => operation.Name == old.Name) is { } operation)
                comparison.Operations(old, operation);
            else
                comparison.breaks.Add($"{old}: the operation is gone");
        }

        return [.. comparison.breaks.Distinct()];
    }

    private void Operations(Operation old, Operation now)
    {
        Same(old.Name, "operationId", old.Json, now.Json);
        Rule(Needs(now.Json["security"], after) == Needs(old.Json["security"], before), old.Name, "the security changed");
        Parameters(old, now);
        Bodies(old, now);
        foreach (var (status, answer) in old.Responses)
        {
            if (now.Responses[status] is { } other)
                Answers($"{old} {status}", before.Resolve(answer!), after.Resolve(other));
            else
                breaks.Add($"{old}: the status {status} is gone");
        }
    }

    // The names of the schemes with what they are, so that neither can change unnoticed.
    private static string Needs(JsonNode? security, ApiDocument document) => string.Join(" or ", (security as JsonArray ?? []).Select(one => string.Join(
        " and ", one!.AsObject().Select(pair => $"{pair.Key} {Schema.WithoutProse(document.Follow($"#/components/securitySchemes/{pair.Key}"))?.ToJsonString()}"))).Order());

    private void Parameters(Operation old, Operation now)
    {
        var (had, has) = (ByName(before, old), ByName(after, now));
        foreach (var (name, parameter) in had)
        {
            if (!has.TryGetValue(name, out var other))
                breaks.Add($"{old}: the parameter {name} is gone");
            else
            {
                Rule((bool?)other["required"] != true || (bool?)parameter["required"] == true, old.Name, $"the parameter {name} is required now");
                Schemas($"{old} {name}", parameter["schema"]!, other["schema"]!, isRequest: true);
            }
        }

        foreach (var (name, _) in has.Where(pair => (bool?)pair.Value["required"] == true && !had.ContainsKey(pair.Key)))
            breaks.Add($"{old}: the parameter {name} is new and required");
    }

    private static Dictionary<string, JsonObject> ByName(ApiDocument document, Operation operation) => (operation.Json["parameters"] as JsonArray ?? [])
        .Select(one => document.Resolve(one!)).ToDictionary(one => $"{one["in"]} {one["name"]}");

    private void Bodies(Operation old, Operation now)
    {
        switch (old.Json["requestBody"], now.Json["requestBody"])
        {
            case (null, null):
                return;
            case (null, { } added):
                Rule((bool?)after.Resolve(added)["required"] != true, old.Name, "a body is required now");
                return;
            case ({ }, null):
                breaks.Add($"{old}: the body is gone");
                return;
            case ({ } had, { } has):
                var (body, other) = (before.Resolve(had), after.Resolve(has));
                Rule((bool?)other["required"] != true || (bool?)body["required"] == true, old.Name, "the body is required now");
                Contents($"{old} body", body, other, isRequest: true);
                return;
        }
    }

    private void Answers(string place, JsonObject old, JsonObject now)
    {
        foreach (var (name, header) in old["headers"] as JsonObject ?? [])
        {
            if (now["headers"]?[name] is { } other)
                Schemas($"{place} {name}", before.Resolve(header!)["schema"]!, after.Resolve(other)["schema"]!, isRequest: false);
            else
                breaks.Add($"{place}: the header {name} is gone");
        }

        Contents(place, old, now, isRequest: false);
    }

    private void Contents(string place, JsonObject old, JsonObject now, bool isRequest)
    {
        foreach (var (type, media) in old["content"] as JsonObject ?? [])
        {
            if (now["content"]?[type] is { } other)
                Schemas(place, media!["schema"]!, other["schema"]!, isRequest);
            else
                breaks.Add($"{place}: the content type {type} is gone");
        }
    }

    private void Schemas(string place, JsonNode old, JsonNode now, bool isRequest)
    {
        var (had, has) = (Forms(before, old), Forms(after, now));
        if (had.Length == 1 && has.Length == 1)
        {
            breaks.AddRange(Form(place, had[0], has[0], isRequest));
            return;
        }

        // Every form that one side relies on must be among those of the other.
        var (relied, offered) = isRequest ? (had, has) : (has, had);
        foreach (var form in relied.Where(form => !offered.Any(other => Form(place, isRequest ? form : other, isRequest ? other : form, isRequest).Count == 0)))
            breaks.Add($"{place}: {(isRequest ? "a form is gone" : "a form is new")}: {Schema.WithoutProse(form)!.ToJsonString()}");
    }

    private static JsonObject[] Forms(ApiDocument document, JsonNode schema)
    {
        var flat = Schema.Flat(document, schema);
        return flat["oneOf"] is JsonArray forms ? [.. forms.SelectMany(form => Forms(document, form!))] : [flat];
    }

    private List<string> Form(string place, JsonObject old, JsonObject now, bool isRequest)
    {
        var inner = new Comparison(before, after);
        inner.Values(place, old, now, isRequest);
        inner.Members(place, old, now, isRequest);
        if (old["items"] is { } item && now["items"] is { } other)
            inner.Schemas($"{place}[]", item, other, isRequest);
        return inner.breaks;
    }

    private void Values(string place, JsonObject old, JsonObject now, bool isRequest)
    {
        Same(place, "type", old, now);
        Same(place, "format", old, now);
        Rule(Text(old, "pattern") == Text(now, "pattern") || Text(isRequest ? now : old, "pattern") is null, place, "the pattern changed");
        var (was, isNow) = ((bool?)old["nullable"] == true, (bool?)now["nullable"] == true);
        Rule(was == isNow || isNow == isRequest, place, isRequest ? "null is not taken any more" : "can be null now");
        foreach (var limit in new[] { "minimum", "minLength", "minItems" })
            Limit(place, limit, (decimal?)old[limit] ?? decimal.MinValue, (decimal?)now[limit] ?? decimal.MinValue, isRequest, isLower: true);
        foreach (var limit in new[] { "maximum", "maxLength", "maxItems" })
            Limit(place, limit, (decimal?)old[limit] ?? decimal.MaxValue, (decimal?)now[limit] ?? decimal.MaxValue, isRequest, isLower: false);

        var (names, others) = (Names(old), Names(now));
        if (names is null && others is not null)
            Rule(!isRequest, place, "takes an enum's values alone now");
        if (names is not null && others is null)
            Rule(isRequest, place, "is no enum any more");
        // A value may come to be answered, as a member may; one that clients wait for may not go.
        foreach (var name in names?.Except(others ?? names) ?? [])
            breaks.Add($"{place}: the enum's value {name} is gone");
    }

    private void Limit(string place, string name, decimal old, decimal now, bool isRequest, bool isLower) =>
        Rule(old == now || (now > old == isLower) != isRequest, place, $"{name} was {Of(old)} and is {Of(now)}");

    private static string Of(decimal limit) => limit is decimal.MinValue or decimal.MaxValue ? "absent" : $"{limit}";

    private void Members(string place, JsonObject old, JsonObject now, bool isRequest)
    {
        var (had, has) = (old["properties"] as JsonObject ?? [], now["properties"] as JsonObject ?? []);
        var (wanted, wants) = (Names(old, "required") ?? [], Names(now, "required") ?? []);
        foreach (var (name, member) in had)
        {
            if (has[name] is { } other)
                Schemas($"{place}.{name}", member!, other, isRequest);
            else
                breaks.Add($"{place}: the member {name} is gone");
        }

        foreach (var name in isRequest ? wants.Except(wanted) : wanted.Except(wants).Where(name => has.ContainsKey(name)))
            breaks.Add($"{place}: the member {name} {(isRequest ? "is required now" : "can be absent now")}");
        if (isRequest)
            Rule(IsOpen(now) || !IsOpen(old), place, "unknown members are refused now");
    }

    private static bool IsOpen(JsonObject schema) => schema["additionalProperties"]?.ToJsonString() != "false";

    private static string[]? Names(JsonObject schema, string keyword = "enum") => (schema[keyword] as JsonArray)?.Select(name => $"{name}").ToArray();

    private static string? Text(JsonObject schema, string keyword) => (string?)schema[keyword];

    private void Same(string place, string member, JsonObject old, JsonObject now) =>
        Rule(Text(old, member) == Text(now, member), place, $"{member} was {Text(old, member) ?? "absent"} and is {Text(now, member) ?? "absent"}");

    private void Rule(bool isKept, string place, string finding)
    {
        if (!isKept)
            breaks.Add($"{place}: {finding}");
    }
}
