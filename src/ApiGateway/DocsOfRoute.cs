using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;
using Ticketing.Grains.Abstractions;

namespace Ticketing.ApiGateway;

/// <summary>Describes a route from what it declared: <see cref="Access"/> and <see cref="RouteDoc"/>.</summary>
internal sealed class DocsOfRoute : IOperationFilter
{
    public const string Scheme = "bearerAuth";
    public const string Json = "application/json";

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var route = context.ApiDescription;
        var facts = route.ActionDescriptor.EndpointMetadata;
        var access = facts.OfType<Access>().Single();
        var doc = facts.OfType<RouteDoc>().Single();

        operation.OperationId = Id(route);
        operation.Summary = doc.Title;
        operation.Description = Description(access, doc);
        operation.Tags = new HashSet<OpenApiTagReference> { new(Tag(access), context.Document) };
        operation.Parameters = [.. Parameters(route, doc)];
        if (doc.Body is not null)
            operation.RequestBody = RequestBody(doc, context);
        operation.Security = access == Access.Public ? [] : [new() { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
        operation.Responses = new DocsOfAnswers(access, doc, HasSegment(route), context).All();
        DocsOfTags.Apply(operation, doc, isRead: HttpMethods.IsGet(route.HttpMethod!));
    }

    public static string Tag(Access access) =>
        access == Access.Public ? "Public Endpoints" : access == Access.Internal ? "Internal Endpoints" : "Protected Endpoints";

    private static bool HasSegment(ApiDescription route) => route.RelativePath!.Contains('{', StringComparison.Ordinal);

    // From method and path, which are unique and as stable as the contract: PATCH /api/tickets/{ticket_id}/seat is patchTicketsByTicketIdSeat.
    private static string Id(ApiDescription route)
    {
        var words = route.RelativePath!.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .SelectMany(static part => part.StartsWith('{') ? ["by", .. Name(part).Split('_')] : part.Split('-'))
            .Select(static word => char.ToUpperInvariant(word[0]) + word[1..]);
        return route.HttpMethod!.ToLowerInvariant() + string.Concat(words);
    }

    private static string Name(string segment) => segment[1..^1].Split(':')[0];

    private static string Description(Access access, RouteDoc doc)
    {
        var sentences = new List<string> { $"For {access.Name}." };
        if (doc.Note is { } note)
            sentences.Add(note);
        if (doc.IsList)
            sentences.Add($"In the order of creation, page by page, at most {PageRequest.Most} records each; next_cursor is where the next page begins, and absent on the last one.");
        if (doc.IsKeyed)
            sentences.Add("Repeated under the same Idempotency-Key it has no second effect and answers what the first try answered.");
        return string.Join(' ', sentences);
    }

    private static IEnumerable<IOpenApiParameter> Parameters(ApiDescription route, RouteDoc doc)
    {
        foreach (var segment in route.RelativePath!.Split('/').Where(static part => part.StartsWith('{')))
            yield return Segment(segment, doc);
        if (doc.IsList)
        {
            yield return new OpenApiParameter
            {
                Name = "limit",
                In = ParameterLocation.Query,
                Description = "How many records at most.",
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Integer,
                    Format = "int32",
                    Minimum = "1",
                    Maximum = PageRequest.Most.ToString(CultureInfo.InvariantCulture),
                    Default = PageRequest.Most,
                },
            };
            yield return new OpenApiParameter
            {
                Name = "cursor",
                In = ParameterLocation.Query,
                Description = "The id of the last record seen.",
                Example = DocsSamples.Id,
                Schema = DocsOfTypes.Id(),
            };
        }

        if (doc.IsKeyed)
        {
            yield return new OpenApiParameter
            {
                Name = Operations.Header,
                In = ParameterLocation.Header,
                Description = "Names the command, so that it can be repeated without a second effect.",
                Schema = DocsOfTypes.Key(),
                Example = "purchase-17",
            };
        }
    }

    private static OpenApiParameter Segment(string segment, RouteDoc doc)
    {
        var name = Name(segment);
        var isId = segment.EndsWith($":{IdConstraint.Name}}}", StringComparison.Ordinal);
        return new()
        {
            Name = name,
            In = ParameterLocation.Path,
            Required = true,
            Description = isId ? $"The id of the {(name == "id" ? "record" : name.Split('_')[0])}." : $"The {name.Replace('_', ' ')}.",
            Schema = isId ? DocsOfTypes.Id()
                : new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. doc.PathNames.Select(static name => JsonValue.Create(name))] },
            Example = isId ? DocsSamples.Id : doc.PathNames.FirstOrDefault(),
        };
    }

    private static OpenApiRequestBody RequestBody(RouteDoc doc, OperationFilterContext context)
    {
        var schema = context.SchemaGenerator.GenerateSchema(doc.Body!, context.SchemaRepository);
        return new()
        {
            Required = true,
            Content = new Dictionary<string, IOpenApiMediaType>
            {
                [Json] = new OpenApiMediaType { Schema = schema, Example = doc.Example is null ? null : JsonNode.Parse(doc.Example) },
            },
        };
    }
}
