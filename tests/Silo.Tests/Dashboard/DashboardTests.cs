using System.Net;
using System.Text;

namespace Ticketing.Silo.Tests.Dashboard;

public sealed class DashboardTests
{
    private static readonly string[] Paths = ["/dashboard/", "/dashboard/index.min.js", "/dashboard/DashboardCounters", "/dashboard/ClusterStats"];

    [Fact]
    public async Task In_Development_the_machine_itself_sees_it_and_nobody_else()
    {
        await using var server = await Server.Start(changes: new() { ["Ticketing:Dashboard"] = "true" });
        var port = new Uri(server.App.Urls.First()).Port;

        Assert.Equal(HttpStatusCode.OK, (await Ask(server, "/dashboard/", "localhost:" + port)).Status);
        Assert.Equal(HttpStatusCode.OK, (await Ask(server, "/dashboard/", "127.0.0.1:" + port)).Status);
        Assert.Equal(HttpStatusCode.OK, (await Ask(server, "/dashboard/DashboardCounters", "localhost")).Status);
        foreach (var host in new[] { "tickets.example.org", "localhost.example.org", "10.0.0.1", "127.0.0.1.nip.io" })
        {
            foreach (var path in Paths) Assert.Equal(HttpStatusCode.Unauthorized, (await Ask(server, path, host)).Status);
        }
    }

    [Fact]
    public async Task With_a_password_it_is_asked_for_everywhere()
    {
        await using var server = await Server.Start(changes: new()
        {
            ["Ticketing:Dashboard"] = "true",
            ["DASHBOARD_USER"] = "ops",
            ["DASHBOARD_PASSWORD"] = "p:ss wörd",
        });

        foreach (var path in Paths)
        {
            foreach (var wrong in new[] { null, "", Basic("ops:"), Basic("ops:wrong"), Basic("p:ss wörd"), "Basic !!", "Basic", $"Bearer {Jwt.Admin}" })
            {
                var reply = await Ask(server, path, "localhost", wrong);
                Assert.Equal(HttpStatusCode.Unauthorized, reply.Status);
                Assert.Contains("Basic", reply.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
            }

            Assert.NotEqual(HttpStatusCode.Unauthorized, (await Ask(server, path, "tickets.example.org", Basic("ops:p:ss wörd"))).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await Ask(server, "/dashboard/", "tickets.example.org", Basic("ops:p:ss wörd"))).Status);
        // The password of the dashboard opens nothing else.
        (await Ask(server, "/api/tickets", "localhost", Basic("ops:p:ss wörd"))).Failed(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Where_it_is_switched_off_there_is_none()
    {
        await using var server = await Server.Start();
        (await Ask(server, "/dashboard/", "localhost")).Failed(HttpStatusCode.NotFound);
    }

    private static Task<Reply> Ask(Server server, string path, string host, string? authorization = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return server.Api.Send(request);
    }

    private static string Basic(string user) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(user))}";
}
