using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.Swagger;

namespace Ticketing.ApiGateway;

/// <summary>The documentation of one word (contract.md 15): <c>doc/</c> is the Swagger page, <c>doc/openapi.json</c> what it shows. Nothing is fetched from elsewhere.</summary>
internal static class Docs
{
    private static readonly RouteDoc Page = new("Reading the documentation") { IsLocal = true };

    public static void MapDocs(this IEndpointRouteBuilder endpoints, string word)
    {
        var path = $"/api/{word}/doc";
        var description = new Lazy<Task<byte[]>>(() => Describe(endpoints.ServiceProvider, word));
        var page = endpoints.CreateApplicationBuilder()
            .UseSwaggerUI(ui =>
            {
                ui.RoutePrefix = path[1..];
                ui.DocumentTitle = Title(word);
                ui.SwaggerEndpoint("openapi.json", Title(word));
            })
            .Build();

        Map($"{path}/openapi.json", http => Send(http, description.Value));
        Map($"{path}/{{**asset}}", http => Show(http, path, page));

        void Map(string pattern, RequestDelegate answer) =>
            endpoints.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], answer).WithMetadata(Access.Public, Page).ExcludeFromDescription();
    }

    public static string Title(string word) => $"Ticketing: {word}";

    private static async Task Show(HttpContext http, string path, RequestDelegate page)
    {
        var asked = http.Request.Path;
        // No file of the page has such a name, and what answers here would put some of it into a header.
        if (asked.Value.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            await http.NotFound();
            return;
        }

        if (asked == path)
        {
            http.Response.Redirect($"{path}/");
            return;
        }

        if (asked == $"{path}/")
            http.Request.Path = $"{path}/index.html";

        // The page's own middleware steps aside while another endpoint is chosen.
        var endpoint = http.GetEndpoint();
        http.SetEndpoint(null);
        // It answers GET alone; the server itself leaves the body of an answer to HEAD out.
        var method = http.Request.Method;
        http.Request.Method = HttpMethods.Get;
        await page(http);
        http.Request.Method = method;
        http.SetEndpoint(endpoint);
        if (http.Response is { HasStarted: false, StatusCode: StatusCodes.Status404NotFound })
            await http.NotFound();
    }

    private static async Task Send(HttpContext http, Task<byte[]> description)
    {
        var bytes = await description;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = bytes.Length;
        await http.Response.BodyWriter.WriteAsync(bytes, http.RequestAborted);
    }

    private static async Task<byte[]> Describe(IServiceProvider services, string word)
    {
        await using var scope = services.CreateAsyncScope();
        var document = await scope.ServiceProvider.GetRequiredService<IAsyncSwaggerProvider>().GetSwaggerAsync(word);
        using var buffer = new MemoryStream();
        await document.SerializeAsJsonAsync(buffer, OpenApiSpecVersion.OpenApi3_0);
        return buffer.ToArray();
    }
}
