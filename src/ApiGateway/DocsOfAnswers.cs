using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;
using Ticketing.ApiGateway.Events;

namespace Ticketing.ApiGateway;

/// <summary>Describes what can come back from a route: every status, its headers, its body, and of refusals an example each.</summary>
internal sealed class DocsOfAnswers(Access access, RouteDoc doc, bool hasSegment, OperationFilterContext context)
{
    private bool IsHealth => doc == RouteDoc.Health;

    /// <summary>All answers by status, the good one first.</summary>
    public OpenApiResponses All()
    {
        var answers = new OpenApiResponses { ["200"] = Good() };
        var unnamed = Unnamed();
        foreach (var status in unnamed.Keys.Union(doc.Refusals.Select(static rule => rule.Status())).Order())
            answers[status.ToString(CultureInfo.InvariantCulture)] = Bad(status, unnamed.GetValueOrDefault(status));
        return answers;
    }

    /// <summary>What <see cref="Front"/>, <see cref="Body"/> and their like answer on their own account, without a rule's name.</summary>
    private SortedDictionary<int, string> Unnamed()
    {
        var answers = new SortedDictionary<int, string> { [StatusCodes.Status413PayloadTooLarge] = "The body is too large." };
        if (doc.Body is not null || doc.IsKeyed || doc.IsList || doc.IsConditional)
            answers[StatusCodes.Status400BadRequest] = Mistake();
        if (access != Access.Public)
            answers[StatusCodes.Status401Unauthorized] = Front.NoToken;
        if (access != Access.Public && access != Access.Authenticated)
            answers[StatusCodes.Status403Forbidden] = Front.NotFor(access);
        if (hasSegment)
            answers[StatusCodes.Status404NotFound] = Replies.Nothing;
        if (doc.Body is not null)
        {
            answers[StatusCodes.Status408RequestTimeout] = Front.BadArrival;
            answers[StatusCodes.Status415UnsupportedMediaType] = Body.NotJson;
        }

        if (!IsHealth)
        {
            answers[StatusCodes.Status500InternalServerError] = Front.Fault;
            answers[StatusCodes.Status503ServiceUnavailable] = doc.IsLocal ? Replies.Stopping : Replies.OutcomeUnknown;
        }

        return answers;
    }

    private string Mistake() =>
        doc.Body is not null ? Body.NotObject
        : doc.IsList ? "limit: must be a number from 1 to 1000."
        : Operations.BadKey;

    private OpenApiResponse Good()
    {
        if (doc.IsLines)
        {
            return new()
            {
                Description = doc.DoneMessage,
                Content = new Dictionary<string, IOpenApiMediaType> { [EventHistory.ContentType] = new OpenApiMediaType { Schema = Text(), Example = $"{doc.Example}\n" } },
            };
        }

        var envelope = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string> { "success", "message" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["success"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Enum = [JsonValue.Create(true)] },
                ["message"] = new OpenApiSchema { Type = JsonSchemaType.String },
            },
        };
        var example = new JsonObject { ["success"] = true, ["message"] = IsHealth ? Replies.Alive(context.ApiDescription.GroupName!) : doc.DoneMessage };
        if (doc.Data is not null)
        {
            var data = context.SchemaGenerator.GenerateSchema(doc.Data, context.SchemaRepository);
            envelope.Required.Add("data");
            envelope.Properties["data"] = data;
            example["data"] = new DocsSamples(context.SchemaRepository).Of("data", data);
        }

        if (doc.IsList)
        {
            envelope.Properties["next_cursor"] = DocsOfTypes.Id();
            example["next_cursor"] = DocsSamples.Id;
        }

        var good = Response(doc.DoneMessage, envelope);
        good.Content![DocsOfRoute.Json] = new OpenApiMediaType { Schema = envelope, Example = example };
        if (doc.IsList)
            good.Headers = Headers(("Link", "Where the next page is, as rel=\"next\"; absent on the last one.", Text(), $"</{context.ApiDescription.RelativePath!.TrimEnd('/')}?cursor={DocsSamples.Id}>; rel=\"next\""));
        return good;
    }

    private OpenApiResponse Bad(int status, string? unnamed)
    {
        var rules = doc.Refusals.Where(rule => rule.Status() == status).Distinct().ToArray();
        var reason = ReasonPhrases.GetReasonPhrase(status);
        var codes = rules.Select(static rule => rule.Code()).ToArray();
        var answer = Response(codes.Length == 0 ? reason : $"{reason}: {string.Join(", ", codes)}", FailureOf(codes, isAlwaysNamed: unnamed is null));
        var examples = rules.ToDictionary(static rule => rule.Code(), IOpenApiExample (rule) => Example(rule.Sentence(), rule.Code()));
        if (unnamed is not null)
            examples["unnamed"] = Example(unnamed, null);
        answer.Content![DocsOfRoute.Json] = new OpenApiMediaType { Schema = answer.Content[DocsOfRoute.Json].Schema, Examples = examples };
        answer.Headers = status switch
        {
            StatusCodes.Status401Unauthorized when access != Access.Public => Headers(("WWW-Authenticate", "Which kind of token is wanted.", Text(), "Bearer")),
            StatusCodes.Status429TooManyRequests => Headers(RetryAfter()),
            StatusCodes.Status503ServiceUnavailable when doc.IsKeyed => Headers(RetryAfter(), (Operations.Header, "The caller's key, given back.", DocsOfTypes.Key(), "purchase-17")),
            StatusCodes.Status503ServiceUnavailable => Headers(RetryAfter()),
            _ => null,
        };
        return answer;
    }

    /// <summary>The failure envelope; where rules refuse, with their names.</summary>
    private IOpenApiSchema FailureOf(string[] codes, bool isAlwaysNamed)
    {
        var failure = context.SchemaGenerator.GenerateSchema(typeof(Failure), context.SchemaRepository);
        if (codes.Length == 0)
            return failure;
        var named = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. codes.Select(static code => JsonValue.Create(code))] },
            },
        };
        if (isAlwaysNamed)
            named.Required = new HashSet<string> { "code" };
        return new OpenApiSchema { AllOf = [failure, named] };
    }

    private OpenApiExample Example(string error, string? code)
    {
        var value = new JsonObject { ["success"] = false, ["message"] = doc.FailedMessage, ["error"] = error };
        if (code is not null)
            value["code"] = code;
        return new OpenApiExample { Summary = code ?? "Without a rule's name", Value = value };
    }

    private static (string Name, string Description, IOpenApiSchema Schema, JsonNode Example) RetryAfter() =>
        ("Retry-After", "When to ask again, in seconds.", new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1" }, 1);

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };

    private static Dictionary<string, IOpenApiHeader> Headers(params (string Name, string Description, IOpenApiSchema Schema, JsonNode Example)[] headers) =>
        headers.ToDictionary(static header => header.Name, static IOpenApiHeader (header) =>
            new OpenApiHeader { Description = header.Description, Schema = header.Schema, Example = header.Example });

    private static OpenApiResponse Response(string description, IOpenApiSchema schema) => new()
    {
        Description = description,
        Content = new Dictionary<string, IOpenApiMediaType> { [DocsOfRoute.Json] = new OpenApiMediaType { Schema = schema } },
    };
}
