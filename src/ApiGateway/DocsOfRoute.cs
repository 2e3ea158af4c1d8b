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
    private const string Json = "application/json";

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var route = context.ApiDescription;
        var facts = route.ActionDescriptor.EndpointMetadata;
        var access = facts.OfType<Access>().Single();
        var doc = facts.OfType<RouteDoc>().Single();

        operation.Summary = doc.Title;
        operation.Description = $"For {access.Name}.";
        operation.Tags = new HashSet<OpenApiTagReference> { new(Tag(access), context.Document) };
        operation.Parameters = [.. Parameters(route, doc)];
        if (doc.Body is not null)
            operation.RequestBody = RequestBody(doc, context);
        if (access != Access.Public)
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];

        operation.Responses = new OpenApiResponses { ["200"] = Good(doc, context) };
        DocsOfTags.Apply(operation, doc, isRead: HttpMethods.IsGet(route.HttpMethod!));
        foreach (var status in Statuses(access, doc, route).Order())
            operation.Responses[status.ToString(CultureInfo.InvariantCulture)] = Bad(status, doc, context);
    }

    private static string Tag(Access access) =>
        access == Access.Public ? "Public Endpoints" : access == Access.Internal ? "Internal Endpoints" : "Protected Endpoints";

    private static IEnumerable<IOpenApiParameter> Parameters(ApiDescription route, RouteDoc doc)
    {
        foreach (var segment in route.RelativePath!.Split('/').Where(static part => part.StartsWith('{')))
        {
            var schema = segment.Contains(':', StringComparison.Ordinal) ? IdSchema() : NameSchema(doc.PathNames);
            yield return new OpenApiParameter { Name = segment[1..^1].Split(':')[0], In = ParameterLocation.Path, Required = true, Schema = schema };
        }

        if (doc.IsList)
        {
            yield return new OpenApiParameter
            {
                Name = "limit",
                In = ParameterLocation.Query,
                Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = PageRequest.Most.ToString(CultureInfo.InvariantCulture) },
            };
            yield return new OpenApiParameter { Name = "cursor", In = ParameterLocation.Query, Schema = IdSchema() };
        }

        if (doc.IsKeyed)
        {
            yield return new OpenApiParameter
            {
                Name = Operations.Header,
                In = ParameterLocation.Header,
                Description = "Names the command, so that it can be repeated without a second effect.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 },
            };
        }
    }

    private static OpenApiRequestBody RequestBody(RouteDoc doc, OperationFilterContext context) => new()
    {
        Required = true,
        Content = new Dictionary<string, IOpenApiMediaType>
        {
            [Json] = new OpenApiMediaType
            {
                Schema = context.SchemaGenerator.GenerateSchema(doc.Body!, context.SchemaRepository),
                Example = doc.Example is null ? null : JsonNode.Parse(doc.Example),
            },
        },
    };

    private static OpenApiResponse Good(RouteDoc doc, OperationFilterContext context)
    {
        var envelope = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string> { "success", "message" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["success"] = new OpenApiSchema { Type = JsonSchemaType.Boolean },
                ["message"] = new OpenApiSchema { Type = JsonSchemaType.String },
            },
        };
        if (doc.Data is not null)
        {
            envelope.Required.Add("data");
            envelope.Properties["data"] = context.SchemaGenerator.GenerateSchema(doc.Data, context.SchemaRepository);
        }

        if (doc.IsList)
            envelope.Properties["next_cursor"] = IdSchema();
        return Response(doc.DoneMessage, envelope);
    }

    private static OpenApiResponse Bad(int status, RouteDoc doc, OperationFilterContext context)
    {
        var rules = string.Join(", ", doc.Refusals.Where(rule => rule.Status() == status).Select(static rule => rule.Code()));
        var reason = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status);
        return Response(rules.Length == 0 ? reason : $"{reason}: {rules}", context.SchemaGenerator.GenerateSchema(typeof(Failure), context.SchemaRepository));
    }

    private static OpenApiResponse Response(string description, IOpenApiSchema schema) => new()
    {
        Description = description,
        Content = new Dictionary<string, IOpenApiMediaType> { [Json] = new OpenApiMediaType { Schema = schema } },
    };

    private static HashSet<int> Statuses(Access access, RouteDoc doc, ApiDescription route)
    {
        HashSet<int> statuses = [.. doc.Refusals.Select(static rule => rule.Status())];
        if (access != Access.Public)
            statuses.Add(StatusCodes.Status401Unauthorized);
        if (access != Access.Public && access != Access.Authenticated)
            statuses.Add(StatusCodes.Status403Forbidden);
        if (doc.Body is not null)
            statuses.UnionWith([StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType]);
        if (doc.IsKeyed || doc.IsList || doc.IsConditional)
            statuses.Add(StatusCodes.Status400BadRequest);
        if (route.RelativePath!.Contains('{', StringComparison.Ordinal))
            statuses.Add(StatusCodes.Status404NotFound);
        if (!doc.IsLocal)
            statuses.UnionWith([StatusCodes.Status500InternalServerError, StatusCodes.Status503ServiceUnavailable]);
        return statuses;
    }

    private static OpenApiSchema NameSchema(string[] names) => new() { Type = JsonSchemaType.String, Enum = [.. names.Select(static name => JsonValue.Create(name))] };

    private static OpenApiSchema IdSchema() => new() { Type = JsonSchemaType.String, Pattern = "^[0-9a-f]{24}$" };

    /// <summary>Sets the generator up: a document per word, and the types that have a form of their own on the wire.</summary>
    public static void Configure(SwaggerGenOptions generator, IEnumerable<string> words)
    {
        foreach (var word in words)
            generator.SwaggerDoc(word, new OpenApiInfo { Title = Docs.Title(word), Version = "1.0.0" });
        generator.DocInclusionPredicate(static (word, route) => route.GroupName == word);
        generator.AddSecurityDefinition(Scheme, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT" });
        generator.SupportNonNullableReferenceTypes();
        generator.CustomSchemaIds(static type => type.Name.Replace("View", "", StringComparison.Ordinal));
        generator.MapType<RecordId>(static () => IdSchema());
        generator.MapType<RecordId?>(static () => IdSchema());
        generator.MapType<uint>(static () => NumberSchema());
        generator.MapType<uint?>(static () => NumberSchema());
        generator.OperationFilter<DocsOfRoute>();
        generator.DocumentFilter<Tags>();
        generator.SchemaFilter<Members>();
    }

    private static OpenApiSchema NumberSchema() => new() { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0", Maximum = "4294967295" };

    /// <summary>Unknown members are ignored, and every member of an answer but <c>code</c> is always there.</summary>
    private sealed class Members : ISchemaFilter
    {
        public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
        {
            if (schema is not OpenApiSchema { Properties: { } members } own)
                return;
            own.AdditionalPropertiesAllowed = true;
            if (!context.Type.Name.EndsWith("Body", StringComparison.Ordinal))
                own.Required = members.Keys.Where(static name => name != "code").ToHashSet();
        }
    }

    /// <summary>Names the three tags in the document itself; references to them are dropped otherwise.</summary>
    private sealed class Tags : IDocumentFilter
    {
        public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context) => swaggerDoc.Tags = new HashSet<OpenApiTag>
        {
            new() { Name = Tag(Access.Public) }, new() { Name = Tag(Access.Authenticated) }, new() { Name = Tag(Access.Internal) },
        };
    }
}
