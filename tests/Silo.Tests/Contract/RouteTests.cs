using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Grains.Abstractions.Backups;

namespace Ticketing.Silo.Tests.Contract;

/// <summary>The contract's route index, row by row, against a real server.</summary>
public sealed partial class RouteTests(IdleServer shared) : ServerTests<IdleServer>(shared)
{
    public static TheoryData<string> Routes => [.. Table.Rows.Select(row => row.Name)];

    public static TheoryData<string> Collection => [.. Table.Rows.Where(row => row.Collection is not null).Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Each_route_answers_as_the_contract_says(string route)
    {
        var row = Table.Rows.Single(row => row.Name == route);
        var world = await World.Set(Api);
        var (reply, body) = await Call(row, world, row.Caller?.Invoke(world), row.Body);

        Check(row, reply, body);
    }

    /// <summary>The original's collection has one token, the internal one, and sends it with everything, public routes too.</summary>
    [Theory]
    [MemberData(nameof(Collection))]
    public async Task Each_request_of_the_original_s_collection_is_answered_as_it_expects(string route)
    {
        var row = Table.Rows.Single(row => row.Name == route);
        var world = await World.Set(Api);
        var (reply, body) = await Call(row, world, Jwt.InternalForCenturies, row.CollectionBody ?? row.Body);

        if (row.Collection == HttpStatusCode.OK) Check(row, reply, body);
        else reply.Failed(row.Collection!.Value);
    }

    [Fact]
    public void The_table_has_every_route_that_is_mapped()
    {
        var mapped = Server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods, (endpoint, method) => $"{method} {endpoint.RoutePattern.RawText!}")
            .Where(name => !name.StartsWith("HEAD ", StringComparison.Ordinal))
            .Select(name => Constraint().Replace(name, "}").Replace("{**asset}", "", StringComparison.Ordinal))
            .Select(name => name.EndsWith("/doc/", StringComparison.Ordinal) ? name : name.TrimEnd('/'));

        // The page and the address without its slash are one endpoint.
        var rows = Table.Rows.Where(row => row.Form != Form.Redirection).Select(row => row.Name);
        Assert.Equal(rows.Order(StringComparer.Ordinal), mapped.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_table_has_every_row_of_the_index_once()
    {
        var all = Table.Rows;

        Assert.Equal(Enumerable.Range(1, 50), all.Select(row => row.Number).Where(number => number > 0).Order());
        Assert.Equal(21, all.Count(row => row.Form is Form.Page or Form.Description or Form.Redirection));
        Assert.Equal(55, all.Count(row => row.Collection is not null));
        Assert.Equal(all.Count, all.DistinctBy(row => row.Name).Count());
    }

    private async Task<(Reply Reply, JsonObject? Body)> Call(Row row, World world, string? token, Func<World, JsonObject>? body)
    {
        var (method, path) = (row.Name.Split(' ')[0], await world.Path(row.Name.Split(' ')[1]));
        // Only a backup that is completed can be verified, and no job runs here.
        if (path.EndsWith("/verify", StringComparison.Ordinal)) await Server.App.Services.GetRequiredService<IGrainFactory>().GetGrain<IBackupGrain>(path.Split('/')[3]).Process();
        var sent = body?.Invoke(world);
        return (await Api.Send(new(method), path, token, sent), sent);
    }

    private static void Check(Row row, Reply reply, JsonObject? body)
    {
        switch (row.Form)
        {
            case Form.Page:
                Assert.Equal((HttpStatusCode.OK, "text/html"), (reply.Status, reply.ContentType));
                break;
            case Form.Lines:
                Assert.Equal((HttpStatusCode.OK, "application/x-ndjson"), (reply.Status, reply.ContentType));
                Assert.All(reply.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.IsType<JsonObject>(JsonNode.Parse(line)));
                break;
            case Form.Redirection:
                Assert.InRange((int)reply.Status, 301, 308);
                Assert.Equal($"{row.Name.Split(' ')[1]}/", reply.Headers.Location!.OriginalString);
                break;
            case Form.Description:
                Assert.Equal((HttpStatusCode.OK, "application/json"), (reply.Status, reply.ContentType));
                Assert.StartsWith("3.", reply.Json.Text("openapi"), StringComparison.Ordinal);
                break;
            default:
                Envelope(row, reply, body);
                break;
        }
    }

    private static void Envelope(Row row, Reply reply, JsonObject? body)
    {
        var data = reply.Done();
        Assert.Equal("application/json", reply.ContentType);
        Assert.NotEmpty(reply.Json.Text("message"));
        string[] members = row.Form == Form.Nothing ? ["success", "message"] : ["success", "message", "data"];
        Assert.Equal(members, reply.Json.AsObject().Select(member => member.Key).Where(member => row.Form != Form.Many || member != "next_cursor"));
        Assert.DoesNotContain(Table.OriginalCard, reply.Text, StringComparison.Ordinal);
        if (row.Form == Form.Many)
        {
            Assert.NotEmpty(data.AsArray());
            Assert.All(data.AsArray(), row.Record!.Check);
        }

        if (row.Form != Form.One) return;
        row.Record!.Check(data);
        // What was sent and comes back is what was sent.
        foreach (var (member, value) in body ?? [])
            if (row.Record.ContainsKey(member)) Assert.True(JsonNode.DeepEquals(value, data[member]), $"{member}: {value} became {data[member]}");
    }

    [GeneratedRegex(@":\w+\}")]
    private static partial Regex Constraint();
}
