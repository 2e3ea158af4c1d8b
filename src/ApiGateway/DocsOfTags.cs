using Microsoft.OpenApi;

namespace Ticketing.ApiGateway;

/// <summary>Describes the headers by which a caller says which version of a record it knows.</summary>
internal static class DocsOfTags
{
    public static void Apply(OpenApiOperation operation, RouteDoc doc, bool isRead)
    {
        if (doc.IsConditional)
            operation.Parameters!.Add(Header("If-Match", "The change is made only if the record is still at one of these versions: entity tags from earlier answers, or *."));
        if (!doc.IsTagged)
            return;
        var good = (OpenApiResponse)operation.Responses!["200"];
        good.Headers = Tag().Concat(good.Headers ?? new Dictionary<string, IOpenApiHeader>()).ToDictionary();
        if (!isRead)
            return;
        operation.Parameters!.Add(Header("If-None-Match", "Entity tags from earlier answers: if the answer is still one of them, it is not sent again."));
        operation.Responses["304"] = new OpenApiResponse { Description = "Not Modified", Headers = Tag() };
    }

    private static Dictionary<string, IOpenApiHeader> Tag() => new()
    {
        ["ETag"] = new OpenApiHeader { Description = "The version of what is answered.", Schema = Text() },
    };

    private static OpenApiParameter Header(string name, string description) =>
        new() { Name = name, In = ParameterLocation.Header, Description = description, Schema = Text() };

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };
}
