using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;
using Ticketing.Grains.Abstractions;

namespace Ticketing.ApiGateway;

/// <summary>Sets the generator up: a document per word, and the types that have a form of their own on the wire.</summary>
internal static class DocsOfTypes
{
    public static void Configure(SwaggerGenOptions generator, IEnumerable<string> words)
    {
        foreach (var word in words)
        {
            generator.SwaggerDoc(word, new OpenApiInfo
            {
                Title = Docs.Title(word),
                Version = "1.0.0",
                Description = $"The {word} of the ticketing system. Every answer is one JSON object: success, message and data when it worked; success, message, error and, where a named rule refused, its code when it did not.",
                License = new OpenApiLicense { Name = "MIT", Url = new Uri("https://opensource.org/license/mit") },
            });
        }

        generator.DocInclusionPredicate(static (word, route) => route.GroupName == word);
        generator.AddSecurityDefinition(DocsOfRoute.Scheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "A person's token from POST /api/auth/login, or a service's internal token.",
        });
        generator.SupportNonNullableReferenceTypes();
        generator.CustomSchemaIds(static type => type.Name.Replace("View", "", StringComparison.Ordinal));
        generator.MapType<RecordId>(Id);
        generator.MapType<RecordId?>(Id);
        generator.MapType<uint>(Number);
        generator.MapType<uint?>(Number);
        generator.OperationFilter<DocsOfRoute>();
        generator.DocumentFilter<Tags>();
        generator.SchemaFilter<Members>();
    }

    /// <summary>An id as it is answered, and as it stands in a path.</summary>
    public static OpenApiSchema Id() => new() { Type = JsonSchemaType.String, Pattern = "^[0-9a-f]{24}$" };

    /// <summary>An idempotency key.</summary>
    public static OpenApiSchema Key() => new() { Type = JsonSchemaType.String, MinLength = 1, MaxLength = Operations.LongestKey, Pattern = "^[!-~]+$" };

    private static OpenApiSchema Number() => new() { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0", Maximum = "4294967295" };

    private static OpenApiSchema Text(string? format) => new() { Type = JsonSchemaType.String, Format = format };

    private static OpenApiSchema Object(string member, IOpenApiSchema schema) => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { member },
        Properties = new Dictionary<string, IOpenApiSchema> { [member] = schema },
        AdditionalPropertiesAllowed = false,
    };

    /// <summary>An id as a body may spell it (contract.md 1.3).</summary>
    private static OpenApiSchema IdInput() => new()
    {
        Description = "An id, as a plain string or as extended JSON writes it.",
        OneOf = [IdText(), Object("$oid", IdText())],
    };

    // Upper case is understood too, though never answered.
    private static OpenApiSchema IdText() => new() { Type = JsonSchemaType.String, Pattern = "^[0-9A-Fa-f]{24}$" };

    /// <summary>A date as a body may spell it (contract.md 1.4).</summary>
    private static OpenApiSchema DateInput() => new()
    {
        Description = "A date as RFC 3339 writes it, with any offset, or as extended JSON writes it.",
        OneOf =
        [
            Text("date-time"),
            Object("$date", new OpenApiSchema
            {
                OneOf =
                [
                    Text("date-time"),
                    new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64", Description = "Milliseconds since 1970." },
                    Object("$numberLong", new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[+-]?[0-9]+$" }),
                ],
            }),
        ],
    };

    /// <summary>Which members are required and may be null, what is special about them, and the wider forms that bodies may have.</summary>
    private sealed class Members : ISchemaFilter
    {
        public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
        {
            if (schema is not OpenApiSchema { Properties: { } members } own || context.MemberInfo is not null)
                return;
            // Unknown members are ignored in bodies, and may come in answers one day.
            own.AdditionalPropertiesAllowed = true;
            if (context.Type == typeof(Failure))
                ((OpenApiSchema)members["success"]).Enum = [false];
            var isBody = context.Type.Name.EndsWith("Body", StringComparison.Ordinal);
            if (!isBody)
                own.Required = new HashSet<string>();
            var nullability = new NullabilityInfoContext();
            foreach (var property in context.Type.GetProperties())
            {
                var name = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
                if (!members.TryGetValue(name, out var member))
                    continue;
                if (isBody)
                    members[name] = member = Given(property, member, context.SchemaRepository);
                else if (IsAlwaysThere(property, nullability))
                    own.Required!.Add(name);
                Describe(property, member, isBody);
            }
        }

        private static void Describe(PropertyInfo property, IOpenApiSchema schema, bool isBody)
        {
            if (schema is not OpenApiSchema member)
                return;
            member.ReadOnly = false;
            // Null counts as missing in a body; in an answer a member is null only where it says so.
            if (isBody || property.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition != JsonIgnoreCondition.Never)
                member.Type &= ~JsonSchemaType.Null;
            if (property.GetCustomAttribute<DescriptionAttribute>() is { } text)
                member.Description = text.Description;
        }

        private static IOpenApiSchema Given(PropertyInfo property, IOpenApiSchema member, SchemaRepository schemas)
        {
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            return type == typeof(RecordId) ? Named("IdInput", IdInput, schemas)
                : type == typeof(DateTimeOffset) ? Named("DateInput", DateInput, schemas)
                : member;
        }

        private static OpenApiSchemaReference Named(string name, Func<OpenApiSchema> schema, SchemaRepository schemas) =>
            schemas.Schemas.ContainsKey(name) ? new OpenApiSchemaReference(name, null) : schemas.AddDefinition(name, schema());

        // Members without a value are left out of answers unless they say otherwise.
        private static bool IsAlwaysThere(PropertyInfo property, NullabilityInfoContext nullability) =>
            nullability.Create(property).ReadState != NullabilityState.Nullable
            || property.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition == JsonIgnoreCondition.Never;
    }

    /// <summary>Names the tags in the document itself; references to them are dropped otherwise.</summary>
    private sealed class Tags : IDocumentFilter
    {
        public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
        {
            (Access Access, string Description)[] all =
            [
                (Access.Public, "For everybody; no token is read."),
                (Access.Authenticated, "For people with a token; each route says which of them."),
                (Access.Internal, "For services with the internal token."),
            ];
            swaggerDoc.Tags = all.Select(static tag => new OpenApiTag { Name = DocsOfRoute.Tag(tag.Access), Description = tag.Description }).ToHashSet();
        }
    }
}
