using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Ticketing.ApiGateway;

/// <summary>Makes examples of answered records from their schemas. A member that no line here knows gets the plainest value of its type.</summary>
internal sealed class DocsSamples(SchemaRepository schemas)
{
    public const string Id = "65f0c1d2e3a4b5c6d7e8f903";
    public const string Date = "2030-05-15T19:00:00Z";

    private static readonly Dictionary<string, JsonValue> ByMember = new()
    {
        ["id"] = JsonValue.Create(Id),
        ["event_id"] = JsonValue.Create("65f0c1d2e3a4b5c6d7e8f901"),
        ["user_id"] = JsonValue.Create("65f0c1d2e3a4b5c6d7e8f902"),
        ["creator_id"] = JsonValue.Create("65f0c1d2e3a4b5c6d7e8f902"),
        ["ticket_id"] = JsonValue.Create("65f0c1d2e3a4b5c6d7e8f904"),
        ["payment_id"] = JsonValue.Create("65f0c1d2e3a4b5c6d7e8f905"),
        ["first_name"] = JsonValue.Create("ada"),
        ["last_name"] = JsonValue.Create("lovelace"),
        ["email"] = JsonValue.Create("ada@example.org"),
        ["password"] = JsonValue.Create("$2a$12$9vQ0b3mV4l2xkE5yT7uJ8eO1rS6pW0dZcN3fGhIjKlMnOpQrStUvW"),
        ["token"] = JsonValue.Create("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoiVXNlciJ9.c2lnbmF0dXJl"),
        ["exp"] = JsonValue.Create(1905102000),
        ["title"] = JsonValue.Create("Symphony No. 9"),
        ["description"] = JsonValue.Create("The last one, with choir."),
        ["location"] = JsonValue.Create("Town Hall"),
        ["capacity"] = JsonValue.Create(200),
        ["remaining_seats"] = JsonValue.Create(188),
        ["price"] = JsonValue.Create(45),
        ["amount"] = JsonValue.Create(45),
        ["seat_number"] = JsonValue.Create(12),
        ["message"] = JsonValue.Create("The doors open at seven."),
    };

    /// <summary>An example of what <paramref name="member"/> holds.</summary>
    public JsonNode? Of(string member, IOpenApiSchema schema)
    {
        if (schema is OpenApiSchemaReference reference)
            return Of(member, schemas.Schemas[reference.Reference.Id!]);
        if (schema.Enum is [{ } first, ..])
            return first.DeepClone();
        if (schema.AllOf is [{ } only])
            return Of(member, only);
        var type = schema.Type & ~JsonSchemaType.Null;
        if (type == JsonSchemaType.Object)
            return new JsonObject(schema.Properties?.Select(pair => KeyValuePair.Create(pair.Key, Of(pair.Key, pair.Value))) ?? []);
        if (type == JsonSchemaType.Array)
            return schema.Items is null ? [] : new JsonArray(Of(member, schema.Items));
        if (schema.Format == "date-time")
            return Date;
        if (ByMember.TryGetValue(member, out var known))
            return known.DeepClone();
        return type switch
        {
            JsonSchemaType.Integer or JsonSchemaType.Number => JsonNode.Parse(schema.Minimum ?? "1"),
            JsonSchemaType.Boolean => true,
            JsonSchemaType.String when schema.Pattern is not null => Id,
            _ => member,
        };
    }
}
